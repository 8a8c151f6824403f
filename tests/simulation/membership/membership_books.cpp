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
  leaves_.up(view, who.who);
  outcasts_.up(view);
  view.up.insert_or_assign(who.who.node, who);
  view.suspected.erase(who.who.node);
}

void membership_books::down(time_point now, const node_id& at, const membership::member_down& what) {
  auto& view = views_.at(at);
  const auto& who = what.who.who;
  turns_.mentioned(view, who, "down");
  // An outcast ends all its links; that is no verdict.
  if (!outcasts_.is_outcast(view.self)) {
    leaves_.down(now, view, who, what.reason);
    outcasts_.down(view, who, what.reason);
  }
  view.up.erase(who.node);
  view.suspected.erase(who.node);
  auto& over = view.over[who.node];
  over = std::max(over, who.incarnation);
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

void membership_books::declared_failed(const node_id& at) {
  outcasts_.declared_failed(views_.at(at).self);
}

void membership_books::new_life(time_point now, const peer& who) {
  auto& view = views_.at(who.node);
  outcasts_.new_life(view, who);
  leaves_.ended(who.node);
  failures_.ended(now, view.self);
  view = {who, {}, {}, {}};
}

} // namespace chorus::testing
