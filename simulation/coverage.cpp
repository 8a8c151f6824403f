#include "coverage.hpp"

#include <algorithm>

namespace chorus::simulation {

void coverage::add(const fault_counts& faults) {
  for (std::size_t kind = 0; kind < fault_kinds; ++kind)
    if (auto what = static_cast<fault>(kind); faults[what] > 0)
      add(to_string(what), faults[what]);
}

void coverage::merge(const coverage& other) {
  for (const auto& [what, theirs] : other.counts_) {
    auto& ours = entry(what);
    ours.times += theirs.times;
    ours.expected = ours.expected || theirs.expected;
  }
  for (const auto& [part, what] : other.shares_)
    shares_.insert_or_assign(part, what);
}

std::uint64_t coverage::operator[](std::string_view what) const {
  auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second.times;
}

std::vector<std::string> coverage::missing() const {
  std::vector<std::string> names;
  for (const auto& [what, count] : counts_)
    if (count.expected && count.times == 0)
      names.push_back(what);
  return names;
}

std::vector<std::string> coverage::wrong_shares() const {
  std::vector<std::string> sentences;
  for (const auto& [part, what] : shares_) {
    auto times = (*this)[part];
    auto of = (*this)[what.whole];
    if (of < what.judged_from)
      continue;
    auto is_within = static_cast<double>(times) <= what.at_most * static_cast<double>(of)
                     && static_cast<double>(times) >= what.at_least * static_cast<double>(of);
    if (!is_within)
      sentences.push_back(
          std::to_string(times) + " of " + std::to_string(of) + " (" + what.whole + ") are: " + part
      );
  }
  return sentences;
}

std::string coverage::table() const {
  std::size_t width = 0;
  for (const auto& [what, count] : counts_)
    width = std::max(width, std::to_string(count.times).size());
  std::string text;
  for (const auto& [what, count] : counts_) {
    auto number = std::to_string(count.times);
    text += std::string(width - number.size() + 2, ' ') + number + "  " + what;
    text += count.expected && count.times == 0 ? "  <- never happened\n" : "\n";
  }
  return text;
}

coverage::tally& coverage::entry(std::string_view what) {
  auto found = counts_.find(what);
  return found == counts_.end() ? counts_[std::string{what}] : found->second;
}

} // namespace chorus::simulation
