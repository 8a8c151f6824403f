#include "member_cluster.hpp"

#include "bounds.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;

namespace {

membership::metadata draw_metadata(random_generator& chance) {
  membership::metadata about{{}, {}, "1." + std::to_string(chance.below(10))};
  if (chance.chance(0.5))
    about.roles.insert(chance.chance(0.5) ? "store" : "front");
  for (auto count = chance.below(3); count > 0; --count)
    about.tags.emplace("tag" + std::to_string(count), std::string(chance.below(30), 'x'));
  return about;
}

} // namespace

member_cluster::member_cluster(
    simulation::world& around, std::size_t machines, listener& who, const program& make
)
    : around_(around), listener_(who), chance_(around.split_chance()), hosts_(around.network()),
      books_(protocol::limits_of_books()), machines_(machines + spares) {
  for (auto* each : books_.checkers())
    around.watch(*each);
  for (node_index each = 0; each < machines_.size(); ++each) {
    machines_[each].name = simulation::node_name(each);
    around.add_node(
        simulation::node_name(each),
        [this, each, make](simulation::node& at) -> std::unique_ptr<simulation::process> {
          if (auto copy = copies_.find(each); copy != copies_.end())
            return copy->second(at);
          const auto& what = machines_[each];
          membership::member self{at.self(), what.name, what.where, what.about, at.chance().next()};
          return make(at, *this, std::move(self));
        }
    );
  }
}

std::map<node_id, membership::member> member_cluster::alive() const {
  std::map<node_id, membership::member> all;
  for (const auto& [which, process] : processes_)
    if (!process->is_leaving())
      all.emplace(process->self().who.node, process->self());
  return all;
}

member_process* member_cluster::pick(random_generator& chance) const {
  std::vector<member_process*> all;
  for (const auto& [which, process] : processes_)
    if (process->node().is_awake() && !process->is_leaving())
      all.push_back(process);
  return all.empty() ? nullptr : all[chance.below(all.size())];
}

// -- processes come -----------------------------------------------------------------------------------

void member_cluster::found(random_generator& chance) {
  auto all_at_once = chance.chance(0.3);
  for (node_index each = 0; each < regulars(); ++each) {
    choose_address(each, chance);
    machines_[each].about = draw_metadata(chance);
    if (each == 0)
      start(each, {});
    else if (all_at_once || chance.chance(0.5))
      start(each, {machines_[0].where});
  }
  met_.add("mass start", all_at_once);
}

void member_cluster::start_all() {
  for (node_index each = 0; each < regulars(); ++each) {
    choose_address(each, chance_);
    start(each, each == 0 ? std::vector<address>{} : std::vector{machines_[0].where});
  }
}

void member_cluster::start_somebody(random_generator& chance) {
  std::vector<node_index> down;
  for (node_index each = 0; each < regulars(); ++each)
    if (!around_.at(each).is_running())
      down.push_back(each);
  if (down.empty())
    return;
  auto which = down[chance.below(down.size())];
  around_.faults().add(simulation::fault::restart);
  met_.add("restart while a suspicion is open", has_open_suspicion());
  if (auto& own = machines_[which]; own.addresses > 0 && chance.chance(0.2)) {
    own.name += '\'';
    met_.add("restart under another name");
  }
  choose_address(which, chance);
  if (chance.chance(0.5))
    machines_[which].about = draw_metadata(chance);
  start(which, seeds_for(which, chance));
}

void member_cluster::start_newcomer(random_generator& chance, const std::optional<address>& successor_at) {
  for (auto which = regulars(); which < machines_.size(); ++which) {
    if (around_.at(which).is_running() || machines_[which].addresses > 0)
      continue;
    choose_address(which, chance);
    if (successor_at && !hosts_.listener_at(*successor_at)) {
      machines_[which].where = *successor_at;
      met_.add("newcomer at the address of the dead");
    }
    machines_[which].about = draw_metadata(chance);
    met_.add("newcomer while a suspicion is open", has_open_suspicion());
    return start(which, seeds_for(which, chance));
  }
}

simulation::node* member_cluster::start_copy(const membership::member& of, const copy_program& make) {
  for (node_index which = 0; which < machines_.size(); ++which) {
    auto& at = around_.at(which);
    if (at.is_running())
      continue;
    choose_address(which, chance_);
    auto self = of;
    self.where = machines_[which].where;
    self.nonce = chance_.next();
    copies_[which] = [self, make](simulation::node& here) { return make(here, self); };
    hosts_.listen(which, self.where);
    at.start();
    return &at;
  }
  return nullptr;
}

void member_cluster::end_copy(simulation::node& at) {
  at.crash();
  hosts_.end(at.index(), false);
  copies_.erase(at.index());
}

bool member_cluster::has_open_suspicion() const {
  return std::ranges::any_of(books_.views(), [](const auto& item) { return !item.second.suspected.empty(); });
}

/// Its last one, a new one, or one that was another machine's.
void member_cluster::choose_address(node_index which, random_generator& chance) {
  auto& own = machines_[which];
  auto dice = chance.below(10);
  if (own.addresses > 0 && dice < 5 && hosts_.machine_of(own.where) == which)
    return met_.add("restart at the same address");
  if (own.addresses > 0 && dice < 8) {
    std::vector<address> free;
    for (node_index other = 0; other < machines_.size(); ++other)
      if (const auto& where = machines_[other].where;
          other != which && hosts_.machine_of(where) && !hosts_.listener_at(where))
        free.push_back(where);
    if (!free.empty()) {
      own.where = free[chance.below(free.size())];
      return met_.add("restart at the address of another");
    }
  }
  met_.add("restart at a new address", own.addresses > 0);
  own.where = {"host" + std::to_string(which), static_cast<std::uint16_t>(4000 + own.addresses++)};
}

/// Any that run, as an operator would say.
std::vector<address> member_cluster::seeds_for(node_index which, random_generator& chance) const {
  std::vector<address> seeds;
  for (const auto& [other, process] : processes_)
    if (other != which)
      seeds.push_back(process->self().where);
  chance.shuffle(seeds);
  seeds.resize(std::min<std::size_t>(seeds.size(), 1 + chance.below(3)));
  return seeds;
}

void member_cluster::start(node_index which, const std::vector<address>& seeds) {
  auto& at = around_.at(which);
  auto was_dark = !hosts_.is_up(which);
  hosts_.listen(which, machines_[which].where);
  at.start();
  auto* process = static_cast<member_process*>(at.running());
  processes_.emplace(which, process);
  books_.started(process->self().who);
  for (const auto& seed : seeds)
    process->add_seed(seed);
  if (!was_dark)
    return;
  // Connections to its last process are answered with a reset, now that its host is there to do so.
  for (const auto& [other, theirs] : processes_)
    if (other != which && hosts_.are_connected(other, which))
      theirs->connection_broke(at.self().node, chance_.duration_between(1ms, 200ms));
}

// -- work ---------------------------------------------------------------------------------------------

void member_cluster::work(random_generator& chance) {
  auto dice = chance.below(100);
  if (dice < 50)
    return start_somebody(chance);
  if (dice < 55)
    return kill_some(chance);
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
  } else if (dice < 98) {
    give_up_some_link(*who, chance);
  } else {
    accuse_somebody_of_too_much(*who, chance);
  }
}

void member_cluster::leave(member_process& who, duration ends_after) {
  met_.add("leave");
  who.leave();
  around_.events().after(ends_after, [this, which = who.node().index(), life = who.self().who] {
    if (around_.at(which).is_running() && around_.at(which).self() == life)
      around_.at(which).crash();
  });
}

/// Towards one other machine or all.
void member_cluster::set_up_firewall(random_generator& chance) {
  auto* who = pick(chance);
  auto here = who->node().index();
  auto to_all = chance.chance(0.3);
  auto chosen = chance.below(machines_.size());
  std::vector<node_index> others;
  for (node_index other = 0; other < machines_.size(); ++other)
    if (other != here && (to_all || other == chosen))
      others.push_back(other);
  if (!others.empty())
    reject(*who, others, chance.duration_between(100ms, 10s));
}

void member_cluster::reject(member_process& here, const std::vector<node_index>& others, duration length) {
  met_.add("firewall");
  auto from = here.node().index();
  std::vector<simulation::network::direction> closed;
  for (auto other : others) {
    here.node().note("refuses its own connections to " + around_.at(other).name());
    closed.insert(closed.end(), {{from, other}, {other, from}});
    hosts_.reject(from, other);
    here.connection_broke(around_.at(other).self().node, 1ms);
  }
  auto id = around_.network().close(std::move(closed));
  around_.events().after(length, [this, id, from, others] {
    around_.note("a firewall is lifted");
    around_.network().heal(id);
    for (auto other : others)
      hosts_.allow(from, other);
  });
}

void member_cluster::deafen(const member_process& who, duration length) {
  who.node().note("hears nobody");
  std::vector<simulation::network::direction> closed;
  for (node_index other = 0; other < machines_.size(); ++other)
    if (other != who.node().index())
      closed.emplace_back(other, who.node().index());
  auto id = around_.network().close(std::move(closed));
  around_.events().after(length, [this, id] {
    around_.note("the deaf hears again");
    around_.network().heal(id);
  });
}

node_id member_cluster::muffle(const member_process& who, random_generator& chance, duration length) {
  auto from = who.node().index();
  std::vector<simulation::network::direction> closed;
  for (const auto& [other, process] : processes_)
    if (other != from)
      closed.emplace_back(from, other);
  auto open = closed.begin() + static_cast<std::ptrdiff_t>(chance.below(closed.size()));
  auto reached = around_.at(open->second).self().node;
  closed.erase(open);
  auto id = around_.network().close(std::move(closed));
  around_.events().after(length, [this, id] { around_.network().heal(id); });
  return reached;
}

const membership::member*
member_cluster::pick_member_of(const member_process& who, random_generator& chance) const {
  const auto& up = books_.views().at(who.self().who.node).up;
  if (up.empty())
    return nullptr;
  return &std::next(up.begin(), static_cast<std::ptrdiff_t>(chance.below(up.size())))->second;
}

void member_cluster::give_up_some_link(const member_process& who, random_generator& chance) {
  if (const auto* other = pick_member_of(who, chance)) {
    met_.add("unreachable");
    processes_.at(who.node().index())->give_up_link(other->who);
  }
}

void member_cluster::accuse_somebody_of_too_much(const member_process& who, random_generator& chance) {
  if (const auto* other = pick_member_of(who, chance))
    processes_.at(who.node().index())->accuse_of_too_much(*other);
}

void member_cluster::crash(member_process& who, bool with_host) {
  who.set_end(with_host);
  who.node().crash();
}

void member_cluster::kill_some(random_generator& chance) {
  auto several = false;
  met_.add("crash while a suspicion is open", has_open_suspicion());
  for (auto count = 2 + chance.below(3); count > 0; --count)
    if (auto* who = pick(chance)) {
      met_.add("several crash at once", std::exchange(several, true));
      crash(*who, chance.chance(0.5));
    }
}

void member_cluster::ended(member_process& who) {
  auto which = who.node().index();
  processes_.erase(which);
  protocol::count(who.core(), met_);
  auto with_host = who.ends_with_host().value_or(chance_.chance(0.5));
  hosts_.end(which, with_host);
  books_.ended(around_.now(), who.self().who);
  met_.add(with_host ? "ended with its host" : "ended alone");
  if (with_host)
    return;
  for (const auto& [other, theirs] : processes_)
    if (hosts_.are_connected(other, which))
      theirs->connection_broke(who.self().who.node, chance_.duration_between(200us, 5ms));
}

// -- after the storm ----------------------------------------------------------------------------------

void member_cluster::calm_down() {
  for (const auto& [which, process] : std::map{processes_})
    if (process->is_leaving())
      around_.at(which).crash();
  for (node_index from = 0; from < machines_.size(); ++from)
    for (node_index to = 0; to < machines_.size(); ++to)
      hosts_.allow(from, to);
}

void member_cluster::help_to_meet() {
  std::map<node_index, node_index> next;
  for (const auto& [which, process] : processes_)
    next[which] = which;
  auto root = [&next](node_index which) {
    while (next[which] != which)
      which = next[which];
    return which;
  };
  for (const auto& [one, mine] : processes_)
    for (const auto& [other, theirs] : processes_)
      if (mine->asks_at(theirs->self().where))
        next[root(one)] = root(other);
  auto [first, seed] = *processes_.begin();
  for (const auto& [which, process] : processes_)
    if (root(which) != root(first)) {
      met_.add("two clusters that do not know of each other");
      around_.note("an operator tells " + process->node().name() + " of " + seed->node().name());
      process->add_seed(seed->self().where);
      next[root(which)] = root(first);
    }
}

bool member_cluster::can_talk(const node_id& one, const node_id& other) const {
  auto is_well = [this](const simulation::node& at) {
    return at.is_awake() && !at.is_slow() && at.clock_rate() == simulation::local_clock::true_rate
           && std::ranges::all_of(processes_, [&](const auto& item) {
                return hosts_.are_connected(at.index(), item.first);
              });
  };
  return is_well(*around_.find(one)) && is_well(*around_.find(other));
}

// -- what processes say -------------------------------------------------------------------------------

void member_cluster::failed(const member_process& at, const peer& who) {
  met_.add("failed");
  if (auto report = at.core().why_suspected(who.node); report && report->subject == who)
    count_suspicion(*report);
  listener_.failed(at, who);
}

void member_cluster::over(const member_process& at, const membership::member_over& what) {
  met_.add("over: " + std::string{membership::to_string(what.reason)});
  listener_.over(at, what);
}

void member_cluster::was_suspected(const member_process& at, const peer& who) {
  met_.add("suspected");
  const auto& subject = *around_.find(who.node);
  met_.add("suspected though alive", subject.is_awake() && subject.self() == who);
  listener_.was_suspected(at, who);
}

void member_cluster::was_trusted(const member_process& at, const peer& who) {
  met_.add("trusted again");
  if (auto report = at.core().why_suspected(who.node); report && report->subject == who)
    count_suspicion(*report);
}

/// Of one that has come to an end.
void member_cluster::count_suspicion(const membership::suspicion_report& what) {
  auto counting = std::ranges::count_if(what.accusations, &membership::accusation::counts);
  auto strong = std::ranges::count_if(what.accusations, [](const membership::accusation& one) {
    return one.counts && is_strong(one.what);
  });
  met_.add("accused by somebody who is accused", counting < std::ssize(what.accusations));
  using outcome = membership::suspicion_report::outcome;
  if (what.result == outcome::failed) {
    met_.add("verdict with all confirmations", counting > 3);
    met_.add("verdict without a confirmation", counting == 1 && strong == 0);
    met_.add("verdict by two who were refused", strong >= 2);
  } else if (what.result == outcome::refuted) {
    met_.add("trusted again after a refused connection", strong == 1);
  }
}

void member_cluster::count(simulation::coverage& met) const {
  met.merge(met_);
  for (const auto& [which, process] : processes_)
    protocol::count(process->core(), met);
}

} // namespace chorus::testing
