#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/codec/coder.hpp>

#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace chorus::codec {

namespace detail {

/// A count, then the elements in the order of their encoded bytes, so that equal containers have equal
/// bytes whatever their history; the order is checked. An entry of a map is its key and its value: no
/// encoding of a key is the beginning of another's, so entries are sorted by key first.
template <class Container>
struct unordered_coder {
  static constexpr std::size_t least = 4;
  static constexpr bool leaf = false;

  template <class Writer>
  static void save(Writer& out, const Container& value) {
    out.put_count(value.size());
    const auto begin = out.offset();
    std::vector<std::size_t> ends;
    ends.reserve(value.size());
    for (const auto& element : value) {
      const auto before = out.offset();
      if constexpr (is_map)
        out(element.first, element.second);
      else
        out(element);
      out.end_of_element(before);
      ends.push_back(out.offset());
    }
    out.sort_elements(begin, ends);
  }

  template <class Reader>
  static void load(Reader& in, Container& value) {
    const auto size = in.take_count(least_element);
    value.clear();
    value.reserve(in.template reserve_for<typename Container::value_type>(size));
    const_bytes last;
    for (std::size_t i = 0; i < size; ++i) {
      const auto before = in.offset();
      const bool inserted = load_element(in, value);
      const auto element = in.since(before);
      if (!inserted || (i != 0 && as_text(element) < as_text(last)))
        in.refuse("an element out of order");
      last = element;
      in.end_of_element(before);
    }
  }

private:
  using key_type = typename Container::key_type;

  static constexpr bool is_map = requires { typename Container::mapped_type; };

  static constexpr std::size_t least_element = [] {
    if constexpr (is_map)
      return least_size<key_type> + least_size<typename Container::mapped_type>;
    else
      return least_size<key_type>;
  }();

  /// False if the key is there already and may be there only once.
  template <class Reader>
  static bool load_element(Reader& in, Container& value) {
    auto key = key_type();
    in(key);
    if constexpr (is_map) {
      auto mapped = typename Container::mapped_type();
      in(mapped);
      return was_inserted(value.emplace(std::move(key), std::move(mapped)));
    } else {
      return was_inserted(value.insert(std::move(key)));
    }
  }

  template <class Iterator>
  static bool was_inserted(const std::pair<Iterator, bool>& outcome) {
    return outcome.second;
  }
  template <class Iterator>
  static bool was_inserted(const Iterator&) {
    return true;
  }
};

} // namespace detail

template <class Key, class Hash, class Equal, class Allocator>
struct coder<std::unordered_set<Key, Hash, Equal, Allocator>>
    : detail::unordered_coder<std::unordered_set<Key, Hash, Equal, Allocator>> {};

template <class Key, class Hash, class Equal, class Allocator>
struct coder<std::unordered_multiset<Key, Hash, Equal, Allocator>>
    : detail::unordered_coder<std::unordered_multiset<Key, Hash, Equal, Allocator>> {};

template <class Key, class T, class Hash, class Equal, class Allocator>
struct coder<std::unordered_map<Key, T, Hash, Equal, Allocator>>
    : detail::unordered_coder<std::unordered_map<Key, T, Hash, Equal, Allocator>> {};

template <class Key, class T, class Hash, class Equal, class Allocator>
struct coder<std::unordered_multimap<Key, T, Hash, Equal, Allocator>>
    : detail::unordered_coder<std::unordered_multimap<Key, T, Hash, Equal, Allocator>> {};

} // namespace chorus::codec
