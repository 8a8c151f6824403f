#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/actors/caf17/counted_element.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/fnv.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/message_builder.hpp>
#include <caf/rtti_pair.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

namespace chorus::caf17 {

/// One declared message type: its name on the wire and how to read and write values of it.
struct message_type {
  std::string_view name; ///< static storage
  std::uint64_t key = 0; ///< stands for the name on the wire: `message_key(name)`
  caf::rtti_pair rtti;   ///< how CAF knows the type

  void (*encode)(codec::writer&, const void* value) = nullptr;
  /// Reads one of several elements of a message.
  void (*decode)(codec::reader&, caf::message_builder&) = nullptr;
  /// Reads the only element of a message, straight into the mailbox element.
  caf::mailbox_element_ptr (*decode_alone
  )(codec::reader&, caf::strong_actor_ptr sender, caf::message_id, credit) = nullptr;
};

/// Two names with one key are refused when the second is declared.
constexpr std::uint64_t message_key(std::string_view name) noexcept {
  return fnv_1a(name);
}

/// `name/version`: something before the last slash, a decimal number after it, at most `limits::name_bytes`.
constexpr bool is_message_name(std::string_view name) noexcept {
  auto slash = name.rfind('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == name.size()
      || name.size() > limits::name_bytes)
    return false;
  for (char digit : name.substr(slash + 1))
    if (digit < '0' || digit > '9')
      return false;
  return true;
}

/// Declares a type for this process. Aborts with a clear message when the name or its key already
/// stands for another type. Declaring the same again is allowed. Before `main` or later, any thread.
bool declare(const message_type& type);

/// The declared type or null. Any thread; the answer stays valid for ever.
const message_type* find_type(const caf::rtti_pair& rtti) noexcept;
const message_type* find_type(std::uint64_t key) noexcept;

/// The key as text, for people who may have nothing else.
std::string key_text(std::uint64_t key);

/// A declared name in another version, as nodes have that run two releases of one program.
struct other_version {
  std::string name;                          ///< what the key stands for, as "counter.add/2"
  std::vector<const message_type*> declared; ///< the versions of it that this process has
};

/// Versions of more digits are not looked for: each costs ten times the time.
inline constexpr std::size_t looked_for_digits = 4;

/// Whether the undeclared key stands for another version of a declared name. The end of a name can be taken
/// off its hash, so what is left is compared to the names without their versions. Slow (about 0.2 ms). Any
/// thread.
std::optional<other_version> find_other_version(std::uint64_t key);

template <class T>
message_type describe(std::string_view name) {
  return {
      name,
      message_key(name),
      caf::make_rtti_pair<T>(),
      [](codec::writer& archive, const void* value) { archive(*static_cast<const T*>(value)); },
      [](codec::reader& archive, caf::message_builder& elements) {
        T value{};
        archive(value);
        elements.append(std::move(value));
      },
      [](codec::reader& archive, caf::strong_actor_ptr sender, caf::message_id id, credit held) {
        T value{};
        archive(value);
        return caf::mailbox_element_ptr{
            new counted_value<T>(std::move(sender), id, std::move(held), std::move(value))};
      }};
}

} // namespace chorus::caf17
