#include <chorus/consensus/generals/information_tree.hpp>
#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::consensus::generals::om {

information_tree::information_tree(std::size_t generals, general self, std::size_t traitors)
    : generals_(generals), self_(self), longest_path_(traitors + 1) {}

bool information_tree::has_place_for(const path& by) const {
  if (by.empty() || by.size() > longest_path_ || by.front() != commander)
    return false;
  auto sorted = by;
  std::sort(sorted.begin(), sorted.end());
  return sorted.back() < generals_ && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()
         && !std::binary_search(sorted.begin(), sorted.end(), self_);
}

bool information_tree::learn(const path& by, order what) {
  CHORUS_CHECK(has_place_for(by), "a path that is not in the tree");
  return values_.emplace(by, what).second;
}

order information_tree::heard(const path& by) const {
  auto found = values_.find(by);
  return found == values_.end() ? default_order : found->second;
}

std::vector<path> information_tree::paths(std::size_t length) const {
  std::vector<path> level{{commander}};
  for (std::size_t at = 1; at < length; ++at) {
    std::vector<path> next;
    for (const auto& by : level)
      for (auto& longer : extensions(by))
        next.push_back(std::move(longer));
    level = std::move(next);
  }
  return level;
}

order information_tree::decide() const {
  return resolve({commander});
}

// The result of the execution of OM whose commander is the last of the path: OM(0) believes what it is
// told; OM(m), step 3, takes the majority of what it was told itself and of the results by which each
// of the other lieutenants says what it was told.
order information_tree::resolve(const path& by) const {
  const auto direct = heard(by);
  if (by.size() == longest_path_)
    return direct;
  std::size_t attacks = direct == order::attack ? 1 : 0;
  std::size_t votes = 1;
  for (const auto& longer : extensions(by)) {
    attacks += resolve(longer) == order::attack ? 1 : 0;
    ++votes;
  }
  return majority(attacks, votes);
}

std::vector<path> information_tree::extensions(const path& by) const {
  std::vector<path> longer;
  for (std::size_t next = 0; next < generals_; ++next) {
    auto who = static_cast<general>(next);
    if (who == self_ || std::find(by.begin(), by.end(), who) != by.end())
      continue;
    longer.push_back(by);
    longer.back().push_back(who);
  }
  return longer;
}

order majority(std::size_t attacks, std::size_t votes) noexcept {
  static_assert(default_order == order::retreat, "a tie and a majority for retreat are the same");
  return 2 * attacks > votes ? order::attack : default_order;
}

} // namespace chorus::consensus::generals::om
