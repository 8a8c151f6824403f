#include "nearest_name.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace chorus {

namespace {

/// Longer words are nobody's misspelt option, and the distance takes time.
constexpr std::size_t longest_word = 64;

std::size_t distance(std::string_view from, std::string_view to) {
  const auto columns = to.size() + 1;
  std::vector<std::size_t> table((from.size() + 1) * columns);
  auto at = [&](std::size_t row, std::size_t column) -> std::size_t& {
    return table[row * columns + column];
  };
  for (std::size_t i = 0; i <= from.size(); ++i) {
    for (std::size_t j = 0; j <= to.size(); ++j) {
      if (i == 0 || j == 0) {
        at(i, j) = i + j;
        continue;
      }
      auto changed = from[i - 1] == to[j - 1] ? 0u : 1u;
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + changed});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return table.back();
}

} // namespace

std::string nearest_name(std::string_view word, std::span<const std::string> names) {
  if (word.size() > longest_word)
    return {};
  auto least = std::max<std::size_t>(1, word.size() / 4) + 1;
  std::string nearest;
  for (const auto& name : names) {
    if (auto letters = distance(word, name); letters < least) {
      least = letters;
      nearest = name;
    }
  }
  return nearest;
}

} // namespace chorus
