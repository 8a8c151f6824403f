#include "name_service.hpp"

#include "channels.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace chorus {

namespace {

/// All that this node says on the channel, in order.
constexpr link::pair news{0, 1};

} // namespace

name_service::name_service(const peer& self, std::shared_ptr<chorus::remoting> remoting)
    : remoting_(std::move(remoting)), driver_(names::core{self}, host_, *this, *this) {}

error name_service::announce(std::string_view name, const caf::actor& actor) {
  if (auto failed = names::check_name(name))
    return failed;
  if (!actor)
    return {errc::invalid_argument, "no actor to announce as '" + std::string{name} + "'"};
  auto pointer = caf::actor_cast<caf::strong_actor_ptr>(actor);
  auto kept = remoting_->keep(pointer);
  if (!kept)
    return {
        errc::invalid_argument,
        "'" + std::string{name} + "' can be announced only by the node that its actor lives on"};
  auto number = *kept;
  bool is_announced = false;
  bool is_late = false;
  bool is_new = false;
  std::uint64_t before = 0;
  {
    std::lock_guard guard{mutex_};
    is_late = retired_;
    if (!is_late && driver_.core().can_announce(name)) {
      driver_.apply(names::announce{std::string{name}, number});
      is_announced = true;
      is_new = observed_.insert(number).second;
      before = std::exchange(named_[std::string{name}], number);
    }
  }
  // Not under the mutex: an actor that is kept no more may end, and for one that has ended already the
  // functor runs at once.
  if (!is_announced) {
    remoting_->let_go(number);
    if (is_late)
      return {errc::unavailable, "this node is leaving the cluster, or has left it"};
    return {
        errc::overloaded,
        "this node announces as many names as it may (" + std::to_string(names::names_per_origin)
            + "); withdraw one"};
  }
  if (before != 0)
    remoting_->let_go(before);
  if (is_new)
    pointer->get()->attach_functor([weak = weak_from_this(), number] {
      if (auto service = weak.lock())
        service->actor_ended(number);
    });
  return {};
}

void name_service::withdraw(std::string_view name) {
  std::unique_lock guard{mutex_};
  driver_.apply(names::withdraw{std::string{name}});
  auto position = named_.find(name);
  if (position == named_.end())
    return;
  auto number = position->second;
  named_.erase(position);
  guard.unlock(); // the actor may end with it
  remoting_->let_go(number);
}

caf::actor name_service::find(std::string_view name) const {
  std::unique_lock guard{mutex_};
  auto winner = stopped_ ? std::nullopt : driver_.core().find(name);
  guard.unlock();
  return winner ? handle_of(*winner) : caf::actor{};
}

std::map<std::string, caf::actor> name_service::list(std::string_view prefix) const {
  std::map<std::string, caf::actor> found;
  std::unique_lock guard{mutex_};
  if (stopped_)
    return found;
  auto winners = driver_.core().list(prefix);
  guard.unlock();
  for (auto& [name, winner] : winners)
    if (auto actor = handle_of(winner))
      found.emplace(name, std::move(actor));
  return found;
}

caf::actor name_service::find(std::string_view name, duration within) const {
  std::unique_lock guard{mutex_};
  std::optional<names::announcement> winner;
  constexpr duration longest = std::chrono::hours{24 * 365}; // more would overflow the system's clock
  changed_.wait_for(guard, std::min(within, longest), [&] {
    winner = stopped_ ? std::nullopt : driver_.core().find(name);
    return stopped_ || (winner && winner->within_reach);
  });
  guard.unlock();
  return winner && winner->within_reach ? handle_of(*winner) : caf::actor{};
}

std::optional<peer> name_service::holder_out_of_reach(std::string_view name) const {
  std::lock_guard guard{mutex_};
  auto winner = driver_.core().find(name);
  return winner && !winner->within_reach ? std::optional{winner->origin} : std::nullopt;
}

std::string name_service::name_of(const caf17::actor_reference& actor) const {
  std::lock_guard guard{mutex_};
  return driver_.core().name_of(actor.home, actor.actor).value_or("");
}

std::string name_service::name_of_own(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  for (const auto& [name, number] : named_)
    if (number == actor)
      return name;
  return "";
}

void name_service::receive(const peer& from, const link::delivered& message) {
  std::lock_guard guard{mutex_};
  driver_.receive(from, message.payload);
  if (auto known = ways_.find(from); known != ways_.end())
    known->second->consumed(message.cost);
}

void name_service::peer_up(const peer& who, std::shared_ptr<outbox> way) {
  std::lock_guard guard{mutex_};
  if (!way)
    return;
  ways_[who] = std::move(way);
  driver_.apply(names::peer_up{who});
}

void name_service::peer_down(const peer& who) {
  lose(who, names::peer_down{who});
}

void name_service::peer_gone(const peer& who) {
  lose(who, names::peer_gone{who});
}

void name_service::lose(const peer& who, const names::core::input& what) {
  std::lock_guard guard{mutex_};
  ways_.erase(who);
  driver_.apply(what);
}

void name_service::retire() {
  std::lock_guard guard{mutex_};
  retired_ = true;
  for (auto& [name, actor] : named_)
    driver_.apply(names::withdraw{name});
}

void name_service::stop() {
  std::lock_guard guard{mutex_};
  retired_ = true;
  stopped_ = true;
  changed_.notify_all();
}

void name_service::actor_ended(std::uint64_t actor) {
  std::lock_guard guard{mutex_};
  observed_.erase(actor);
  std::erase_if(named_, [&](auto& item) { return item.second == actor; });
  driver_.apply(names::actor_ended{actor});
}

/// One that has ended, if the actor cannot be reached.
caf::actor name_service::handle_of(const names::announcement& winner) const {
  caf17::actor_reference actor{winner.origin, winner.actor};
  if (winner.within_reach)
    return caf::actor_cast<caf::actor>(remoting_->receive_handle(actor, remoting::nobody));
  error reason{
      errc::node_down,
      "node " + to_string(winner.origin)
          + " cannot be reached from here, though the cluster has it; find the actor again by its name"};
  return caf::actor_cast<caf::actor>(remoting_->make_dead_handle(actor, reason));
}

void name_service::send(const peer& to, wire_message message) {
  auto way = ways_.find(to);
  if (way == ways_.end())
    return; // its relation has ended
  shared_bytes bytes{std::move(message.head)};
  auto code = way->second->send({news, link::urgency::ordinary, std::move(bytes), channels::names});
  if (code != errc::none && code != errc::node_down)
    remoting_->lose_notice(to, code);
}

void name_service::host::perform(const names::changed&) {
  owner.changed_.notify_all();
}

void name_service::host::malformed(const peer& from, const error& reason) {
  owner.remoting_->report_malformed(from, reason);
}

} // namespace chorus
