#include "channel_map.hpp"

#include <algorithm>

namespace chorus::link {

channel_map::channel_map(const std::vector<channel_config>& here, const std::vector<channel_offer>& there)
    : here_(there.size()), offered_(here.size()) {
  for (std::size_t number = 0; number < there.size(); ++number) {
    auto own = std::ranges::find(here, there[number].name, &channel_config::name);
    if (own == here.end())
      continue;
    auto number_here = static_cast<channel_number>(own - here.begin());
    here_[number] = number_here;
    offered_[number_here] = there[number];
  }
}

std::optional<channel_number> channel_map::here(channel_number there) const {
  return there < here_.size() ? here_[there] : std::nullopt;
}

} // namespace chorus::link
