#include "remote_node.hpp"

#include "../caf17/node_name.hpp"
#include "../channels.hpp"
#include "refusal.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/runtime/link/refusal_code.hpp>

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>

#include <utility>

namespace chorus {

namespace {

caf17::remote_actor& content_of(const caf::strong_actor_ptr& actor) {
  return *static_cast<caf17::remote_actor*>(actor->get());
}

/// Its node's name in CAF carries the number of the relation, so handles of two relations are not the same
/// actor.
caf::strong_actor_ptr make(
    caf::actor_system& system,
    const caf17::actor_reference& reference,
    std::uint64_t number,
    std::shared_ptr<remote_node> home,
    std::shared_ptr<caf17::gateway> hub
) {
  caf::actor_config settings;
  return caf::make_actor<caf17::remote_actor, caf::strong_actor_ptr>(
      reference.actor,
      caf17::to_caf_node(reference.home.node, number),
      &system,
      settings,
      reference,
      std::move(home),
      std::move(hub)
  );
}

} // namespace

remote_node::remote_node(
    const peer& who, relation_number relation, caf::actor_system& system, std::shared_ptr<caf17::gateway> hub
)
    : who_(who), relation_(relation), system_(system), hub_(std::move(hub)) {}

// -- the way there ------------------------------------------------------------------------------------

errc remote_node::send(link::send message) {
  if (is_met())
    return way_of(message)->send(std::move(message));
  std::lock_guard guard{mutex_};
  if (is_met())
    return way_of(message)->send(std::move(message));
  if (lost_)
    return errc::node_down;
  auto cost = message.payload.size() + link::message_overhead;
  auto reserve = message.how == link::urgency::reserved ? 0 : waiting_reserve_bytes;
  if (waiting_bytes_ + cost + reserve > waiting_bytes)
    return errc::overloaded;
  waiting_bytes_ += cost;
  waiting_.push_back(std::move(message));
  return errc::none;
}

const std::shared_ptr<outbox>& remote_node::way_of(const link::send& message) const {
  return message.channel == channels::handles ? link_.handles : link_.actors;
}

std::shared_ptr<outbox> remote_node::link() const {
  return is_met() ? link_.actors : nullptr;
}

std::shared_ptr<outbox> remote_node::notices() const {
  return is_met() ? link_.handles : nullptr;
}

std::vector<link::refused> remote_node::open(outboxes link) {
  std::vector<link::refused> refused;
  std::map<met_waiter, std::function<void()>> then;
  {
    std::lock_guard guard{mutex_}; // what is sent meanwhile comes after what has waited
    link_ = std::move(link);
    for (auto& message : std::exchange(waiting_, {}))
      if (auto code = way_of(message)->send(message); code != errc::none)
        refused.push_back({message.pair, std::move(message.payload), link::to_reason(code), message.channel});
    waiting_bytes_ = 0;
    is_open_.store(true, std::memory_order_release);
    then.swap(when_met_);
  }
  for (auto& [asker, tell] : then)
    tell();
  return refused;
}

bool remote_node::when_met(const met_waiter& who, std::function<void()> then) {
  {
    std::lock_guard guard{mutex_};
    if (!is_met() && !lost_) {
      if (when_met_.size() >= met_waiters && !when_met_.contains(who))
        return false;
      when_met_.try_emplace(who, std::move(then));
      return true;
    }
  }
  then();
  return true;
}

bool remote_node::is_met() const {
  return is_open_.load(std::memory_order_acquire);
}

void remote_node::forget(const met_waiter& who) {
  std::function<void()> removed; // holds actors: not under the mutex
  std::lock_guard guard{mutex_};
  if (auto known = when_met_.find(who); known != when_met_.end()) {
    removed = std::move(known->second);
    when_met_.erase(known);
  }
}

bool remote_node::give_up() {
  return !given_up_.exchange(true, std::memory_order_relaxed);
}

bool remote_node::is_overdue(time_point now, duration patience) {
  std::lock_guard guard{mutex_};
  if (!waiting_since_)
    waiting_since_ = now;
  return !is_met() && now - *waiting_since_ >= patience;
}

// -- proxies ----------------------------------------------------------------------------------------

caf::strong_actor_ptr remote_node::receive(std::uint64_t actor) {
  imports::garbage garbage; // not under the mutex
  std::unique_lock guard{mutex_};
  if (lost_) {
    auto reason = *lost_;
    guard.unlock();
    return make_dead(system_, {who_, actor}, relation_.value, hub_, std::move(reason));
  }
  auto [known, end] = imports_.receive(
      actor,
      is_met() ? proxies : unmet_proxies,
      [&] {
        return make(system_, {who_, actor}, relation_.value, shared_from_this(), hub_);
      },
      garbage
  );
  if (known)
    return std::move(known);
  guard.unlock();
  if (!end)
    end = to_caf(
        {errc::overloaded,
         "this node holds as many handles of actors of node " + to_string(who_) + " as it may; release some"}
    );
  return make_dead(system_, {who_, actor}, relation_.value, hub_, std::move(*end));
}

caf::strong_actor_ptr remote_node::find(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  return imports_.find(actor);
}

void remote_node::count_returned(std::uint64_t actor) {
  std::lock_guard guard{mutex_};
  imports_.count_returned(actor);
}

void remote_node::take_back_returned(std::uint64_t actor) {
  std::lock_guard guard{mutex_};
  imports_.take_back_returned(actor);
}

void remote_node::end(
    std::uint64_t actor, std::int64_t given, const caf::error& reason, std::size_t reason_bytes
) {
  caf::strong_actor_ptr ended; // not under the mutex: its monitors fire
  imports::garbage garbage;    // nor this
  auto brief = reason ? caf::error{reason.code(), reason.category()} : caf::error{};
  {
    std::lock_guard guard{mutex_};
    ended = imports_.end(actor, given, reason_bytes > remembered_reason_bytes ? brief : reason, garbage);
  }
  if (ended)
    content_of(ended).kill_proxy(nullptr, reason);
}

void remote_node::settle(const released_handle& what) {
  imports::garbage garbage; // not under the mutex
  std::lock_guard guard{mutex_};
  imports_.settle(what, garbage);
}

bool remote_node::sweep(std::size_t budget) {
  imports::garbage garbage; // not under the mutex
  std::lock_guard guard{mutex_};
  return imports_.sweep(budget, garbage);
}

void remote_node::begin_round() {
  std::lock_guard guard{mutex_};
  imports_.begin_round();
}

std::vector<released_handle> remote_node::take_releases() {
  std::lock_guard guard{mutex_};
  return imports_.take_releases();
}

void remote_node::postpone(std::vector<released_handle> releases) {
  std::lock_guard guard{mutex_};
  imports_.postpone(releases);
}

remote_node::imports::sizes remote_node::size() const {
  std::lock_guard guard{mutex_};
  return imports_.size();
}

// -- what third nodes have to do with it --------------------------------------------------------------

bool remote_node::open_hold(relation_number giver, std::uint64_t actor) {
  std::lock_guard guard{mutex_};
  return holds_.add(giver, actor);
}

bool remote_node::close_hold(relation_number giver, std::uint64_t actor) {
  std::lock_guard guard{mutex_};
  return holds_.close(giver, actor);
}

bool remote_node::pass_on_request(relation_number origin) {
  std::lock_guard guard{mutex_};
  return passed_.pass_on(origin);
}

bool remote_node::receive_request(relation_number delegator) {
  std::lock_guard guard{mutex_};
  return passed_.receive(delegator);
}

void remote_node::forget(relation_number ended) {
  std::lock_guard guard{mutex_};
  holds_.forget(ended);
  passed_.forget(ended);
}

// -- the end ------------------------------------------------------------------------------------------

remote_node::remains remote_node::lose(const caf::error& reason) {
  std::map<met_waiter, std::function<void()>> then;
  remains left;
  {
    std::lock_guard guard{mutex_};
    lost_ = reason;
    then.swap(when_met_);
    left.garbage = imports_.close();
    left.waiting.swap(waiting_);
    left.holds = holds_.close_all();
    left.passed = passed_.close();
  }
  left.proxies.swap(left.garbage.proxies);
  for (auto& [asker, tell] : then)
    left.told_met.push_back(std::move(tell));
  return left;
}

void remote_node::end(const caf::strong_actor_ptr& proxy, const caf::error& reason) {
  content_of(proxy).kill_proxy(nullptr, reason);
}

caf::strong_actor_ptr remote_node::make_dead(
    caf::actor_system& system,
    const caf17::actor_reference& reference,
    std::uint64_t number,
    std::shared_ptr<caf17::gateway> hub,
    caf::error reason
) {
  auto actor = make(system, reference, number, nullptr, std::move(hub));
  content_of(actor).kill_proxy(nullptr, std::move(reason));
  return actor;
}

} // namespace chorus
