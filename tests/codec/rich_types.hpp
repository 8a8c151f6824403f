#pragma once

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/ids.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

/// Types that together use every coder: for round trips and for the fuzz target.
namespace chorus::codec::test {

enum class colour : std::uint8_t { red, green, blue };

struct sequences {
  std::string text;
  byte_buffer bytes;
  std::vector<std::int64_t> numbers;
  std::vector<double> reals;
  std::vector<bool> flags;
  std::vector<std::string> texts;
  std::vector<colour> colours;
  std::deque<std::pair<std::uint8_t, std::string>> pairs;
  std::list<std::array<std::uint16_t, 2>> arrays;
  std::vector<std::monostate> nothings;

  friend bool operator==(const sequences&, const sequences&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(text, bytes, numbers, reals, flags, texts, colours, pairs, arrays, nothings);
  }
};

struct tables {
  std::map<std::string, std::vector<std::int32_t>> map;
  std::multimap<std::uint8_t, std::string> multimap;
  std::set<std::pair<std::uint8_t, std::int8_t>> set;
  std::multiset<double> multiset;
  std::unordered_map<std::string, std::uint32_t> unordered_map;
  std::unordered_multimap<std::uint8_t, std::string> unordered_multimap;
  std::unordered_set<std::uint64_t> unordered_set;
  std::unordered_multiset<std::string> unordered_multiset;
  std::unordered_map<peer, std::unordered_set<double>> nested;

  friend bool operator==(const tables&, const tables&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(map, multimap, set, multiset);
    archive(unordered_map, unordered_multimap, unordered_set, unordered_multiset, nested);
  }
};

struct choices {
  std::variant<std::monostate, bool, std::string, std::vector<choices>> any;
  std::optional<std::optional<bool>> maybe;
  std::tuple<std::chrono::milliseconds, time_point, std::chrono::duration<std::int16_t>> times;

  friend bool operator==(const choices&, const choices&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(any, maybe, times);
  }
};

/// As deep as the bytes say.
struct tree {
  std::uint8_t label = 0;
  std::unique_ptr<tree> left;
  std::vector<tree> right;

  friend bool operator==(const tree& a, const tree& b) {
    const bool same_left = a.left && b.left ? *a.left == *b.left : a.left == b.left;
    return same_left && a.label == b.label && a.right == b.right;
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(label, left, right);
  }
};

/// Its second version added `since`.
struct versioned {
  std::string name;
  std::uint32_t since = 0;

  friend bool operator==(const versioned&, const versioned&) = default;

  template <class Archive>
  void serialize(Archive& archive, std::uint32_t version) {
    archive(name);
    if (version >= 2)
      archive(since);
  }
};

} // namespace chorus::codec::test

CEREAL_CLASS_VERSION(chorus::codec::test::versioned, 2)
