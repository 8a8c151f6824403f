#pragma once

#include <chorus/runtime/codec/coder.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace chorus::codec {

namespace detail {

template <std::size_t Bytes>
struct number_of;
template <>
struct number_of<1> {
  using type = std::uint8_t;
};
template <>
struct number_of<2> {
  using type = std::uint16_t;
};
template <>
struct number_of<4> {
  using type = std::uint32_t;
};
template <>
struct number_of<8> {
  using type = std::uint64_t;
};

} // namespace detail

/// Numbers: two's complement or IEEE 754 bits in their own width, least significant byte first.
/// `bool`: one byte, 0 or 1. An enumeration: its underlying type.
template <scalar T>
struct coder<T> {
  static_assert(sizeof(long) == 8 && sizeof(std::size_t) == 8, "long and size_t are encoded as 64 bits");

  static constexpr std::size_t least = sizeof(T);
  static constexpr bool leaf = true;

  template <class Writer>
  static void save(Writer& out, const T& value) {
    static_assert(any_value<T>, "give the enumeration an underlying type: enum name : std::uint8_t");
    if constexpr (is_flag)
      out.put_number(static_cast<std::uint8_t>(static_cast<bool>(value) ? 1 : 0));
    else
      out.put_number(std::bit_cast<number>(value));
  }

  template <class Reader>
  static void load(Reader& in, T& value) {
    static_assert(any_value<T>, "give the enumeration an underlying type: enum name : std::uint8_t");
    if constexpr (is_flag)
      value = static_cast<T>(in.take_flag());
    else
      value = std::bit_cast<T>(in.template take_number<number>());
  }

private:
  using number = typename detail::number_of<sizeof(T)>::type;

  static constexpr bool is_flag = std::is_same_v<detail::scalar_base_t<T>, bool>;
};

} // namespace chorus::codec
