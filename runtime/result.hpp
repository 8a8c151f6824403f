#pragma once

#include <chorus/runtime/check.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace chorus {

/// What can go wrong, for programs to tell apart; people read the text of `error`.
/// The numbers go over the wire: append, never renumber.
enum class errc : std::uint8_t {
  none = 0,
  invalid_argument = 1,   ///< a value given by the caller cannot be used
  malformed = 2,          ///< bytes that are not what they claim to be
  too_large = 3,          ///< over a named limit
  unknown_type = 4,       ///< a message type that this node does not know
  overloaded = 5,         ///< a bounded queue is full; try later
  node_down = 6,          ///< the other node failed or left; what was not acknowledged is outcome unknown
  not_found = 7,          ///< no such name, actor or node
  refused = 8,            ///< the other side does not talk to us: cluster, version, life or name differ
  address_in_use = 9,     ///< another program listens there
  permission_denied = 10, ///< the operating system forbids it
  unavailable = 11,       ///< cannot be reached or is shut down
  io = 12,                ///< the operating system failed
  outcome_unknown = 13,   ///< it may have been done, or may still be: no answer came
};

/// The name of the code as it stands above, for logs.
std::string_view to_string(errc code) noexcept;

/// An error as a value: a code for programs and a sentence for people that says what to do.
struct error {
  errc code = errc::none;
  std::string what;

  explicit operator bool() const noexcept { return code != errc::none; }
  friend bool operator==(const error&, const error&) = default;
};

/// `<code>: <what>`.
std::string to_string(const error& failure);

/// A value or the error that stands in its place.
///
/// Pre of `value()`, `*` and `->`: it holds a value. Pre of `failure()`: it does not. Both are checked.
template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  result(error failure) : content_(std::in_place_index<1>, std::move(failure)) {
    CHORUS_CHECK(std::get<1>(content_), "a failed result needs an error");
  }

  explicit operator bool() const noexcept { return content_.index() == 0; }

  T& value() & {
    CHORUS_CHECK(*this, "value() of a failed result");
    return *std::get_if<0>(&content_);
  }
  const T& value() const& { return const_cast<result&>(*this).value(); }
  T&& value() && { return std::move(value()); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const error& failure() const {
    CHORUS_CHECK(!*this, "failure() of a good result");
    return *std::get_if<1>(&content_);
  }

private:
  std::variant<T, error> content_;
};

} // namespace chorus
