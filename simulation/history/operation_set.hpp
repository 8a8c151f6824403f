#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace chorus::simulation {

/// A set of small numbers that is cheap to copy and compare when nearly all numbers below some bound are in
/// it and hardly any above: what has been done of a history. Bits, without the full words at the beginning
/// and the empty ones at the end.
///
/// Thread rules: a value type; distinct objects are independent.
class operation_set {
public:
  void insert(std::size_t number);
  void erase(std::size_t number);
  bool contains(std::size_t number) const;

  /// Whether every number of `other` is in this set.
  bool includes(const operation_set& other) const;

  /// Some total order; what it is means nothing.
  friend auto operator<=>(const operation_set&, const operation_set&) = default;

private:
  std::uint64_t word(std::size_t index) const;
  void trim();

  std::size_t full_ = 0; ///< so many words of ones come before `words_`
  std::vector<std::uint64_t> words_;
};

} // namespace chorus::simulation
