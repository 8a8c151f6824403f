#include "membership_trial.hpp"

#include "bounds.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;
using protocol::period;

namespace {

constexpr auto look_every = 100ms;

/// How long an ordeal lasts that ends by itself: a pause that is no failure, and what nobody may die of.
constexpr auto short_pause = 3 * period;
constexpr auto long_trouble = 10 * period;

/// After it, until those who were cut off have come back; what they say then is judged as well.
constexpr auto return_of_the_deaf = 10 * period;

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

} // namespace

membership_trial::membership_trial(simulation::world& around)
    : around_(around), chance_(around.split_chance()), cluster_(around, draw_size(chance_), *this) {
  cluster_.found(chance_);
  look_again();
}

void membership_trial::settle() {
  cluster_.calm_down();
  constexpr std::size_t fewest = 3;
  while (cluster_.processes().size() < fewest)
    cluster_.start_somebody(chance_);
  cluster_.help_to_meet();
  enter(stage::healing);
  auto members = cluster_.machines();
  auto& books = cluster_.books();
  books.failures().demand(stage_since_, recovery(period) + detection_bound(period, members));
  books.agreement().demand(stage_since_, convergence_bound(period, members));
}

// -- stages -------------------------------------------------------------------------------------------

void membership_trial::look_again() {
  around_.events().after(look_every, [this] {
    look();
    look_again();
  });
}

void membership_trial::look() {
  auto now = around_.now();
  auto& books = cluster_.books();
  books.leaves().look(now, books.views(), [this](const node_id& one, const node_id& other) {
    return cluster_.can_talk(one, other);
  });
  books.failures().look(now, books.views());
  books.deaths().look(now, books.views());
  if (stage_ != stage::stormy && stage_ != stage::settled)
    go_on(now);
}

void membership_trial::enter(stage next) {
  stage_ = next;
  stage_since_ = around_.now();
}

void membership_trial::go_on(time_point now) {
  auto is_whole = views_are_whole(now);
  auto lasted = now - stage_since_;
  auto& books = cluster_.books();
  switch (stage_) {
  case stage::healing:
    if (is_whole)
      enter(stage::resting);
    else
      cluster_.help_to_meet(); // who knew an address may have heard meanwhile that its node had left
    return;
  case stage::resting:
    if (lasted < recovery(period))
      return;
    books.traffic().begin_idle(now);
    return enter(stage::idling);
  case stage::idling:
    if (lasted < 30 * period)
      return;
    books.traffic().end_idle(now, cluster_.processes().size());
    cluster_.met("quiet once all is said");
    enter(stage::ordeal);
    return begin_ordeal(now);
  case stage::ordeal:
    if (!has_passed(now))
      return;
    around_.network().set_quality({});
    books.deaths().suspend();
    books.failures().demand(now, recovery(period) + detection_bound(period, cluster_.machines()));
    books.agreement().demand(now, convergence_bound(period, cluster_.machines()));
    return enter(stage::healing_again);
  case stage::healing_again:
    if (is_whole)
      enter(stage::settled);
    return;
  case stage::stormy:
  case stage::settled:
    return;
  }
}

/// Everybody has everybody who is alive, and nobody else.
bool membership_trial::views_are_whole(time_point now) {
  auto alive = cluster_.alive();
  auto agree = cluster_.books().agreement().look(now, cluster_.books().views(), alive);
  return agree && std::ranges::all_of(cluster_.books().views(), [&](const auto& item) {
           return item.second.up.size() + 1 == alive.size();
         });
}

// -- the ordeal ---------------------------------------------------------------------------------------

void membership_trial::begin_ordeal(time_point now) {
  constexpr trouble all[] = {
      trouble::silent_crash,
      trouble::silent_crash,
      trouble::refused_crash,
      trouble::leave,
      trouble::pause,
      trouble::firewall,
      trouble::deafness,
      trouble::silent_crash_in_loss,
      trouble::silent_crash_in_loss,
      trouble::deaths,
      trouble::deaths,
      trouble::deaths};
  auto* victim = cluster_.pick(chance_);
  auto what = all[chance_.below(std::size(all))];
  ordeal_ = last_ordeal{what, victim->self().who, now, cluster_.processes().size()};
  auto& books = cluster_.books();
  books.failures().demand(now, detection_bound(period, ordeal_->members));
  switch (what) {
  case trouble::silent_crash:
  case trouble::refused_crash: {
    const auto refused = what == trouble::refused_crash;
    books.deaths().expect(
        now, ordeal_->victim, detection_bound(period, deaths{ordeal_->members, 1, refused})
    );
    return cluster_.crash(*victim, !refused);
  }
  case trouble::deaths:
    books.agreement().demand(now, {});
    books.failures().demand(now, {});
    return begin_deaths();
  case trouble::leave:
    return begin_leave(*victim);
  case trouble::pause:
    books.agreement().demand(now, {});
    // Just when it has asked something, so that the answer waits for it while its own patience ends.
    return victim->on_next_datagram([this, &at = victim->node()] {
      at.pause();
      around_.events().after(short_pause, [&at] { at.resume(); });
    });
  case trouble::firewall: {
    books.agreement().demand(now, {});
    auto* other = victim;
    while (other == victim)
      other = cluster_.pick(chance_);
    return cluster_.reject(*victim, {other->node().index()}, long_trouble);
  }
  case trouble::deafness:
    books.agreement().demand(now, {});
    books.failures().demand(now, {});
    return cluster_.deafen(*victim, long_trouble);
  case trouble::silent_crash_in_loss: {
    books.agreement().demand(now, {});
    books.failures().demand(now, {});
    simulation::link_quality lossy;
    lossy.loss = stated_loss;
    around_.network().set_quality(lossy);
    return cluster_.crash(*victim, true);
  }
  }
}

/// Often all but one die, because then nobody can confirm what the last one finds.
/// Of a large cluster it tells only some. The one member whom its datagrams reach may not be among them.
void membership_trial::begin_leave(member_process& victim) {
  auto reached = cluster_.muffle(victim, chance_, period);
  cluster_.leave(victim, 50ms);
  auto can_tell = std::min(ordeal_->members - 1, protocol::core::farewells_limit);
  if (victim.told().size() != can_tell)
    cluster_.complain(
        to_string(ordeal_->victim) + " leaves, and tells " + std::to_string(victim.told().size())
        + " members in place of " + std::to_string(can_tell)
    );
  ordeal_->is_heard_of = victim.told().contains(reached);
}

void membership_trial::begin_deaths() {
  std::vector<node_index> all;
  for (const auto& [which, process] : cluster_.processes())
    all.push_back(which);
  chance_.shuffle(all);
  const auto dying = chance_.chance(0.5) ? all.size() - 1 : 1 + chance_.below(all.size() - 1);
  const auto at_once = 1 + chance_.below(dying);
  wave_.refused = chance_.chance(0.5);
  wave_.newcomers = chance_.below(member_cluster::spares + 1);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(at_once);
  wave_.doomed.assign(middle, all.begin() + static_cast<std::ptrdiff_t>(dying));
  for (auto each = all.begin(); each != middle; ++each)
    kill(*each);
  expect_deaths_to_be_noticed();
}

void membership_trial::kill(node_index which) {
  auto* process = cluster_.processes().at(which);
  wave_.dead.push_back(process->self().who);
  cluster_.crash(*process, !wave_.refused);
}

/// The first suspicion is open: the others die, and newcomers come.
void membership_trial::go_on_dying() {
  cluster_.met_if(!wave_.doomed.empty() && cluster_.has_open_suspicion(), "crash while a suspicion is open");
  for (auto which : std::exchange(wave_.doomed, {}))
    kill(which);
  expect_deaths_to_be_noticed();
  for (auto count = wave_.newcomers; count > 0; --count)
    around_.events().after(chance_.duration_between({}, 100ms), [this] {
      std::optional<address> successor_at;
      if (chance_.chance(0.3))
        successor_at = cluster_.address_of(around_.find(wave_.dead.front().node)->index());
      cluster_.start_newcomer(chance_, successor_at);
      --wave_.newcomers;
    });
}

void membership_trial::expect_deaths_to_be_noticed() {
  const deaths what{
      ordeal_->members + wave_.newcomers, wave_.dead.size() + wave_.doomed.size(), wave_.refused};
  for (const auto& dead : wave_.dead)
    cluster_.books().deaths().expect(around_.now(), dead, detection_bound(period, what));
}

bool membership_trial::are_all_gone() {
  return wave_.has_begun && wave_.doomed.empty() && wave_.newcomers == 0
         && std::ranges::all_of(wave_.dead, [this](const peer& dead) { return is_gone(dead); });
}

bool membership_trial::has_passed(time_point now) {
  auto took = now - ordeal_->since;
  auto gone = is_gone(ordeal_->victim);
  auto met_if = [this](bool passed, std::string_view name) {
    cluster_.met_if(passed, name);
    return passed;
  };
  switch (ordeal_->what) {
  case trouble::silent_crash:
    if (gone && took > usual_detection(period, ordeal_->members))
      cluster_.met("silent crash that takes longer than usual");
    return met_if(gone, "silent crash");
  case trouble::refused_crash:
    return met_if(gone, "refused crash");
  case trouble::leave:
    return met_if(gone, "leave in the calm");
  case trouble::pause:
    // Some periods more, until it begins and for what it does when it wakes.
    return met_if(took > short_pause + 3 * period, "pause in the calm");
  case trouble::firewall:
    return met_if(took > long_trouble, "firewall in the calm");
  case trouble::deafness:
    return met_if(took > long_trouble + return_of_the_deaf, "deafness in the calm");
  case trouble::silent_crash_in_loss:
    if (gone && took > detection_bound(period, ordeal_->members))
      cluster_.met("crash under loss that is noticed late");
    return met_if(gone, "crash under loss");
  case trouble::deaths:
    if (!are_all_gone())
      return false;
    cluster_.met_if(wave_.dead.size() + 1 == ordeal_->members, "one survivor of several");
    cluster_.met_if(
        wave_.dead.size() > 1, wave_.refused ? "several refused crashes" : "several silent crashes"
    );
    return true;
  }
  return true;
}

void membership_trial::failed(const member_process& at, const peer& who) {
  went_down(at, who, "failed");
}

void membership_trial::over(const member_process& at, const membership::member_over& what) {
  went_down(at, what.who.who, membership::to_string(what.reason));
}

void membership_trial::went_down(const member_process& at, const peer& who, std::string_view reason) {
  if (stage_ != stage::ordeal)
    return;
  auto blame = [&](std::string_view why) {
    cluster_.complain(
        to_string(at.self().who) + " has " + to_string(who) + " no more (" + std::string{reason} + "), "
        + std::string{why}
    );
  };
  auto at_victim = at.self().who.node == ordeal_->victim.node;
  auto of_victim = who == ordeal_->victim;
  switch (ordeal_->what) {
  case trouble::leave:
    if (!ordeal_->is_heard_of)
      return cluster_.met("leave that nobody has heard");
    if (reason != "left")
      blame("and it has left");
    return;
  case trouble::pause:
    return blame("and there was only a short pause");
  case trouble::firewall:
    return blame("and there was only a firewall between two");
  case trouble::deafness:
    if (!at_victim && !of_victim)
      blame("and only one who hears nobody can have said so");
    return;
  case trouble::silent_crash:
  case trouble::refused_crash:
    if (!of_victim || reason != "failed")
      blame("and only another one has crashed");
    return;
  case trouble::deaths:
    if (std::ranges::count(wave_.dead, who) == 0 || reason != "failed")
      blame("and only others have crashed");
    return;
  case trouble::silent_crash_in_loss:
    return;
  }
}

void membership_trial::was_suspected(const member_process& at, const peer& who) {
  if (stage_ == stage::ordeal && ordeal_->what == trouble::deaths && !std::exchange(wave_.has_begun, true))
    around_.events().after(chance_.duration_between({}, 100ms), [this] { go_on_dying(); });
  if (stage_ == stage::ordeal && ordeal_->what == trouble::pause && at.self().who == ordeal_->victim)
    cluster_.complain(to_string(at.self().who) + " wakes, and suspects " + to_string(who));
}

bool membership_trial::is_gone(const peer& who) const {
  return std::ranges::none_of(cluster_.books().views(), [&who](const auto& item) {
    return item.second.has(who);
  });
}

std::string membership_trial::unsettled() const {
  constexpr std::string_view names[] = {
      "stormy", "healing", "resting", "idling", "in the last ordeal", "healing again", "settled"};
  return "still " + std::string{names[static_cast<std::size_t>(stage_)]} + ": "
         + cluster_.books().agreement().difference();
}

// -- what a campaign expects --------------------------------------------------------------------------

std::vector<std::string> expected_of_membership() {
  return {
      // work and faults of its own
      "mass start",
      "leave",
      "firewall",
      "unreachable",
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
      "firewall in the calm",
      "deafness in the calm",
      "several crash at once",
      "several silent crashes",
      "several refused crashes",
      "one survivor of several",
      "crash while a suspicion is open",
      "restart while a suspicion is open",
      "restart under another name",
      "newcomer while a suspicion is open",
      "newcomer at the address of the dead",
      // what comes of it
      "failed",
      "over: left",
      "over: restarted",
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
      "abstention",
      "verdict with all confirmations",
      "verdict without a confirmation",
      "verdict by two who were refused",
      "verdict not believed against own evidence",
      "stale verdict",
      "verdict taken back",
      "failed member asked",
      "accusation above the number",
      "expelled",
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
