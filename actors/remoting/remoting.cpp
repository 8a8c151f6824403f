#include "remoting.hpp"

#include "refusal.hpp"

#include <chorus/actors/error.hpp>

#include <caf/make_message.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace chorus {

namespace {

std::string seconds_of(duration time) {
  return std::to_string(std::chrono::round<std::chrono::seconds>(time).count()) + " s";
}

} // namespace

remoting::remoting(
    caf::actor_system& system, const peer& self, std::shared_ptr<flow_control> flow, hooks around
)
    : system_(system), flow_(std::move(flow)), around_(std::move(around)),
      receiving_unit_(system, around_.lend), self_(self) {}

// -- nodes that come and go ---------------------------------------------------------------------------

void remoting::add_link(const peer& who, remote_node::outboxes link) {
  if (!link.actors)
    return; // the transport is stopping; what waits is told when this stops, too
  for (auto& earlier : nodes_.earlier_lives(who))
    lose(
        earlier,
        {errc::node_down, "node " + to_string(earlier) + " has restarted; find the actor again by its name"}
    );
  auto node = nodes_.meet(who, [&] { return make_node(who); });
  for (auto& message : node->open(std::move(link)))
    bounce(*node, message);
}

void remoting::lose(const peer& who, const error& reason) {
  auto ended = end_relation(who, reason);
  for (auto is_done = !ended; !is_done;) {
    auto budget = ends_per_slice;
    is_done = end_some(*ended, budget);
  }
}

bool remoting::begin_to_lose(const peer& who, const error& reason) {
  auto ended = end_relation(who, reason);
  auto budget = ends_per_slice;
  if (!ended || end_some(*ended, budget))
    return true;
  losing_.push_back(std::move(*ended));
  return false;
}

std::vector<peer> remoting::go_on_losing() {
  std::vector<peer> lost;
  for (auto budget = ends_per_slice; !losing_.empty() && end_some(losing_.front(), budget);
       losing_.pop_front())
    lost.push_back(losing_.front().with->who());
  return lost;
}

/// Closes the tables of the relation. Nothing is told yet.
std::optional<ended_relation> remoting::end_relation(const peer& who, const error& reason) {
  latest_sender_ = nullptr;
  unreadable_.forget(who);
  auto with = nodes_.lose(who);
  if (!with)
    return std::nullopt;
  auto number = with->relation();
  ended_relation ended{with, reason, {}, exports_.forget(number), {}}; // among them who waits for an answer
  introductions_.forget(number);
  for (auto& other : nodes_.all())
    other->forget(number);
  ended.left = with->lose(to_caf(reason));
  return ended;
}

/// Ends what the budget allows. True when everything has ended and all are told.
bool remoting::end_some(ended_relation& what, std::size_t& budget) {
  auto reason = to_caf(what.reason);
  for (auto& proxies = what.left.proxies; what.proxies_ended < proxies.size(); --budget) {
    if (budget == 0)
      return false;
    auto proxy = std::exchange(proxies[what.proxies_ended++], nullptr);
    remote_node::end(proxy, reason);
  }
  if (!what.requests) {
    tell_others(what); // gives back what was never sent, requests among it
    what.requests = open_requests_.end({what.with->who(), what.with->relation()});
  }
  for (; what.requests_failed < what.requests->size(); --budget) {
    if (budget == 0)
      return false;
    fail((*what.requests)[what.requests_failed++], what.reason);
  }
  around_.dispose(std::exchange(what.released, {}));
  return true;
}

/// Those who wait for the node, and other nodes.
void remoting::tell_others(ended_relation& what) {
  auto& with = *what.with;
  auto& [proxies, garbage, told_met, waiting, holds, passed] = what.left;
  for (auto& then : told_met)
    then();
  for (auto& message : waiting)
    bounce(with, {message.pair, std::move(message.payload), link::refused::why::closed, message.channel});
  if (!waiting.empty())
    losses_.erase(with.who()); // the node was not met: no link ends, and nobody takes them
  for (auto& open : holds)
    if (auto giver = nodes_.find(open.giver))
      tell_giver(*giver, {with.who(), open.actor}, open.count);
  for (auto origin : passed.origins)
    if (auto node = nodes_.find(origin))
      tell(*node, notice::lost_link, lost_link_to{with.who()});
  for (auto delegator : passed.delegators)
    if (auto node = nodes_.find(delegator))
      tell(*node, notice::unreachable, unreachable_origin{with.who()});
}

void remoting::fail(const std::vector<open_requests::request>& requests, const error& reason) {
  for (const auto& each : requests)
    fail(each, reason);
}

void remoting::fail(const open_requests::request& request, const error& reason) {
  answer_with_error(request.sender, request.id, reason, requests::fate_at(requests::request_stage::sent));
}

void remoting::stop() {
  auto released = exports_.close(); // among them who waits for an answer
  nodes_.close();
  while (is_losing())
    (void)go_on_losing();
  for (auto& node : nodes_.all())
    lose(node->who(), {errc::node_down, "this node has left the cluster"});
  stopped_ = true;
  around_.dispose(std::move(released));
}

std::shared_ptr<remote_node> remoting::node_of(const peer& who) {
  auto is_unmet = false;
  auto node = nodes_.find_or_make(who, [&] {
    is_unmet = true;
    return make_node(who);
  });
  if (is_unmet && around_.on_unmet)
    around_.on_unmet(who);
  return node;
}

open_requests::place remoting::place_of(const peer& who) {
  if (is_local(who))
    return {who, open_requests::here};
  auto node = node_of(who);
  return {who, node ? node->relation() : relation_number{}};
}

std::shared_ptr<remote_node> remoting::make_node(const peer& who) {
  return std::make_shared<remote_node>(who, relation_number{++latest_relation_}, system_, shared_from_this());
}

// -- handles that come and go -------------------------------------------------------------------------

caf17::actor_reference remoting::give_handle(const caf::strong_actor_ptr& handle, remote_node& to) {
  if (!handle)
    return {};
  if (auto remote = proxy_of(handle); remote != nullptr && !is_local(remote->reference().home)) {
    if (remote->reference().home == to.who())
      count_returned(*remote, to);
    else
      introductions_.add(to.relation(), remote->reference(), relation_of(*remote), handle);
    return remote->reference();
  }
  if (exports_.give(handle, to.relation()))
    watch_end(handle);
  return {self(), handle->id()};
}

void remoting::count_returned(const caf17::remote_actor& handle, remote_node& home) {
  if (&home == handle.home())
    return handle.count_returned();
  // Born dead, or of a relation that has ended: no release of the table tells it.
  home.count_returned(handle.reference().actor);
}

void remoting::take_back_handle(const caf17::actor_reference& reference, remote_node& to) {
  if (reference.actor == 0)
    return;
  if (is_local(reference.home))
    exports_.take_back(reference.actor, to.relation());
  else if (reference.home != to.who())
    introductions_.settle(to.relation(), reference);
  else
    to.take_back_returned(reference.actor);
}

caf::strong_actor_ptr remoting::receive_handle(const caf17::actor_reference& reference, remote_node* from) {
  auto& [home, actor] = reference;
  if (actor == 0 || !home.node)
    return nullptr;
  if (is_local(home)) {
    auto ours = from != nobody ? exports_.came_back(actor, from->relation()) : exports_.find(actor);
    return ours ? ours
                : remote_node::make_dead(
                    system_,
                    reference,
                    home.incarnation.value,
                    shared_from_this(),
                    exports_.reason_of_end(actor)
                );
  }
  auto node = home.node == self_.node ? nullptr : node_of(home);
  if (!node) {
    if (from != nobody)
      tell_giver(*from, reference);
    auto why = home.node == self_.node ? "it is another life of this one"
                                       : "handles of too many nodes that this one has not met are here";
    return make_dead_handle(
        reference,
        {errc::node_down,
         "node " + to_string(home) + " cannot be reached: " + why + "; find the actor again by its name"}
    );
  }
  if (from == nobody)
    if (auto known = node->find(actor))
      return known; // the home knows of it
  auto proxy = node->receive(actor);
  if (node.get() != from)
    send_hold(*node, actor, from);
  return proxy;
}

caf::strong_actor_ptr
remoting::make_dead_handle(const caf17::actor_reference& reference, const error& reason) {
  return remote_node::make_dead(system_, reference, 0, shared_from_this(), to_caf(reason));
}

/// For answers to what was not sent: counts nothing.
caf::strong_actor_ptr remoting::known_actor(const caf17::actor_reference& reference) const {
  if (is_local(reference.home))
    return exports_.find(reference.actor);
  auto node = nodes_.find(reference.home);
  return node ? node->find(reference.actor) : nullptr;
}

std::optional<std::uint64_t> remoting::keep(const caf::strong_actor_ptr& actor) {
  if (!is_local_actor(actor))
    return std::nullopt;
  if (exports_.give(actor, own_names))
    watch_end(actor);
  return actor->id();
}

void remoting::let_go(std::uint64_t actor) {
  exports_.take_back(actor, own_names);
}

bool remoting::is_local_actor(const caf::strong_actor_ptr& handle) const {
  return is_of_this_system(handle) && proxy_of(handle) == nullptr;
}

std::shared_ptr<outbox> remoting::link_to(const caf::strong_actor_ptr& handle) const {
  auto remote = proxy_of(handle);
  return remote != nullptr && remote->home() != nullptr ? remote->home()->link() : nullptr;
}

bool remoting::when_met(
    const caf::strong_actor_ptr& handle, std::uint64_t asker, std::function<void()> then
) {
  auto remote = proxy_of(handle);
  if (remote != nullptr && remote->home() != nullptr)
    return remote->home()->when_met({asker, handle->id()}, std::move(then));
  then();
  return true;
}

void remoting::forget_asker(const caf::strong_actor_ptr& handle, std::uint64_t asker) {
  auto remote = proxy_of(handle);
  if (remote != nullptr && remote->home() != nullptr)
    remote->home()->forget({asker, handle->id()});
}

/// The proxy behind the handle; null if it is of an actor of this node.
const caf17::remote_actor* remoting::proxy_of(const caf::strong_actor_ptr& handle) const {
  if (handle->node() == system_.node()) // nearly always, and much cheaper to ask
    return nullptr;
  return dynamic_cast<const caf17::remote_actor*>(handle->get());
}

/// 0 if it was born dead.
relation_number remoting::relation_of(const caf17::remote_actor& handle) {
  return handle.home() == nullptr ? relation_number{} : handle.home()->relation();
}

void remoting::watch_end(const caf::strong_actor_ptr& actor) {
  actor->get()->attach_functor([weak = weak_from_this(), id = actor->id()](const caf::error& reason) {
    if (auto hub = weak.lock())
      hub->actor_ended(id, reason);
  });
}

void remoting::actor_ended(std::uint64_t actor, const caf::error& reason) {
  open_requests_.forget(actor);
  for (auto& holder : exports_.remove(actor, reason))
    if (auto node = nodes_.find(holder.relation))
      send_end(*node, actor, holder.given, reason);
}

time_point remoting::sweep(time_point now) {
  tell_all_unreadable();
  auto nodes = nodes_.all();
  auto complete = true;
  auto budget = sweep_budget;
  std::shared_ptr<remote_node> overdue;
  for (auto& node : nodes) {
    if (node->is_met()) {
      complete = sweep_some(*node, budget) && complete;
      send_releases(*node);
    } else if (node->is_overdue(now, met_within)) {
      overdue = node;
    }
  }
  if (overdue) {
    // One at a time: each costs a look at all exports, and a peer may have made them all up.
    lose(
        overdue->who(),
        {errc::node_down,
         "node " + to_string(overdue->who()) + " did not become a member within " + seconds_of(met_within)
             + "; handles of its actors are useless"}
    );
    return now + sweep_pause;
  }
  if (!complete)
    return now + sweep_pause;
  for (auto& node : nodes)
    node->begin_round();
  return now + sweep_every;
}

/// True if the node's round is complete. Takes off the budget about as much as was looked at.
bool remoting::sweep_some(remote_node& node, std::size_t& budget) {
  constexpr std::size_t nothing = 0;
  if (node.sweep(nothing))
    return true;
  if (budget == 0)
    return false;
  auto all = node.size().proxies + 1;
  auto complete = node.sweep(budget);
  budget -= complete ? std::min(budget, all) : budget;
  return complete;
}

/// They may wait for the next round, so they do not take the room that is reserved for what must arrive now.
void remoting::send_releases(remote_node& to) {
  auto released = to.take_releases();
  for (auto first = released.begin(); first != released.end();) {
    auto count = std::min<std::ptrdiff_t>(released_handles, released.end() - first);
    std::vector<released_handle> part{first, first + count};
    shared_bytes bytes{encode_notice(notice::release, part)};
    if (to.send({release_notices, link::urgency::ordinary, std::move(bytes), channels::handles})
        == errc::overloaded)
      return to.postpone({first, released.end()});
    first += count;
  }
}

remoting::sizes remoting::size() const {
  auto [held, known] = exports_.size();
  sizes all{held, known, 0, introductions_.size()};
  for (auto& node : nodes_.all()) {
    auto [proxies, ends] = node->size();
    all.proxies += proxies;
    all.ends += ends;
  }
  return all;
}

void remoting::report(trouble what) {
  if (!stopped_)
    around_.on_trouble(what);
}

} // namespace chorus
