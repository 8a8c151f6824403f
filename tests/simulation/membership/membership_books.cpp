#include "membership_books.hpp"

#include <algorithm>

namespace chorus::testing {

void membership_books::ended(time_point now, const peer& who) {
  views_.erase(who.node);
  leaves_.ended(who.node);
  failures_.ended(now, who);
}

void membership_books::up(const node_id& at, const membership::member& who) {
  auto& view = views_.at(at);
  turns_.up(view, who);
  endings_.up(view, who);
  answers_.up(view, who.who);
  leaves_.up(view, who.who);
  view.up.insert_or_assign(who.who.node, who);
  view.suspected.erase(who.who.node);
  view.failed.erase(who.who);
}

void membership_books::failed(time_point now, const node_id& at, const membership::member_failed& what) {
  auto& view = views_.at(at);
  const auto& who = what.who.who;
  turns_.mentioned(view, who, "failed");
  leaves_.failed(now, view, who);
  view.up.erase(who.node);
  view.suspected.erase(who.node);
  view.failed[who] = false;
}

void membership_books::over(const node_id& at, const membership::member_over& what) {
  auto& view = views_.at(at);
  const auto& who = what.who.who;
  if (!view.failed.contains(who))
    turns_.mentioned(view, who, "over");
  endings_.over(view, who);
  leaves_.over(view, who, what.reason);
  if (view.has(who)) {
    view.up.erase(who.node);
    view.suspected.erase(who.node);
  }
  view.failed.erase(who);
  auto& over = view.over[who.node];
  over = std::max(over, who.incarnation);
}

void membership_books::answered(const node_id& at, const peer& who) {
  auto& failed = views_.at(at).failed;
  if (const auto found = failed.find(who); found != failed.end())
    found->second = true;
}

void membership_books::suspected(time_point now, const node_id& at, const peer& who) {
  auto& view = views_.at(at);
  turns_.suspected(view, who);
  leaves_.suspected(now, view, who);
  view.suspected.insert(who.node);
}

void membership_books::trusted(const node_id& at, const peer& who) {
  auto& view = views_.at(at);
  turns_.trusted(view, who);
  view.suspected.erase(who.node);
}

void membership_books::updated(const node_id& at, const membership::member& who) {
  auto& view = views_.at(at);
  turns_.mentioned(view, who.who, "updated");
  view.up.insert_or_assign(who.who.node, who);
}

} // namespace chorus::testing
