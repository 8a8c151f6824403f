#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/codec/coder.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <tuple>
#include <utility>

namespace chorus::codec {

namespace detail {

/// The elements in order, without a count: the type says it.
template <class Array, class Element, std::size_t Size>
struct array_coder {
  static constexpr std::size_t least = Size * least_size<Element>;
  static constexpr bool leaf = block_copied<Element>;

  template <class Writer>
  static void save(Writer& out, const Array& value) {
    if constexpr (leaf && Size != 0) {
      out.put_bytes(std::as_bytes(std::span<const Element, Size>{value}));
    } else {
      for (const auto& each : value)
        out(each);
    }
  }

  template <class Reader>
  static void load(Reader& in, Array& value) {
    if constexpr (leaf && Size != 0) {
      std::memcpy(std::data(value), in.take_bytes(sizeof(value)).data(), sizeof(value));
    } else {
      for (auto& each : value)
        in(each);
    }
  }
};

} // namespace detail

template <class T, std::size_t Size>
struct coder<std::array<T, Size>> : detail::array_coder<std::array<T, Size>, T, Size> {};

template <class T, std::size_t Size>
struct coder<T[Size]> : detail::array_coder<T[Size], T, Size> {};

/// The parts in order.
template <class... Parts>
struct coder<std::tuple<Parts...>> {
  static constexpr std::size_t least = (std::size_t{0} + ... + least_size<Parts>);
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const std::tuple<Parts...>& value) {
    std::apply([&out](const auto&... parts) { out(parts...); }, value);
  }

  template <class Reader>
  static void load(Reader& in, std::tuple<Parts...>& value) {
    std::apply([&in](auto&... parts) { in(parts...); }, value);
  }
};

template <class First, class Second>
struct coder<std::pair<First, Second>> {
  static constexpr std::size_t least = least_size<First> + least_size<Second>;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const std::pair<First, Second>& value) {
    out(value.first, value.second);
  }

  template <class Reader>
  static void load(Reader& in, std::pair<First, Second>& value) {
    in(value.first, value.second);
  }
};

} // namespace chorus::codec
