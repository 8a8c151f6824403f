#pragma once

#include <chorus/runtime/codec/coder.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace chorus::codec {

/// A flag, then the value if there is one.
template <class T>
struct coder<std::optional<T>> {
  static constexpr std::size_t least = 1;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const std::optional<T>& value) {
    out(value.has_value());
    if (value)
      out(*value);
  }

  template <class Reader>
  static void load(Reader& in, std::optional<T>& value) {
    value.reset();
    if (in.take_flag())
      in(value.emplace());
  }
};

/// No byte.
template <>
struct coder<std::monostate> {
  static constexpr std::size_t least = 0;
  static constexpr bool leaf = true;

  template <class Writer>
  static void save(Writer&, const std::monostate&) {}

  template <class Reader>
  static void load(Reader&, std::monostate&) {}
};

/// The index of the alternative in one byte, then its value. New alternatives are appended.
template <class... Alternatives>
struct coder<std::variant<Alternatives...>> {
  static_assert(sizeof...(Alternatives) <= 256, "the index of a variant is one byte");

  using variant = std::variant<Alternatives...>;

  static constexpr std::size_t least = 1;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const variant& value) {
    if (value.valueless_by_exception())
      out.refuse("a variant that lost its value to an exception");
    out.put_number(static_cast<std::uint8_t>(value.index()));
    std::visit([&out](const auto& alternative) { out(alternative); }, value);
  }

  template <class Reader>
  static void load(Reader& in, variant& value) {
    const std::size_t index = in.template take_number<std::uint8_t>();
    if (index >= sizeof...(Alternatives))
      in.refuse("a variant's index that names no alternative");
    load_alternative(in, value, index, std::index_sequence_for<Alternatives...>{});
  }

private:
  template <class Reader, std::size_t... Indices>
  static void
  load_alternative(Reader& in, variant& value, std::size_t index, std::index_sequence<Indices...>) {
    ((index == Indices ? static_cast<void>(in(value.template emplace<Indices>())) : void()), ...);
  }
};

/// As `optional`. The pointer owns its value: a tree is saved, not a graph.
template <class T>
struct coder<std::unique_ptr<T>> {
  static constexpr std::size_t least = 1;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const std::unique_ptr<T>& value) {
    check_pointee();
    out(value != nullptr);
    if (value)
      out(*value);
  }

  template <class Reader>
  static void load(Reader& in, std::unique_ptr<T>& value) {
    check_pointee();
    value.reset();
    if (in.take_flag()) {
      value = std::make_unique<T>();
      in(*value);
    }
  }

private:
  static constexpr void check_pointee() {
    static_assert(!std::is_polymorphic_v<T>, "which derived class it is would be lost: use std::variant");
  }
};

/// Left out on purpose.
template <class T>
struct coder<std::shared_ptr<T>> {
  static constexpr std::size_t least = 1;
  static constexpr bool leaf = false;

  template <class Archive, class Value>
  static void save(Archive&, const Value&) {
    refuse_type<Archive>();
  }

  template <class Archive, class Value>
  static void load(Archive&, Value&) {
    refuse_type<Archive>();
  }

private:
  template <class Archive>
  static constexpr void refuse_type() {
    static_assert(
        !std::is_same_v<Archive, Archive>,
        "what a shared_ptr shares is not encoded: hold the value or an optional, which can be copied as well"
    );
  }
};

} // namespace chorus::codec
