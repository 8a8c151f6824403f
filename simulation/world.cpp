#include <chorus/runtime/check.hpp>
#include <chorus/simulation/world.hpp>

#include <utility>

namespace chorus::simulation {

namespace {

/// How long it takes until a node hears of another's new life.
constexpr auto earliest_news = std::chrono::milliseconds{1};
constexpr auto latest_news = std::chrono::milliseconds{500};

} // namespace

world::world(std::uint64_t seed, bool recorded)
    : chance_(seed), story_(recorded), network_(events_, faults_, *this, chance_.split()) {}

world::~world() = default;

// -- nodes -------------------------------------------------------------------------------------------------

node& world::add_node(std::string name, program what) {
  auto index = nodes_.size();
  nodes_.push_back(std::make_unique<node>(*this, index, std::move(name), std::move(what), chance_.split()));
  network_.add_node();
  by_id_.emplace(nodes_.back()->self().node, index);
  return *nodes_.back();
}

node* world::find(const node_id& id) {
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : nodes_[found->second].get();
}

/// Everybody hears of the new life, and the new life of everybody.
void world::announce(const node& who) {
  auto news = [this](node& listener, const node& subject) {
    auto delay = chance_.duration_between(earliest_news, latest_news);
    events_.after(delay, [&listener, &subject, life = subject.self()] {
      if (subject.is_running() && subject.self() == life)
        listener.hear_of(life);
    });
  };
  for (auto& other : nodes_)
    if (other.get() != &who) {
      news(*other, who);
      if (other->is_running())
        news(*nodes_[who.index()], *other);
    }
}

// -- time --------------------------------------------------------------------------------------------------

bool world::step() {
  if (broken_ || events_.empty())
    return false;
  auto is_same_moment = events_.next() == std::exchange(moment_, events_.next());
  at_this_moment_ = is_same_moment ? at_this_moment_ + 1 : 1;
  events_.run_next();
  look_around();
  return !broken_;
}

void world::run_for(duration time) {
  auto end = now() + time;
  while (!broken_ && !events_.empty() && events_.next() <= end)
    step();
  if (!broken_)
    events_.advance_to(end);
}

// -- what goes wrong, and who looks -------------------------------------------------------------------

void world::reset_connection(node& one, node& other) {
  faults_.add(fault::connection_reset);
  note("the connection of " + one.name() + " and " + other.name() + " breaks");
  network_.reset(one.index(), other.index());
  one.connection_reset(other.self().node);
  other.connection_reset(one.self().node);
}

void world::look_around() {
  if (broken_)
    return;
  for (auto* each : checkers_) {
    each->after_event();
    if (each->violation())
      return end_run({now(), each->invariant(), *each->violation()});
  }
  if (at_this_moment_ > limit_at_once)
    end_run(
        {now(), "time passes", std::to_string(limit_at_once) + " events happen at one moment, without an end"}
    );
}

void world::end_run(breach what) {
  note("BROKEN: " + what.invariant + ": " + what.how);
  broken_ = std::move(what);
}

// -- what the network calls ---------------------------------------------------------------------------

void world::arrived(packet what) {
  nodes_[what.to]->arrive(std::move(what));
}

/// A node's buffer is full.
void world::overflow(const packet& what) {
  faults_.add(fault::lost);
  lost(what, fault::lost);
}

void world::lost(const packet& what, fault how) {
  tell_loss(what, "is " + std::string{to_string(how)});
}

void world::tell_loss(const packet& what, std::string_view how) {
  if (!story_.is_on())
    return;
  auto& from = *nodes_[what.from];
  auto text = from.is_running() ? from.running()->describe(what.content) : "a packet of its old life";
  from.note("-> " + nodes_[what.to]->name() + ' ' + std::string{how} + ": " + text);
}

} // namespace chorus::simulation
