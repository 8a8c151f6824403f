#include "counting.hpp"

namespace chorus::testing {

void counting_core::receive(time_point, const peer& from, const message& what) {
  auto& heard = links_[from].heard;
  if (what != heard)
    output_.mistakes.push_back({from, heard, what});
  ++heard;
}

void counting_core::apply(time_point, const input& what) {
  if (const auto* up = std::get_if<simulation::link_up>(&what))
    links_[up->other] = {};
  else if (const auto* down = std::get_if<simulation::link_down>(&what))
    links_.erase(down->other);
  else
    for (auto& [other, counts] : links_)
      output_.messages.push_back({other, counts.said++});
}

std::optional<counting_core::tally> counting_core::with(const peer& other) const {
  auto found = links_.find(other);
  return found == links_.end() ? std::nullopt : std::optional{found->second};
}

namespace {

/// What the core is told of its links, and how often.
struct news_of_links {
  simulation::coverage& met;

  using input = std::optional<counting_core::input>;

  input operator()(simulation::node&, const simulation::link_up& news) const {
    met.add("link up");
    return counting_core::input{news};
  }
  input operator()(simulation::node&, const simulation::link_down& news) const {
    met.add("link down");
    return counting_core::input{news};
  }
};

} // namespace

counting_trial::counting_trial(simulation::world& around, link::config limits)
    : nodes_(simulation::run_cores_over_links<counting_wire>(
        around,
        3,
        std::move(limits),
        [](simulation::node&) { return counting_core{}; },
        [this](simulation::node& at, const counting_core::out_of_order& mistake) { check_.add(at, mistake); },
        news_of_links{met_}
    )) {
  around.watch(check_);
}

void counting_trial::work(random_generator& chance) {
  nodes_.apply(chance.below(nodes_.size()), counting_core::say{});
}

void counting_trial::settle() {
  has_greeted_ = false;
}

/// All links are up, and everything is heard that was said, a number after the storm included.
bool counting_trial::is_settled() {
  auto all_heard = [this] {
    for (std::size_t from = 0; from < nodes_.size(); ++from)
      for (std::size_t to = 0; to < nodes_.size(); ++to) {
        if (from == to)
          continue;
        const auto* sender = nodes_.core(from);
        const auto* receiver = nodes_.core(to);
        if (sender == nullptr || receiver == nullptr)
          return false;
        auto said = sender->with(nodes_[to].self());
        auto heard = receiver->with(nodes_[from].self());
        if (!said || !heard || said->said != heard->heard)
          return false;
      }
    return true;
  };
  if (!all_heard())
    return false;
  if (std::exchange(has_greeted_, true))
    return true;
  for (std::size_t each = 0; each < nodes_.size(); ++each)
    nodes_.apply(each, counting_core::say{});
  return false;
}

} // namespace chorus::testing
