#include "remote_node.hpp"

#include "../caf17/node_name.hpp"
#include "refusal.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/handles/wrapping_count.hpp>
#include <chorus/runtime/link/refusal_code.hpp>

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>

#include <algorithm>
#include <utility>

namespace chorus {

using handles::add;
using handles::minus;

namespace {

caf17::remote_actor& content_of(const caf::strong_actor_ptr& actor) {
  return *static_cast<caf17::remote_actor*>(actor->get());
}

/// What watches hold is an address of what they watch; a stand-in without any others is not looked at.
std::size_t drop_watches_of_nobody(const caf::strong_actor_ptr& actor) {
  auto has_watches = actor->weak_refs.load(std::memory_order_acquire) > 1;
  return has_watches ? content_of(actor).drop_watches_of_nobody() : 0;
}

/// Whether nobody but the table can reach the stand-in: no handle, no address, no monitor, no link.
/// Nobody can get at it then, except through the table.
bool is_unused(const caf::strong_actor_ptr& actor) {
  auto& handles = actor->strong_refs;
  auto& addresses = actor->weak_refs; // all handles together count as one
  if (handles.load(std::memory_order_acquire) != 1 || addresses.load(std::memory_order_acquire) != 1)
    return false;
  // The two were not read at one moment: an address may have become a handle in between. While there is no
  // handle at all, none can be made of an address, and so there are no others if there is no address.
  std::size_t only_ours = 1;
  if (!handles.compare_exchange_strong(only_ours, 0, std::memory_order_acq_rel))
    return false;
  auto unused = addresses.load(std::memory_order_acquire) == 1 && !content_of(actor).is_watched();
  handles.store(1, std::memory_order_release);
  return unused;
}

caf::strong_actor_ptr make(
    caf::actor_system& system,
    const caf17::actor_reference& reference,
    std::shared_ptr<remote_node> home,
    std::shared_ptr<caf17::gateway> hub
) {
  caf::actor_config settings;
  return caf::make_actor<caf17::remote_actor, caf::strong_actor_ptr>(
      reference.actor,
      caf17::to_caf_node(reference.home),
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
  if (auto link = open_link_.load(std::memory_order_acquire))
    return link->send(std::move(message));
  std::lock_guard guard{mutex_};
  if (link_)
    return link_->send(std::move(message));
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

std::shared_ptr<outbox> remote_node::link() const {
  std::lock_guard guard{mutex_};
  return link_;
}

std::vector<link::refused> remote_node::open(std::shared_ptr<outbox> link) {
  std::vector<link::refused> refused;
  std::map<met_waiter, std::function<void()>> then;
  {
    std::lock_guard guard{mutex_}; // what is sent meanwhile comes after what has waited
    for (auto& message : std::exchange(waiting_, {}))
      if (auto code = link->send(message); code != errc::none)
        refused.push_back({message.pair, std::move(message.payload), link::to_reason(code)});
    waiting_bytes_ = 0;
    link_ = std::move(link);
    open_link_.store(link_.get(), std::memory_order_release);
    then.swap(when_met_);
  }
  for (auto& [asker, tell] : then)
    tell();
  return refused;
}

bool remote_node::when_met(const met_waiter& who, std::function<void()> then) {
  {
    std::lock_guard guard{mutex_};
    if (!link_ && !lost_) {
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
  return open_link_.load(std::memory_order_acquire) != nullptr;
}

void remote_node::forget(const met_waiter& who) {
  std::function<void()> removed; // holds actors: not under the mutex
  std::lock_guard guard{mutex_};
  if (auto known = when_met_.find(who); known != when_met_.end()) {
    removed = std::move(known->second);
    when_met_.erase(known);
  }
}

bool remote_node::note_delegation(const peer& origin) {
  std::lock_guard guard{mutex_};
  if (lost_)
    return false;
  if (delegators_.size() < limits::members)
    delegators_.insert(origin);
  return true;
}

void remote_node::forget_delegator(const peer& origin) {
  std::lock_guard guard{mutex_};
  delegators_.erase(origin);
}

std::set<peer> remote_node::take_delegators() {
  std::lock_guard guard{mutex_};
  return std::exchange(delegators_, {});
}

bool remote_node::give_up() {
  return !given_up_.exchange(true, std::memory_order_relaxed);
}

bool remote_node::is_overdue(time_point now, duration patience) {
  std::lock_guard guard{mutex_};
  if (!waiting_since_)
    waiting_since_ = now;
  return !link_ && now - *waiting_since_ >= patience;
}

// -- stand-ins ----------------------------------------------------------------------------------------

caf::strong_actor_ptr remote_node::receive(std::uint64_t actor) {
  std::vector<caf::strong_actor_ptr> garbage; // not under the mutex
  std::vector<caf::error> reasons;            // nor these: they may hold handles
  std::unique_lock guard{mutex_};
  if (auto known = actors_.find(actor); known != actors_.end()) {
    ++known->second.received;
    known->second.recently_used = true;
    return known->second.actor;
  }
  std::optional<caf::error> dead;
  if (auto ended = ends_.find(actor); ended != ends_.end() && ended->second.reason) {
    dead = *ended->second.reason;
    book_end(actor, minus(1), nullptr, reasons);
  } else if (lost_) {
    dead = *lost_;
  } else {
    if (actors_.size() >= sweep_at_)
      sweep_all(garbage);
    if (actors_.size() >= (link_ ? stand_ins : unmet_stand_ins)) {
      dead = to_caf(
          {errc::overloaded,
           "this node holds as many handles of actors of node " + to_string(who_)
               + " as it may; release some"}
      );
      releases_.push_back({actor, 1, 0});
    }
  }
  if (dead) {
    guard.unlock();
    return make_dead(system_, {who_, actor}, hub_, std::move(*dead));
  }
  return actors_.emplace(actor, stand_in{make(system_, {who_, actor}, shared_from_this(), hub_), 1, true})
      .first->second.actor;
}

caf::strong_actor_ptr remote_node::find(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  auto known = actors_.find(actor);
  return known == actors_.end() ? nullptr : known->second.actor;
}

void remote_node::count_returned(std::uint64_t actor) {
  std::lock_guard guard{mutex_};
  releases_.push_back({actor, 0, 1});
}

void remote_node::take_back_returned(std::uint64_t actor) {
  if (auto known = find(actor))
    return content_of(known).take_back_returned();
  std::lock_guard guard{mutex_};
  releases_.push_back({actor, 0, minus(1)}); // it was counted in an earlier one
}

void remote_node::end(
    std::uint64_t actor, std::int64_t given, const caf::error& reason, std::size_t reason_bytes
) {
  stand_in ended;                  // not under the mutex: its monitors fire
  std::vector<caf::error> reasons; // nor these: they may hold handles
  auto brief = reason ? caf::error{reason.code(), reason.category()} : caf::error{};
  {
    std::lock_guard guard{mutex_};
    if (auto known = actors_.find(actor); known != actors_.end()) {
      ended = std::move(known->second);
      actors_.erase(known);
    }
    auto outstanding = static_cast<std::uint64_t>(given) - ended.received;
    book_end(actor, outstanding, reason_bytes > remembered_reason_bytes ? &brief : &reason, reasons);
  }
  if (ended.actor)
    content_of(ended.actor).kill_proxy(nullptr, reason);
}

void remote_node::settle(const released_handle& what) {
  std::vector<caf::error> reasons; // not under the mutex
  std::lock_guard guard{mutex_};
  book_end(what.actor, minus(what.received), nullptr, reasons);
}

/// The record is there as long as there is something to wait for.
void remote_node::book_end(
    std::uint64_t actor, std::uint64_t handles, const caf::error* reason, std::vector<caf::error>& garbage
) {
  if (ends_.size() >= end_records && !ends_.contains(actor))
    return;
  auto position = ends_.try_emplace(actor).first;
  auto& record = position->second;
  add(record.outstanding, handles);
  if (record.reason && (reason != nullptr || record.outstanding == 0))
    garbage.push_back(std::move(*record.reason));
  if (record.outstanding == 0)
    ends_.erase(position);
  else if (reason != nullptr)
    record.reason = *reason;
}

bool remote_node::sweep(std::size_t budget) {
  std::vector<caf::strong_actor_ptr> garbage; // not under the mutex
  std::vector<std::uint64_t> unused;
  std::lock_guard guard{mutex_};
  if (is_swept_)
    return true;
  for (std::size_t looked = 0; looked < budget && next_bucket_ < actors_.bucket_count(); ++next_bucket_) {
    ++looked;
    for (auto item = actors_.begin(next_bucket_); item != actors_.end(next_bucket_); ++item, ++looked) {
      looked += drop_watches_of_nobody(item->second.actor);
      if (!std::exchange(item->second.recently_used, false) && is_unused(item->second.actor))
        unused.push_back(item->first);
    }
  }
  let_go(unused, garbage);
  is_swept_ = next_bucket_ >= actors_.bucket_count();
  if (is_swept_)
    end_sweep();
  return is_swept_;
}

void remote_node::begin_round() {
  std::lock_guard guard{mutex_};
  next_bucket_ = 0;
  is_swept_ = false;
}

void remote_node::sweep_all(std::vector<caf::strong_actor_ptr>& garbage) {
  std::vector<std::uint64_t> unused;
  for (auto& [actor, known] : actors_)
    if (is_unused(known.actor))
      unused.push_back(actor);
  let_go(unused, garbage);
  end_sweep();
}

void remote_node::end_sweep() {
  sweep_at_ = std::max(swept_from, 2 * actors_.size());
}

void remote_node::let_go(
    const std::vector<std::uint64_t>& actors, std::vector<caf::strong_actor_ptr>& garbage
) {
  for (auto actor : actors) {
    auto position = actors_.find(actor);
    auto& unused = position->second;
    releases_.push_back({actor, unused.received, content_of(unused.actor).returned()});
    garbage.push_back(std::move(unused.actor));
    actors_.erase(position);
  }
}

std::vector<released_handle> remote_node::take_releases() {
  std::lock_guard guard{mutex_};
  return std::exchange(releases_, {});
}

void remote_node::postpone(std::vector<released_handle> releases) {
  std::lock_guard guard{mutex_};
  releases_.insert(releases_.end(), releases.begin(), releases.end());
}

remote_node::sizes remote_node::size() const {
  std::lock_guard guard{mutex_};
  return {actors_.size(), ends_.size()};
}

std::vector<link::send> remote_node::lose(const caf::error& reason) {
  std::unordered_map<std::uint64_t, stand_in> ended;
  std::unordered_map<std::uint64_t, end_record> ends; // may hold handles: not under the mutex
  std::vector<link::send> waiting;
  std::map<met_waiter, std::function<void()>> then;
  {
    std::lock_guard guard{mutex_};
    lost_ = reason;
    then.swap(when_met_);
    ended.swap(actors_);
    waiting.swap(waiting_);
    ends.swap(ends_);
    releases_.clear();
  }
  for (auto& [actor, known] : ended)
    content_of(known.actor).kill_proxy(nullptr, reason);
  for (auto& [asker, tell] : then)
    tell();
  return waiting;
}

caf::strong_actor_ptr remote_node::make_dead(
    caf::actor_system& system,
    const caf17::actor_reference& reference,
    std::shared_ptr<caf17::gateway> hub,
    caf::error reason
) {
  auto actor = make(system, reference, nullptr, std::move(hub));
  content_of(actor).kill_proxy(nullptr, std::move(reason));
  return actor;
}

} // namespace chorus
