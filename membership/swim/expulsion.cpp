#include <chorus/membership/swim/expulsion.hpp>

#include <utility>

namespace chorus::membership::swim {

bool expulsion::hear(time_point now, const peer& by, std::size_t members) {
  std::erase_if(said_at_, [&](const auto& item) { return now - item.second > window_; });
  if (said_at_.empty())
    told_ = false;
  if (said_at_.size() < limit || said_at_.contains(by))
    said_at_[by] = now;
  return 2 * said_at_.size() > members && !std::exchange(told_, true);
}

std::vector<peer> expulsion::accusers() const {
  std::vector<peer> all;
  for (const auto& [who, when] : said_at_)
    all.push_back(who);
  return all;
}

} // namespace chorus::membership::swim
