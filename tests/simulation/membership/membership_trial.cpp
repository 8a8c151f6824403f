#include "membership_trial.hpp"

#include "bounds.hpp"

#include <algorithm>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;
using membership::member_down;

namespace {

constexpr auto look_every = 100ms;

/// Half of the worlds have 3 to 6 nodes, because most of what can go wrong needs no more and is met more
/// often in a thousand small worlds than in one large; 3 in 1000 have 65 to 128.
std::size_t draw_size(random_generator& chance) {
  struct sizes {
    std::uint64_t weight;
    std::int64_t low;
    std::int64_t high;
  };
  constexpr sizes all[] = {{500, 3, 6}, {300, 7, 12}, {150, 13, 24}, {40, 25, 48}, {7, 49, 64}, {3, 65, 128}};
  auto dice = chance.below(1000);
  for (const auto& each : all) {
    if (dice < each.weight)
      return static_cast<std::size_t>(chance.between(each.low, each.high));
    dice -= each.weight;
  }
  return 3;
}

membership::metadata draw_metadata(random_generator& chance) {
  membership::metadata about{{}, {}, "1." + std::to_string(chance.below(10))};
  if (chance.chance(0.5))
    about.roles.insert(chance.chance(0.5) ? "store" : "front");
  for (auto count = chance.below(3); count > 0; --count)
    about.tags.emplace("tag" + std::to_string(count), std::string(chance.below(30), 'x'));
  return about;
}

} // namespace

// -- a cluster comes into being
// ----------------------------------------------------------------------------------

membership_trial::membership_trial(simulation::world& around)
    : around_(around), chance_(around.split_chance()), hosts_(around.network()),
      books_(
          {protocol::period * 3 / 2,
           10 * protocol::period,
           protocol::datagram_limit,
           protocol::period,
           protocol::idle_messages}
      ) {
  for (auto* each : books_.checkers())
    around.watch(*each);
  around.watch(complaints_);
  auto size = draw_size(chance_);
  machines_.resize(size);
  for (node_index each = 0; each < size; ++each)
    around.add_node(simulation::node_name(each), [this, each](simulation::node& at) {
      const auto& what = machines_[each];
      membership::member self{at.self(), at.name(), what.where, what.about};
      return std::make_unique<member_process>(at, *this, std::move(self));
    });
  // All at once at one seed, or some now and the others one after the other.
  auto all_at_once = chance_.chance(0.3);
  for (node_index each = 0; each < size; ++each) {
    choose_address(each, chance_);
    machines_[each].about = draw_metadata(chance_);
    if (each == 0)
      start(each, {});
    else if (all_at_once || chance_.chance(0.5))
      start(each, {machines_[0].where});
  }
  if (all_at_once)
    met_.add("mass start");
  look_again();
}

protocol::core membership_trial::make_core(simulation::node& at, const membership::member& self) {
  return protocol::make_core(at.now(), self, at.chance().next());
}

void membership_trial::start(node_index which, const std::vector<address>& seeds) {
  auto& at = around_.at(which);
  // Connections to its last process are answered with a reset, now that its host is there to do so.
  auto was_dark = !hosts_.is_up(which);
  auto last = at.self().node;
  hosts_.listen(which, machines_[which].where);
  at.start();
  auto* process = static_cast<member_process*>(at.running());
  processes_.emplace(which, process);
  books_.started(process->self().who);
  for (const auto& seed : seeds)
    process->add_seed(seed);
  if (!was_dark)
    return;
  for (const auto& [other, theirs] : processes_)
    if (other != which && hosts_.are_connected(other, which))
      theirs->connection_broke(last, chance_.duration_between(1ms, 200ms));
}

void membership_trial::ended(member_process& who) {
  auto which = who.node().index();
  processes_.erase(which);
  count_process(who, met_);
  auto with_host = !who.is_leaving() && chance_.chance(0.5);
  if (ordeal_ && ordeal_->where == which)
    with_host = ordeal_->what != ordeal::refusal && ordeal_->what != ordeal::leave;
  hosts_.end(which, with_host);
  books_.ended(around_.now(), who.self().who);
  met_.add(with_host ? "ended with its host" : "ended alone");
  if (with_host)
    return;
  for (const auto& [other, theirs] : processes_)
    if (hosts_.are_connected(other, which))
      theirs->connection_broke(who.self().who.node, chance_.duration_between(200us, 5ms));
}

// -- work
// --------------------------------------------------------------------------------------------------------

void membership_trial::work(random_generator& chance) {
  auto dice = chance.below(100);
  if (dice < 55)
    return start_somebody(chance);
  auto* who = pick(chance);
  if (who == nullptr)
    return;
  if (dice < 67) {
    leave(*who, chance.duration_between(1ms, 500ms));
  } else if (dice < 82) {
    machines_[who->node().index()].about = draw_metadata(chance);
    who->update(machines_[who->node().index()].about);
  } else if (dice < 94) {
    set_up_firewall(chance);
  } else {
    const auto& up = books_.views().at(who->self().who.node).up;
    if (up.empty())
      return;
    met_.add("link lost");
    auto other = std::next(up.begin(), static_cast<std::ptrdiff_t>(chance.below(up.size())));
    who->lose_link(other->second.who);
  }
}

void membership_trial::start_somebody(random_generator& chance) {
  std::vector<node_index> down;
  for (node_index each = 0; each < machines_.size(); ++each)
    if (!around_.at(each).is_running())
      down.push_back(each);
  if (down.empty())
    return;
  auto which = down[chance.below(down.size())];
  around_.faults().add(simulation::fault::restart);
  choose_address(which, chance);
  if (chance.chance(0.5))
    machines_[which].about = draw_metadata(chance);
  start(which, seeds_for(which, chance));
}

/// Its last one, a new one, or one that was another machine's.
void membership_trial::choose_address(node_index which, random_generator& chance) {
  auto& own = machines_[which];
  auto dice = chance.below(10);
  if (own.addresses > 0 && dice < 6 && hosts_.machine_of(own.where) == which)
    return met_.add("restart at the same address");
  if (own.addresses > 0 && dice < 8) {
    const auto& other = machines_[chance.below(machines_.size())].where;
    auto owner = hosts_.machine_of(other);
    if (owner && owner != which && !hosts_.listener_at(other)) {
      own.where = other;
      return met_.add("restart at the address of another");
    }
  }
  if (own.addresses > 0)
    met_.add("restart at a new address");
  own.where = {"host" + std::to_string(which), static_cast<std::uint16_t>(4000 + own.addresses++)};
}

/// Any that run, as an operator would say; itself, if it is the first.
std::vector<address> membership_trial::seeds_for(node_index which, random_generator& chance) const {
  std::vector<address> seeds;
  for (const auto& [other, process] : processes_)
    if (other != which)
      seeds.push_back(process->self().where);
  chance.shuffle(seeds);
  seeds.resize(std::min<std::size_t>(seeds.size(), 1 + chance.below(3)));
  return seeds;
}

void membership_trial::leave(member_process& who, duration ends_after) {
  met_.add("leave");
  who.leave();
  around_.events().after(ends_after, [this, which = who.node().index(), life = who.self().who] {
    if (around_.at(which).is_running() && around_.at(which).self() == life)
      around_.at(which).crash();
  });
}

/// At one machine, which refuses its own connections to another or to all.
void membership_trial::set_up_firewall(random_generator& chance) {
  auto* who = pick(chance);
  auto here = who->node().index();
  auto to_all = chance.chance(0.3);
  auto chosen = chance.below(machines_.size());
  std::vector<simulation::network::direction> closed;
  for (node_index other = 0; other < machines_.size(); ++other)
    if (other != here && (to_all || other == chosen)) {
      closed.insert(closed.end(), {{here, other}, {other, here}});
      hosts_.reject(here, other);
      who->connection_broke(around_.at(other).self().node, 1ms);
    }
  if (closed.empty())
    return;
  met_.add("firewall");
  who->node().note("refuses its own connections to " + (to_all ? "all" : around_.at(chosen).name()));
  auto id = around_.network().close(closed);
  around_.events().after(chance.duration_between(100ms, 10s), [this, id, closed] {
    around_.note("a firewall is lifted");
    around_.network().heal(id);
    for (const auto& [from, to] : closed)
      hosts_.allow(from, to);
  });
}

/// One that is awake and does not leave.
member_process* membership_trial::pick(random_generator& chance) const {
  std::vector<member_process*> all;
  for (const auto& [which, process] : processes_)
    if (process->node().is_awake() && !process->is_leaving())
      all.push_back(process);
  return all.empty() ? nullptr : all[chance.below(all.size())];
}

// -- after the storm
// ---------------------------------------------------------------------------------------------

void membership_trial::settle() {
  for (const auto& [which, process] : std::map{processes_})
    if (process->is_leaving())
      around_.at(which).crash();
  for (node_index from = 0; from < machines_.size(); ++from)
    for (node_index to = 0; to < machines_.size(); ++to)
      hosts_.allow(from, to);
  constexpr std::size_t fewest = 3;
  while (processes_.size() < fewest)
    start_somebody(chance_);
  help_to_meet();
  enter(stage::healing);
  auto now = around_.now();
  auto bound = convergence_bound(protocol::period, machines_.size());
  books_.failures().demand(
      now, recovery(protocol::period) + detection_bound(protocol::period, machines_.size())
  );
  books_.agreement().demand(now, bound);
}

/// Nodes of which none knows any address of the others cannot meet; an operator would give one of them a
/// seed.
void membership_trial::help_to_meet() {
  std::map<node_index, node_index> group;
  for (const auto& [which, process] : processes_)
    group[which] = which;
  auto root = [&group](node_index which) {
    while (group[which] != which)
      which = group[which];
    return which;
  };
  for (const auto& [one, mine] : processes_)
    for (const auto& [other, theirs] : processes_)
      if (mine->asks_at(theirs->self().where))
        group[root(one)] = root(other);
  auto [first, seed] = *processes_.begin();
  for (const auto& [which, process] : processes_)
    if (root(which) != root(first)) {
      met_.add("two clusters that do not know of each other");
      around_.note("an operator tells " + process->node().name() + " of " + seed->node().name());
      process->add_seed(seed->self().where);
      group[root(which)] = root(first);
    }
}

void membership_trial::look_again() {
  around_.events().after(look_every, [this] {
    look();
    look_again();
  });
}

void membership_trial::look() {
  auto now = around_.now();
  books_.leaves().look(now, books_.views(), [this](const node_id& one, const node_id& other) {
    return can_talk(one, other);
  });
  books_.failures().look(now, books_.views());
  if (stage_ != stage::stormy && stage_ != stage::settled)
    go_on(now);
}

void membership_trial::enter(stage next) {
  stage_ = next;
  stage_since_ = around_.now();
}

void membership_trial::go_on(time_point now) {
  auto everybody = alive();
  auto agreed = books_.agreement().look(now, books_.views(), everybody);
  auto nobody_else = [&] {
    return std::ranges::all_of(books_.views(), [&](const auto& item) {
      return item.second.up.size() + 1 == everybody.size();
    });
  };
  auto lasted = now - stage_since_;
  switch (stage_) {
  case stage::healing:
    if (agreed && nobody_else())
      enter(stage::resting);
    return;
  case stage::resting:
    if (lasted < recovery(protocol::period))
      return;
    books_.traffic().begin_idle(now);
    return enter(stage::idling);
  case stage::idling:
    if (lasted < 30 * protocol::period)
      return;
    books_.traffic().end_idle(now, everybody.size());
    met_.add("quiet once all is said");
    enter(stage::ordeal);
    return begin_ordeal(now);
  case stage::ordeal:
    if (!has_passed(now))
      return;
    around_.network().set_quality({});
    books_.failures().demand(now, detection_bound(protocol::period, machines_.size()));
    books_.agreement().demand(now, convergence_bound(protocol::period, machines_.size()));
    return enter(stage::healing_again);
  case stage::healing_again:
    if (agreed && nobody_else())
      enter(stage::settled);
    return;
  case stage::stormy:
  case stage::settled:
    return;
  }
}

void membership_trial::begin_ordeal(time_point now) {
  auto* victim = pick(chance_);
  constexpr ordeal all[] = {
      ordeal::silence,
      ordeal::refusal,
      ordeal::leave,
      ordeal::pause,
      ordeal::silence_under_loss,
      ordeal::silence_under_loss};
  auto what = all[chance_.below(std::size(all))];
  ordeal_ = last_ordeal{what, victim->self().who, victim->node().index(), now};
  auto bound = detection_bound(protocol::period, processes_.size());
  books_.failures().demand(now, what == ordeal::silence_under_loss ? std::nullopt : std::optional{bound});
  switch (what) {
  case ordeal::silence:
  case ordeal::refusal:
    return victim->node().crash();
  case ordeal::leave:
    return leave(*victim, 50ms);
  case ordeal::pause:
    books_.agreement().demand(now, {});
    victim->node().pause();
    around_.events().after(3 * protocol::period, [this, where = victim->node().index()] {
      ordeal_->is_over = true;
      met_.add("pause in the calm");
      around_.at(where).resume();
    });
    return;
  case ordeal::silence_under_loss:
    books_.agreement().demand(now, {});
    simulation::link_quality lossy;
    lossy.loss = stated_loss;
    around_.network().set_quality(lossy);
    victim->node().crash();
    return;
  }
}

bool membership_trial::has_passed(time_point now) {
  if (ordeal_->what == ordeal::pause)
    return ordeal_->is_over;
  if (!is_gone(ordeal_->victim))
    return false;
  auto took = now - ordeal_->since;
  auto members = processes_.size() + 1;
  auto is_late = took > detection_bound(protocol::period, members);
  switch (ordeal_->what) {
  case ordeal::silence:
    met_.add("silent crash");
    met_.add("silent crash that takes longer than usual", took > usual_detection(protocol::period, members));
    break;
  case ordeal::refusal:
    met_.add("refused crash");
    break;
  case ordeal::silence_under_loss:
    met_.add("crash under loss");
    met_.add("crash under loss that is noticed late", is_late);
    break;
  case ordeal::leave:
    met_.add("leave in the calm");
    break;
  case ordeal::pause:
    break;
  }
  return true;
}

void membership_trial::went_down(const member_process& at, const member_down& what) {
  met_.add("down: " + std::string{membership::to_string(what.reason)});
  if (what.reason == member_down::why::failed)
    if (auto report = at.core().why_suspected(what.who.who.node); report && report->subject == what.who.who)
      count_suspicion(*report);
  if (stage_ != stage::ordeal)
    return;
  auto is_wrong = ordeal_->what == ordeal::pause
                  || (ordeal_->what == ordeal::leave && what.reason != member_down::why::left);
  if (is_wrong)
    complain(
        to_string(at.self().who) + " takes " + to_string(what.who.who) + " for "
        + std::string{membership::to_string(what.reason)} + ", and it "
        + (ordeal_->what == ordeal::pause ? "only paused for a while" : "has left")
    );
}

void membership_trial::was_suspected(const peer& who) {
  met_.add("suspected");
  const auto* at = around_.find(who.node);
  if (at->is_awake() && at->self() == who)
    met_.add("suspected though alive");
}

void membership_trial::was_trusted(const member_process& at, const peer& who) {
  met_.add("trusted again");
  if (auto report = at.core().why_suspected(who.node); report && report->subject == who)
    count_suspicion(*report);
}

bool membership_trial::is_gone(const peer& who) const {
  return std::ranges::none_of(books_.views(), [&who](const auto& item) { return item.second.has(who); });
}

bool membership_trial::can_talk(const node_id& one, const node_id& other) const {
  auto is_well = [](const simulation::node& at) {
    return at.is_awake() && at.slowness() == duration::zero()
           && at.clock_rate() == simulation::local_clock::true_rate;
  };
  const auto* a = around_.find(one);
  const auto* b = around_.find(other);
  return is_well(*a) && is_well(*b) && hosts_.are_connected(a->index(), b->index());
}

std::map<node_id, membership::member> membership_trial::alive() const {
  std::map<node_id, membership::member> all;
  for (const auto& [which, process] : processes_)
    if (!process->is_leaving())
      all.emplace(process->self().who.node, process->self());
  return all;
}

std::string membership_trial::unsettled() const {
  constexpr std::string_view names[] = {
      "stormy", "healing", "resting", "idling", "in the last ordeal", "healing again", "settled"};
  return "still " + std::string{names[static_cast<std::size_t>(stage_)]} + ": "
         + books_.agreement().difference();
}

// -- coverage
// ----------------------------------------------------------------------------------------------------

void membership_trial::count_process(const member_process& who, simulation::coverage& met) const {
  protocol::count(who.core(), met);
  auto calls = who.core().counters().roll_calls;
  met.add("roll call won", calls - std::min<std::uint64_t>(calls, who.lives() - 1));
}

/// What its report says of a suspicion that has come to an end.
void membership_trial::count_suspicion(const membership::suspicion_report& what) {
  auto is_strong = [](const membership::accusation& one) {
    return one.counts
           && (one.what == membership::evidence::refused || one.what == membership::evidence::address_taken);
  };
  auto counting = std::ranges::count_if(what.accusations, &membership::accusation::counts);
  auto strong = std::ranges::count_if(what.accusations, is_strong);
  if (counting < std::ssize(what.accusations))
    met_.add("accused by somebody who is accused");
  using outcome = membership::suspicion_report::outcome;
  if (what.result == outcome::failed) {
    met_.add("verdict with all confirmations", counting > 3);
    met_.add("verdict without a confirmation", counting == 1 && strong == 0);
    met_.add("verdict by two who were refused", strong >= 2);
  } else if (what.result == outcome::refuted) {
    met_.add("trusted again after a refused connection", strong == 1);
  }
}

void membership_trial::count(simulation::coverage& met) const {
  met.merge(met_);
  for (const auto& [which, process] : processes_)
    count_process(*process, met);
}

std::vector<std::string> expected_of_membership() {
  return {
      // work and faults of its own
      "mass start",
      "leave",
      "firewall",
      "link lost",
      "restart",
      "restart at the same address",
      "restart at a new address",
      "restart at the address of another",
      "ended alone",
      "ended with its host",
      "silent crash",
      "refused crash",
      "crash under loss",
      "leave in the calm",
      "pause in the calm",
      // what comes of it
      "down: failed",
      "down: left",
      "down: restarted",
      "updated",
      "connection open",
      "connection refused",
      "connection without answer",
      "silent seed",
      "saved by others",
      "refutation",
      "trusted again",
      "trusted again after a refused connection",
      "accused by somebody who is accused",
      "verdict with all confirmations",
      "verdict without a confirmation",
      "verdict by two who were refused",
      "verdict told",
      "declared failed",
      "roll call",
      "roll call won",
      "lost member meets again",
      "exchange of views that differ",
      "own pause noticed",
      "message of the past",
      "quiet once all is said",
  };
}

std::vector<simulation::share> shares_of_membership() {
  return {
      {"silent crash that takes longer than usual", "silent crash", 0.5},
      {"crash under loss that is noticed late", "crash under loss", 0.001},
  };
}

} // namespace chorus::testing
