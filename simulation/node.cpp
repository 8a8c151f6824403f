#include "timer.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/simulation/world.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace chorus::simulation {

namespace {

/// Clocks of different nodes show different times from the beginning, because no protocol may compare them.
constexpr auto earliest_clock = std::chrono::hours{1};
constexpr auto latest_clock = std::chrono::hours{1000};

} // namespace

std::string process::describe(const wire_message& content) const {
  return std::to_string(content.head.size() + content.body.size()) + " bytes";
}

node::node(
    simulation::world& around, node_index index, std::string name, program what, random_generator chance
)
    : around_(around), index_(index), name_(std::move(name)), program_(std::move(what)),
      chance_(chance), self_{{chance_.next() | 1, index + 1}, {0}},
      clock_(around.now(), time_point{chance_.duration_between(earliest_clock, latest_clock)}),
      disk_(around.events(), around.faults(), chance_.split()) {}

node::~node() {
  process_.reset(); // its timers are known here
}

// -- for the process -----------------------------------------------------------------------------------

std::unique_ptr<clock_seam> node::make_timer(std::function<void()> wake) {
  return std::make_unique<timer>(*this, std::move(wake));
}

time_point node::now() const {
  return clock_.at(around_.now());
}

void node::note(const std::string& what) {
  if (around_.story().is_on())
    around_.note(name_ + ' ' + what);
}

void node::send(const peer& to, wire_message message) {
  auto* other = around_.find(to.node);
  if (other == nullptr)
    return; // an address where nobody listens
  packet what{index_, other->index(), self_, std::move(message)};
  if (!adversary_)
    return around_.send(std::move(what));
  for (auto& spoken : adversary_->speak(what, around_.faults())) {
    spoken.from = index_;
    spoken.sender = self_;
    around_.send(std::move(spoken));
  }
}

void node::persist(persist_token token, byte_buffer record) {
  disk_.write(token, std::move(record), [this](persist_token done) {
    give_turn([this, done](process&) { persisted_(done); });
  });
}

// -- faults ------------------------------------------------------------------------------------------------

void node::start() {
  CHORUS_CHECK(!is_running(), "a node runs one process");
  ++runs_;
  self_.incarnation = self_.incarnation.next();
  paused_ = false;
  busy_until_ = around_.now();
  being_received_ = 0;
  note("starts as " + to_string(self_));
  process_ = program_(*this);
  process_->start();
  around_.announce(*this);
}

void node::crash() {
  if (!is_running())
    return;
  note("crashes");
  process_.reset();
  persisted_ = nullptr;
  waiting_.clear();
  paused_ = false;
  disk_.crash();
}

void node::pause() {
  if (!is_awake())
    return;
  note("is paused");
  paused_ = true;
}

void node::resume() {
  if (!paused_)
    return;
  note("is resumed");
  paused_ = false;
  // The timers are overdue and the socket is full; which of them the process turns to first is chance.
  auto run = runs_;
  auto timers_first = chance_.chance(0.5);
  auto ring = [this] {
    // An alarm may end timers, and make others in their place in memory: who is meant is known by its handle.
    std::vector<timer::handle> present;
    for (const auto* each : timers_)
      present.push_back(each->self());
    for (const auto& each : present)
      if (is_awake() && *each != nullptr)
        (*each)->look();
  };
  if (timers_first)
    ring();
  while (is_awake() && runs_ == run && !waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next(*process_);
  }
  if (!timers_first)
    ring();
}

void node::set_clock_rate(std::int64_t millionths) {
  clock_.set_rate(around_.now(), millionths);
  for (auto* each : timers_)
    each->clock_changed();
}

void node::jump_clock(duration by) {
  clock_.jump(around_.now(), by);
  for (auto* each : timers_)
    each->clock_changed();
}

// -- for the world -----------------------------------------------------------------------------------------

void node::arrive(packet what) {
  if (!is_running())
    return around_.tell_loss(what, "finds nobody");
  auto is_quick = slowness_ == duration::zero() && being_received_ == 0;
  if (is_quick && is_awake())
    return receive(*process_, what);
  if (waiting_.size() + being_received_ >= limit_waiting)
    return around_.overflow(what);
  if (is_quick)
    return give_turn([this, what = std::move(what)](process& at) mutable { receive(at, what); });
  ++being_received_;
  busy_until_ = std::max(busy_until_, around_.now()) + slowness_;
  around_.events().at(busy_until_, [this, run = runs_, what = std::move(what)]() mutable {
    if (run != runs_)
      return;
    --being_received_;
    if (is_running())
      give_turn([this, what = std::move(what)](process& at) mutable { receive(at, what); });
  });
}

void node::receive(process& at, packet& what) {
  if (around_.story().is_on())
    note("<- " + around_.at(what.from).name() + ": " + at.describe(what.content));
  at.receive(what.sender, shared_bytes{std::move(what.content.head)}, what.content.body);
}

void node::connection_reset(const node_id& other) {
  give_turn([other](process& at) { at.reconnected(other); });
}

void node::hear_of(const peer& other) {
  give_turn([other](process& at) { at.life_began(other); });
}

void node::give_turn(std::function<void(process&)> what) {
  if (!is_running())
    return;
  if (!paused_)
    return what(*process_);
  waiting_.push_back(std::move(what));
}

std::string node_name(node_index index) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return index < letters.size() ? std::string{letters[index]} : "node " + std::to_string(index + 1);
}

} // namespace chorus::simulation
