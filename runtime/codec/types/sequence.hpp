#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/codec/coder.hpp>

#include <cstddef>
#include <cstring>
#include <deque>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace chorus::codec {

namespace detail {

/// Loads `size` elements into an empty sequence.
template <class Reader, class Sequence>
void load_elements(Reader& in, Sequence& into, std::size_t size) {
  using element = typename Sequence::value_type;
  if constexpr (requires { into.reserve(size); })
    into.reserve(in.template reserve_for<element>(size));
  for (std::size_t i = 0; i < size; ++i) {
    const auto before = in.offset();
    if constexpr (std::is_same_v<element, bool>)
      into.push_back(in.take_flag());
    else
      in(into.emplace_back());
    in.end_of_element(before);
  }
}

/// A count, then the elements in order.
template <class Sequence>
struct sequence_coder {
  using element = typename Sequence::value_type;

  static constexpr std::size_t least = 4;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const Sequence& value) {
    out.put_count(value.size());
    for (const auto& each : value) {
      const auto before = out.offset();
      out(static_cast<const element&>(each));
      out.end_of_element(before);
    }
  }

  template <class Reader>
  static void load(Reader& in, Sequence& value) {
    const auto size = in.take_count(least_size<element>);
    value.clear();
    load_elements(in, value, size);
  }
};

/// The types through which the language lets any memory be read.
template <class T>
inline constexpr bool may_view_bytes = false;
template <>
inline constexpr bool may_view_bytes<std::byte> = true;
template <>
inline constexpr bool may_view_bytes<char> = true;
template <>
inline constexpr bool may_view_bytes<unsigned char> = true;

/// The same bytes, copied as one block.
template <class Sequence>
struct block_coder {
  using element = typename Sequence::value_type;

  static constexpr std::size_t least = 4;
  static constexpr bool leaf = true;

  template <class Writer>
  static void save(Writer& out, const Sequence& value) {
    out.put_count(value.size());
    out.put_bytes(std::as_bytes(std::span<const element>{value.data(), value.size()}));
  }

  template <class Reader>
  static void load(Reader& in, Sequence& value) {
    const auto size = in.take_count(sizeof(element));
    const auto bytes = in.take_bytes(size * sizeof(element));
    if constexpr (may_view_bytes<element>) {
      const auto* first = reinterpret_cast<const element*>(bytes.data());
      value.assign(first, first + size);
    } else {
      value.resize(size);
      if (size != 0)
        std::memcpy(value.data(), bytes.data(), bytes.size());
    }
  }
};

} // namespace detail

template <block_copied Character, class Traits, class Allocator>
struct coder<std::basic_string<Character, Traits, Allocator>>
    : detail::block_coder<std::basic_string<Character, Traits, Allocator>> {};

template <class T, class Allocator>
struct coder<std::vector<T, Allocator>> : detail::sequence_coder<std::vector<T, Allocator>> {};

template <block_copied T, class Allocator>
struct coder<std::vector<T, Allocator>> : detail::block_coder<std::vector<T, Allocator>> {};

template <class T, class Allocator>
struct coder<std::deque<T, Allocator>> : detail::sequence_coder<std::deque<T, Allocator>> {};

template <class T, class Allocator>
struct coder<std::list<T, Allocator>> : detail::sequence_coder<std::list<T, Allocator>> {};

} // namespace chorus::codec
