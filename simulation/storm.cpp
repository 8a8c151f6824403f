#include "storm.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace chorus::simulation {

namespace {

/// Starts of a series: gaps from the half of `every` to one and a half.
template <class Add>
void series(duration every, duration length, random_generator& chance, Add&& add) {
  if (every <= duration::zero())
    return;
  auto gap = [&] { return chance.duration_between(every / 2, every + every / 2); };
  for (auto when = time_point{gap()}; when < time_point{length}; when += gap())
    add(when);
}

constexpr std::int64_t slow_rates[] = {100'000, 500'000, 900'000, 990'000};
constexpr std::int64_t fast_rates[] = {1'010'000, 1'100'000, 2'000'000, 10'000'000};
constexpr int slowest_disk = 100; // times as slow

} // namespace

std::vector<planned>
make_plan(const fault_profile& profile, duration length, duration work_every, random_generator chance) {
  std::vector<planned> plan;
  auto work = chance.split();
  series(work_every, length, work, [&](time_point when) { plan.push_back({when, {}, work.next()}); });
  for (const auto& [what, how_often] : profile.faults) {
    auto own = chance.split();
    series(how_often.every, length, own, [&, kind = what](time_point when) {
      plan.push_back({when, kind, own.next()});
    });
  }
  std::ranges::stable_sort(plan, {}, &planned::when);
  return plan;
}

storm::storm(world& around, const fault_profile& profile, liar::changer change)
    : world_(around), profile_(profile), change_(std::move(change)) {}

void storm::begin() {
  world_.network().set_quality(profile_.stormy);
  for (node_index index = 0; index < std::min(profile_.liars, world_.size()); ++index)
    world_.at(index).set_adversary(std::make_unique<liar>(lies{}, change_, world_.split_chance()));
}

void storm::perform(fault what, random_generator chance) {
  const auto& how_long = profile_.faults.at(what);
  auto length = chance.duration_between(how_long.shortest, how_long.longest);
  switch (what) {
  case fault::connection_reset: {
    auto* one = pick(chance, [](const node&) { return true; });
    auto* other = pick(chance, [one](const node& at) { return &at != one; });
    if (other != nullptr)
      world_.reset_connection(*one, *other);
    return;
  }
  case fault::one_way_partition:
  case fault::two_way_partition:
  case fault::link_matrix:
    return cut(what, chance, length);
  case fault::crash:
  case fault::disk_lost:
    return crash(what, chance, length);
  case fault::pause:
    if (auto* victim = pick(chance, [](const node& at) { return at.is_awake(); }); victim && may_go_down()) {
      world_.faults().add(what);
      victim->pause();
      later(length, [victim] { victim->resume(); });
    }
    return;
  case fault::slow_node:
    if (auto* victim = pick(chance, [](const node& at) { return at.is_awake(); })) {
      world_.faults().add(what);
      victim->note("is slow");
      victim->set_slowness(
          chance.duration_between(std::chrono::microseconds{100}, std::chrono::milliseconds{50})
      );
      later(length, [victim] { victim->set_slowness({}); });
    }
    return;
  case fault::clock_fast:
  case fault::clock_slow:
  case fault::clock_jump:
    return disturb_clock(what, chance, length);
  case fault::disk_full:
  case fault::disk_slow:
  case fault::bit_rot:
    return disturb_disk(what, chance, length);
  default:
    return; // happens to packets and to what liars say, not by itself
  }
}

void storm::cut(fault what, random_generator& chance, duration length) {
  std::vector<network::direction> closed;
  auto count = world_.size();
  if (what == fault::one_way_partition) {
    auto* from = pick(chance, [](const node&) { return true; });
    auto* to = pick(chance, [from](const node& at) { return &at != from; });
    if (to == nullptr)
      return;
    closed.emplace_back(from->index(), to->index());
  } else if (what == fault::two_way_partition) {
    std::vector<bool> side;
    for (node_index each = 0; each < count; ++each)
      side.push_back(chance.chance(0.5));
    for (node_index from = 0; from < count; ++from)
      for (node_index to = 0; to < count; ++to)
        if (side[from] != side[to])
          closed.emplace_back(from, to);
  } else {
    for (node_index from = 0; from < count; ++from)
      for (node_index to = 0; to < count; ++to)
        if (from != to && chance.chance(0.5))
          closed.emplace_back(from, to);
  }
  if (closed.empty())
    return;
  world_.faults().add(what);
  if (world_.story().is_on()) {
    std::string text = std::string{to_string(what)} + ", closed:";
    for (auto [from, to] : closed)
      text += ' ' + world_.at(from).name() + ">" + world_.at(to).name();
    world_.note(text);
  }
  later(length, [this, id = world_.network().close(std::move(closed))] {
    world_.note("a partition heals");
    world_.network().heal(id);
  });
}

void storm::crash(fault what, random_generator& chance, duration length) {
  auto* victim = pick(chance, [](const node& at) { return at.is_running(); });
  if (victim == nullptr || (!victim->is_paused() && !may_go_down()))
    return;
  world_.faults().add(fault::crash);
  victim->crash();
  if (what == fault::disk_lost && victim->disk().wipe())
    victim->note("loses its disk");
  if (profile_.restarts)
    later(length, [this, victim] {
      if (victim->is_running())
        return;
      world_.faults().add(fault::restart);
      victim->start();
    });
}

void storm::disturb_clock(fault what, random_generator& chance, duration length) {
  auto* victim = pick(chance, [](const node& at) { return at.clock_rate() == local_clock::true_rate; });
  if (victim == nullptr)
    return;
  world_.faults().add(what);
  if (what == fault::clock_jump) {
    victim->note("has a clock that jumps by " + to_text(length));
    return victim->jump_clock(length);
  }
  const auto& rates = what == fault::clock_fast ? fast_rates : slow_rates;
  auto rate = rates[chance.below(std::size(rates))];
  victim->note("has a clock that runs at " + std::to_string(rate) + " millionths");
  victim->set_clock_rate(rate);
  later(length, [victim] { victim->set_clock_rate(local_clock::true_rate); });
}

/// A full or slow disk counts when a write meets it (disk.hpp).
void storm::disturb_disk(fault what, random_generator& chance, duration length) {
  auto* victim = pick(chance, [](const node&) { return true; });
  if (victim == nullptr)
    return;
  if (what == fault::bit_rot) {
    if (victim->disk().rot())
      victim->note("has a disk that rots");
    return;
  }
  victim->note("has a disk with " + std::string{to_string(what)});
  if (what == fault::disk_full) {
    victim->disk().set_full(true);
    later(length, [victim] { victim->disk().set_full(false); });
  } else {
    victim->disk().set_slowness(static_cast<int>(chance.between(2, slowest_disk)));
    later(length, [victim] { victim->disk().set_slowness(1); });
  }
}

void storm::calm_down() {
  over_ = true;
  world_.note("the storm is over");
  world_.network().heal_all();
  world_.network().set_quality(profile_.calm);
  for (node_index index = 0; index < world_.size(); ++index) {
    auto& each = world_.at(index);
    each.set_slowness({});
    each.set_clock_rate(local_clock::true_rate);
    each.disk().set_full(false);
    each.disk().set_slowness(1);
    each.resume();
    if (!each.is_running() && profile_.restarts) {
      world_.faults().add(fault::restart);
      each.start();
    }
  }
}

node* storm::pick(random_generator& chance, const std::function<bool(const node&)>& condition) {
  std::vector<node*> candidates;
  for (node_index index = 0; index < world_.size(); ++index)
    if (condition(world_.at(index)))
      candidates.push_back(&world_.at(index));
  return candidates.empty() ? nullptr : candidates[chance.below(candidates.size())];
}

bool storm::may_go_down() const {
  std::size_t down = 0;
  for (node_index index = 0; index < world_.size(); ++index)
    down += world_.at(index).is_awake() ? 0 : 1;
  return down < profile_.down_at_most;
}

void storm::later(duration after, std::function<void()> what) {
  world_.events().after(after, [this, what = std::move(what)] {
    if (!over_)
      what();
  });
}

} // namespace chorus::simulation
