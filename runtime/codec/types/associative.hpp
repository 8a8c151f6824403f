#pragma once

#include <chorus/runtime/codec/coder.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace chorus::codec {

namespace detail {

enum class keys : bool { unique, repeated };

/// Whether `key` may follow `last` in a container in the order `less`.
template <keys Keys, class Less, class Key>
bool follows(const Less& less, const Key& last, const Key& key) {
  if constexpr (Keys == keys::unique)
    return less(last, key);
  else
    return !less(key, last);
}

/// A count, then the elements in the container's order, which is checked.
template <class Set, keys Keys>
struct ordered_set_coder {
  using key_type = typename Set::key_type;

  static constexpr std::size_t least = 4;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const Set& value) {
    out.put_count(value.size());
    for (const auto& key : value) {
      const auto before = out.offset();
      out(key);
      out.end_of_element(before);
    }
  }

  template <class Reader>
  static void load(Reader& in, Set& value) {
    const auto size = in.take_count(least_size<key_type>);
    value.clear();
    for (std::size_t i = 0; i < size; ++i) {
      const auto before = in.offset();
      auto key = key_type();
      in(key);
      if (!value.empty() && !follows<Keys>(value.key_comp(), *value.rbegin(), key))
        in.refuse("an element out of order");
      value.insert(value.end(), std::move(key));
      in.end_of_element(before);
    }
  }
};

/// A count, then key and value of each entry in the container's order, which is checked.
template <class Map, keys Keys>
struct ordered_map_coder {
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;

  static constexpr std::size_t least = 4;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const Map& value) {
    out.put_count(value.size());
    for (const auto& [key, mapped] : value) {
      const auto before = out.offset();
      out(key, mapped);
      out.end_of_element(before);
    }
  }

  template <class Reader>
  static void load(Reader& in, Map& value) {
    const auto size = in.take_count(least_size<key_type> + least_size<mapped_type>);
    value.clear();
    for (std::size_t i = 0; i < size; ++i) {
      const auto before = in.offset();
      auto key = key_type();
      in(key);
      if (!value.empty() && !follows<Keys>(value.key_comp(), value.rbegin()->first, key))
        in.refuse("a key out of order");
      in(value.emplace_hint(value.end(), std::move(key), mapped_type())->second);
      in.end_of_element(before);
    }
  }
};

} // namespace detail

template <class Key, class Less, class Allocator>
struct coder<std::set<Key, Less, Allocator>>
    : detail::ordered_set_coder<std::set<Key, Less, Allocator>, detail::keys::unique> {};

template <class Key, class Less, class Allocator>
struct coder<std::multiset<Key, Less, Allocator>>
    : detail::ordered_set_coder<std::multiset<Key, Less, Allocator>, detail::keys::repeated> {};

template <class Key, class T, class Less, class Allocator>
struct coder<std::map<Key, T, Less, Allocator>>
    : detail::ordered_map_coder<std::map<Key, T, Less, Allocator>, detail::keys::unique> {};

template <class Key, class T, class Less, class Allocator>
struct coder<std::multimap<Key, T, Less, Allocator>>
    : detail::ordered_map_coder<std::multimap<Key, T, Less, Allocator>, detail::keys::repeated> {};

} // namespace chorus::codec
