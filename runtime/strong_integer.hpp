#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace chorus {

/// A number that does not mix with other numbers.
///
/// `Tag` makes the type distinct, so that a `sequence` is never passed where an `incarnation` is
/// meant. It has an order, a successor and a printed form; arithmetic on it has to be spelled out
/// through `value`.
///
/// Thread rules: a value type; distinct objects are independent.
template <class Tag, class Representation = std::uint64_t>
struct strong_integer {
  using representation = Representation;

  /// The plain number; zero means "none yet" for every identifier of chorus.
  Representation value = 0;

  static constexpr strong_integer max() noexcept { return {std::numeric_limits<Representation>::max()}; }

  constexpr explicit operator bool() const noexcept { return value != 0; }

  /// The number after this one. Pre: not `max()`.
  constexpr strong_integer next() const noexcept { return {static_cast<Representation>(value + 1)}; }

  friend constexpr auto operator<=>(const strong_integer&, const strong_integer&) noexcept = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(value);
  }
};

template <class Tag, class Representation>
std::string to_string(strong_integer<Tag, Representation> number) {
  return std::to_string(number.value);
}

} // namespace chorus

template <class Tag, class Representation>
struct std::hash<chorus::strong_integer<Tag, Representation>> {
  std::size_t operator()(chorus::strong_integer<Tag, Representation> number) const noexcept {
    return std::hash<Representation>{}(number.value);
  }
};
