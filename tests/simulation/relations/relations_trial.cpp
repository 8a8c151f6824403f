#include "relations_trial.hpp"

#include "../membership/bounds.hpp"
#include "copied_process.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;
using protocol::period;

namespace {

constexpr auto look_every = 200ms;

/// In a hole for large packets, what membership says passes, and large messages do not.
constexpr std::size_t hole_bytes = 2'500;

constexpr std::array<std::string_view, 5> names{"alpha", "beta", "gamma", "delta", "epsilon"};

/// Of these branches it is counted in how many seeds they were met.
constexpr std::array<std::string_view, 5> rare_branches{
    "both ended at once",
    "peer down: ended by peer",
    "reopened after back-off",
    "verdict taken back",
    "introduction settled by the end of the way home"};

std::string in_seeds(std::string_view branch) {
  return "seeds with: " + std::string{branch};
}

/// Most of what can go wrong needs few nodes, and is met more often in many small worlds than in a large one.
std::size_t draw_size(random_generator& chance) {
  struct sizes {
    std::uint64_t weight;
    std::int64_t low;
    std::int64_t high;
  };
  constexpr sizes all[] = {{15, 2, 2}, {40, 3, 4}, {30, 5, 8}, {10, 9, 12}, {5, 13, 14}};
  auto dice = chance.below(100);
  for (const auto& each : all) {
    if (dice < each.weight)
      return static_cast<std::size_t>(chance.between(each.low, each.high));
    dice -= each.weight;
  }
  return 2;
}

} // namespace

relations_trial::relations_trial(simulation::world& around)
    : around_(around), chance_(around.split_chance()), books_(joint_process::limits()),
      cluster_(
          around,
          draw_size(chance_),
          *this,
          [this](simulation::node& at, member_cluster& all, membership::member self) {
            return std::make_unique<joint_process>(at, all, std::move(self), books_);
          }
      ) {
  for (auto* each : books_.checkers())
    around.watch(*each);
  for (node_index each = 0; each < cluster_.machines(); ++each)
    if (chance_.chance(0.7))
      victims_.insert(each);
  is_gentle_ = chance_.chance(0.2);
  cluster_.found(chance_);
  look_again();
}

std::vector<joint_process*> relations_trial::processes() const {
  std::vector<joint_process*> all;
  for (const auto& [which, process] : cluster_.processes())
    all.push_back(static_cast<joint_process*>(process));
  return all;
}

/// One that is awake and does not leave.
joint_process* relations_trial::pick(random_generator& chance) const {
  return static_cast<joint_process*>(cluster_.pick(chance));
}

joint_process* relations_trial::pick_victim(random_generator& chance) const {
  std::vector<joint_process*> all;
  for (auto* each : processes())
    if (each->node().is_awake() && !each->is_leaving() && victims_.contains(each->node().index()))
      all.push_back(each);
  return all.empty() ? nullptr : all[chance.below(all.size())];
}

// -- work --------------------------------------------------------------------------------------------------

void relations_trial::work(random_generator& chance) {
  auto dice = chance.below(1000);
  if (dice < (is_gentle_ ? 30U : 12U))
    return go_wrong(chance);
  auto* at = pick(chance);
  if (at == nullptr)
    return;
  if (dice < 250)
    at->call(chance);
  else if (dice < 270)
    at->monitor_something(chance);
  else if (dice < 280)
    at->announce(std::string{names[chance.below(names.size())]});
  else if (dice < 290)
    at->withdraw(std::string{names[chance.below(names.size())]});
  else if (dice < 295)
    at->set_lazy(true);
  else if (dice < 330)
    at->set_lazy(false);
  else
    at->act(chance);
}

void relations_trial::go_wrong(random_generator& chance) {
  auto dice = chance.below(100);
  if (is_gentle_)
    cut(chance, chance.chance(0.5), 2s);
  else if (dice < 12)
    cut(chance, false, 15s);
  else if (dice < 22)
    cut(chance, true, 15s);
  else if (dice < 30)
    make_hole(chance);
  else if (dice < 38)
    part(chance);
  else if (dice < 48)
    pause(chance);
  else if (dice < 57)
    crash(chance);
  else if (dice < 70)
    cluster_.start_somebody(chance);
  else if (dice < 75)
    leave(chance);
  else if (dice < 78)
    cluster_.start_newcomer(chance, {});
  else if (dice < 82)
    reject(chance);
  else if (dice < 86)
    deafen(chance);
  else if (dice < 90)
    mute(chance);
  else if (dice < 93)
    give_up(chance);
  else
    repeat_old_verdict(chance);
}

// -- what goes wrong ---------------------------------------------------------------------------------------

void relations_trial::disturb(node_index one, node_index other) {
  if (one != other)
    books_.bystanders.disturbed(around_.at(one).self().node, around_.at(other).self().node);
}

void relations_trial::disturb(node_index all_of) {
  for (node_index other = 0; other < cluster_.machines(); ++other)
    disturb(all_of, other);
}

void relations_trial::close(std::vector<simulation::network::direction> directions, duration length) {
  if (around_.story().is_on()) {
    std::string text = "closed:";
    for (auto [from, to] : directions)
      text += ' ' + around_.at(from).name() + '>' + around_.at(to).name();
    around_.note(text);
  }
  auto id = around_.network().close(std::move(directions));
  around_.events().after(length, [this, id] {
    around_.note("a cut heals");
    around_.network().heal(id);
  });
}

void relations_trial::cut(random_generator& chance, bool both_ways, duration longest) {
  auto* from = pick_victim(chance);
  auto* to = pick(chance);
  if (from == nullptr || from == to)
    return;
  auto one = from->node().index();
  auto other = to->node().index();
  if (chance.chance(0.5))
    std::swap(one, other);
  disturb(one, other);
  books_.met.add(both_ways ? "pair cut" : "pair cut one way");
  std::vector<simulation::network::direction> directions{{one, other}};
  if (both_ways)
    directions.emplace_back(other, one);
  close(std::move(directions), chance.duration_between(500ms, longest));
}

void relations_trial::make_hole(random_generator& chance) {
  auto* from = pick_victim(chance);
  auto* to = pick(chance);
  if (from == nullptr || from == to)
    return;
  simulation::network::direction way{from->node().index(), to->node().index()};
  disturb(way.first, way.second);
  books_.met.add("hole for large packets");
  around_.note("large packets get lost from " + from->node().name() + " to " + to->node().name());
  around_.network().set_largest(way, hole_bytes);
  around_.events().after(chance.duration_between(5s, 20s), [this, way] {
    around_.network().set_largest(way, static_cast<std::size_t>(-1));
  });
}

/// A victim alone, or some machines, are apart from the others.
void relations_trial::part(random_generator& chance) {
  auto* first = pick_victim(chance);
  if (first == nullptr)
    return;
  std::set<node_index> side{first->node().index()};
  for (node_index each = 0; each < cluster_.machines(); ++each)
    if (chance.chance(0.5))
      side.insert(each);
  std::vector<simulation::network::direction> directions;
  for (auto here : side)
    for (node_index there = 0; there < cluster_.machines(); ++there)
      if (!side.contains(there)) {
        disturb(here, there);
        directions.insert(directions.end(), {{here, there}, {there, here}});
      }
  books_.met.add("partition");
  close(std::move(directions), chance.duration_between(500ms, 20s));
}

void relations_trial::pause(random_generator& chance) {
  auto* victim = pick_victim(chance);
  if (victim == nullptr)
    return;
  auto& at = victim->node();
  disturb(at.index());
  books_.met.add("process paused");
  at.pause();
  around_.events().after(chance.duration_between(50ms, 12s), [&at] { at.resume(); });
}

void relations_trial::crash(random_generator& chance) {
  auto* victim = pick_victim(chance);
  if (victim == nullptr)
    return;
  disturb(victim->node().index());
  books_.met.add("process crashed");
  cluster_.crash(*victim, chance.chance(0.5));
  if (chance.chance(0.4))
    cluster_.start_somebody(chance);
}

void relations_trial::leave(random_generator& chance) {
  if (auto* who = pick_victim(chance)) {
    disturb(who->node().index());
    cluster_.leave(*who, chance.duration_between(100ms, 600ms));
  }
}

void relations_trial::reject(random_generator& chance) {
  auto* who = pick_victim(chance);
  auto* other = pick(chance);
  if (who == nullptr || who == other)
    return;
  disturb(who->node().index(), other->node().index());
  cluster_.reject(*who, {other->node().index()}, chance.duration_between(500ms, 12s));
}

void relations_trial::deafen(random_generator& chance) {
  if (auto* who = pick_victim(chance)) {
    disturb(who->node().index());
    books_.met.add("deaf");
    cluster_.deafen(*who, chance.duration_between(1s, 12s));
  }
}

void relations_trial::mute(random_generator& chance) {
  auto* who = pick_victim(chance);
  if (who == nullptr)
    return;
  auto from = who->node().index();
  disturb(from);
  books_.met.add("mute");
  std::vector<simulation::network::direction> directions;
  for (node_index other = 0; other < cluster_.machines(); ++other)
    if (other != from)
      directions.emplace_back(from, other);
  close(std::move(directions), chance.duration_between(1s, 12s));
}

void relations_trial::give_up(random_generator& chance) {
  auto* who = pick_victim(chance);
  if (who == nullptr)
    return;
  auto all = who->links().relations().all_up();
  if (all.empty())
    return;
  auto other = all[chance.below(all.size())].who.who;
  disturb(who->node().index(), around_.find(other.node)->index());
  books_.met.add("relation given up");
  who->give_up(other);
}

/// About one that has refuted since, as all know by now.
void relations_trial::repeat_old_verdict(random_generator& chance) {
  auto* by = pick(chance);
  auto* to = pick(chance);
  auto* about = pick(chance);
  if (by == nullptr || about == to || by == to || by == about)
    return;
  if (about->core().counters().refutations == 0)
    return;
  books_.met.add("old verdict repeated");
  by->repeat_old_verdict(to->self(), about->self());
}

// -- after the storm ---------------------------------------------------------------------------------------

void relations_trial::settle() {
  cluster_.calm_down();
  constexpr std::size_t fewest = 2;
  while (cluster_.processes().size() < fewest)
    cluster_.start_somebody(chance_);
  for (auto* each : processes())
    each->set_lazy(false);
  cluster_.help_to_meet();
  stage_ = stage::healing;
  auto now = around_.now();
  auto members = cluster_.machines();
  auto& books = cluster_.books();
  books.failures().demand(now, recovery(period) + detection_bound(period, members));
  books.agreement().demand(now, convergence_bound(period, members));
  books_.up_again.demand(now, convergence_bound(period, members) + membership::peers::back_off::longest / 5);
}

void relations_trial::look_again() {
  around_.events().after(look_every, [this] {
    look();
    if (stage_ != stage::settled)
      look_again();
  });
}

void relations_trial::look() {
  auto now = around_.now();
  auto& books = cluster_.books();
  books.leaves().look(now, books.views(), [this](const node_id& one, const node_id& other) {
    return cluster_.can_talk(one, other);
  });
  books.failures().look(now, books.views());
  if (stage_ == stage::healing) {
    if (is_whole())
      start_copy();
    else
      cluster_.help_to_meet();
  } else if (stage_ == stage::copied) {
    look_at_copy();
  } else if (stage_ == stage::clearing) {
    clear_up();
  }
}

/// Everybody has everybody who is alive, and is up with nobody else.
bool relations_trial::is_whole() {
  auto now = around_.now();
  auto alive = cluster_.alive();
  auto& books = cluster_.books();
  auto agree = books.agreement().look(now, books.views(), alive);
  std::vector<peer> all;
  for (const auto& [node, self] : alive)
    all.push_back(self.who);
  auto is_up = [this](const peer& here, const peer& there) {
    auto* at = static_cast<joint_process*>(around_.find(here.node)->running());
    return at != nullptr && at->links().relations().is_up(there);
  };
  auto are_up = books_.up_again.look(now, all, is_up);
  auto others = processes();
  return agree && are_up && std::ranges::all_of(others, [&](const joint_process* at) {
           return at->links().relations().size() + 1 == all.size();
         });
}

/// A second process appears with the data directory of one that runs, restored from a copy.
void relations_trial::start_copy() {
  stage_ = stage::clearing;
  if (chance_.chance(0.7))
    return;
  auto* of = pick(chance_);
  auto* seed = pick(chance_);
  downs_before_copy_ = books_.downs.size();
  copied_since_ = around_.now();
  copy_ = cluster_.start_copy(of->self(), [this](simulation::node& at, membership::member self) {
    return std::make_unique<copied_process>(at, cluster_, std::move(self));
  });
  if (copy_ == nullptr)
    return;
  around_.note("a copy of " + to_string(of->self().who) + " runs on " + copy_->name());
  static_cast<copied_process*>(copy_->running())->add_seed(seed->self().where);
  stage_ = stage::copied;
}

/// It is refused within two failure timeouts, and nobody has noticed it.
void relations_trial::look_at_copy() {
  const auto& copy = *static_cast<const copied_process*>(copy_->running());
  const auto took = around_.now() - copied_since_;
  const auto is_refused = !copy.rejection().empty();
  constexpr auto within = 8 * period;
  if (copy.was_in() || (!is_refused && took > within))
    cluster_.complain("a process on a copied data directory is not refused");
  if (books_.downs.size() != downs_before_copy_)
    cluster_.complain("relations end because of a copied data directory");
  if (!is_refused)
    return;
  books_.met.add("copy of a process refused");
  cluster_.end_copy(*std::exchange(copy_, nullptr));
  stage_ = stage::clearing;
}

/// Answers and releases until nothing happens any more.
void relations_trial::clear_up() {
  auto is_quiet = true;
  for (auto* each : processes()) {
    is_quiet = each->is_quiet() && is_quiet;
    is_quiet = each->clear_up() && is_quiet;
  }
  quiet_rounds_ = is_quiet ? quiet_rounds_ + 1 : 0;
  constexpr int enough = 8;
  if (quiet_rounds_ < enough)
    return;
  look_at_all();
  stage_ = stage::settled;
}

void relations_trial::look_at_all() {
  std::vector<handles_at_rest> handles;
  std::vector<peer> all;
  std::vector<names_agree::entry> known;
  for (auto* each : processes()) {
    handles.push_back(each->handles_at_rest());
    each->look_at_monitors();
    auto who = each->self().who;
    all.push_back(who);
    for (const auto& [name, winner] : each->names().list(""))
      known.push_back({who, name, winner.origin, winner.actor});
  }
  books_.accounts.look(handles);
  books_.names.look(all, known);
}

std::string relations_trial::unsettled() const {
  if (stage_ == stage::clearing)
    return "handles are still being released, or something is under way";
  auto missing = books_.up_again.missing();
  return "still healing: " + (missing.empty() ? cluster_.books().agreement().difference() : missing);
}

void relations_trial::count(simulation::coverage& met) const {
  simulation::coverage own;
  own.merge(books_.met);
  cluster_.count(own);
  books_.promises.count(own, "call ");
  met.merge(own);
  met.add("seeds");
  for (auto branch : rare_branches)
    met.add(in_seeds(branch), own[branch] > 0 ? 1 : 0);
}

// -- what a campaign expects -------------------------------------------------------------------------------

std::vector<std::string> expected_of_relations() {
  return {// what goes wrong
          "pair cut",
          "pair cut one way",
          "hole for large packets",
          "partition",
          "process paused",
          "process crashed",
          "restart at the same address",
          "restart at a new address",
          "leave",
          "firewall",
          "deaf",
          "mute",
          "relation given up",
          "old verdict repeated",
          "copy of a process refused",
          "connection reset",
          // what comes of it
          "peer up",
          "peer up again",
          "peer down: failed",
          "peer down: left",
          "peer down: restarted",
          "peer down: unreachable",
          "peer down: ended by peer",
          "peer gone: failed",
          "peer gone: left",
          "peer gone: restarted",
          "both ended at once",
          "reopened after back-off",
          "unreachable",
          "unreachable, then gone",
          "doubted",
          "not doubted any more",
          "verdict taken back",
          "stale verdict",
          "verdict not believed against own evidence",
          "expelled",
          "handle of a node out of reach",
          "handle that came after its actor's end",
          "introduction settled by the end of the way home",
          "introduction settled by the home's acknowledgement",
          "request came home",
          "request cut off",
          "request ended with a relation",
          "request moved across the end of a relation",
          "request moved out of reach",
          "requester out of reach",
          "requester out of reach after its request came",
          "taken back after the next relation began",
          "call routed",
          "call finds its handle ended",
          "later try of a call that runs",
          "kept answer given again",
          "monitor told"};
}

std::vector<simulation::share> shares_of_relations() {
  std::vector<simulation::share> all;
  for (auto branch : rare_branches)
    all.push_back({in_seeds(branch), "seeds", 1, 0.01, 200});
  return all;
}

} // namespace chorus::testing
