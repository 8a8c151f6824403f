#include "handle_node.hpp"

#include <limits>
#include <string>
#include <utility>

namespace chorus::testing {

using kind = handle_message::kind;

namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

thing_handle make_dead(const handles::actor_name& reference) {
  auto made = std::make_shared<thing>(reference, relation_number{});
  made->end();
  return made;
}

} // namespace

void handle_node::stop() {
  is_going_ = true;
}

// -- relations ---------------------------------------------------------------------------------------------

void handle_node::open(const peer& other, relation_number under) {
  auto& made = relations_[under] = std::make_unique<relation>();
  made->other = other;
  made->number = under;
  by_life_[other] = made.get();
}

void handle_node::end(relation_number which) {
  auto position = relations_.find(which);
  auto ending = std::move(position->second);
  relations_.erase(position);
  by_life_.erase(ending->other);
  auto released = exports_.forget(which);
  auto kept = introductions_.forget(which);
  auto gone = ending->proxies.close();
  for (auto& each : gone.proxies)
    each->end();
  for (auto& [number, other] : relations_) {
    other->holds.forget(which);
    other->passed.forget(which);
  }
  for (auto& open : ending->holds.close_all())
    if (auto* giver = find(open.giver)) {
      world_.met("introduction settled by the end of the way home");
      introduced(*giver, {ending->other, open.actor}, open.count);
    }
  auto news = ending->passed.close();
  for (auto origin : news.origins)
    if (auto* to = find(origin))
      notice(*to, {.what = kind::cut, .content = {ending->other, 0}});
  for (auto delegator : news.delegators)
    if (auto* to = find(delegator)) {
      world_.met("requester out of reach after its request came");
      notice(*to, {.what = kind::unreachable, .content = {ending->other, 0}});
    }
  auto lost = requests_.end({ending->other, which});
  if (!lost.empty())
    world_.met("request ended with a relation");
  lose(lost);
}

handle_node::relation* handle_node::find(const peer& other) {
  auto position = by_life_.find(other);
  return position == by_life_.end() ? nullptr : position->second;
}

handle_node::relation* handle_node::find(relation_number number) {
  auto position = relations_.find(number);
  return position == relations_.end() ? nullptr : position->second.get();
}

handle_node::request_table::place handle_node::place_of(const peer& life) {
  if (life == self_)
    return {life, request_table::here};
  auto* there = find(life);
  return {life, there == nullptr ? relation_number{} : there->number};
}

// -- what users do -----------------------------------------------------------------------------------------

thing_handle handle_node::spawn() {
  auto number = ++latest_actor_;
  auto actor = std::make_shared<thing>(handles::actor_name{self_, number}, relation_number{});
  actor->on_last_handle = [this, number] { actor_ended(number); };
  actors_[number] = actor;
  return actor;
}

void handle_node::end_actor(const thing_handle& actor) {
  if (!is_own(actor) || actor->is_dead)
    return;
  world_.killed(actor->name);
  actor->end();
  actor->on_last_handle = nullptr;
  actor_ended(actor->name.actor);
}

void handle_node::actor_ended(std::uint64_t actor) {
  if (is_going_)
    return;
  actors_.erase(actor);
  requests_.forget(actor);
  world_.forgotten({self_, actor});
  auto ended = exports_.remove(actor, 1);
  for (auto& holder : ended.to_tell)
    if (auto* to = find(holder.relation))
      notice(*to, {.what = kind::ended, .sender = actor, .given = holder.given});
}

/// Books the handles and lets the message go; the caller has checked that the target's relation is up.
void handle_node::transmit(relation& to, const thing_handle& target, handle_message message) {
  message.receiver = target->name.actor;
  if (target->with_home == to.number)
    ++target->returned;
  else
    to.proxies.count_returned(message.receiver);
  carry(to, std::move(message));
}

/// Of an actor that had ended the other node is told when the message has been taken or given back.
void handle_node::carry(relation& to, handle_message message) {
  world_.carry(*this, to.number, std::move(message), true);
  for (auto actor : std::exchange(dead_, {}))
    actor_ended(actor);
}

void handle_node::send(const thing_handle& receiver, const thing_handle& content) {
  auto* to = receiver->is_dead ? nullptr : find(receiver->with_home);
  if (is_own(receiver) || to == nullptr)
    return;
  transmit(*to, receiver, {.what = kind::letter, .content = give(content, *to)});
}

void handle_node::send(const peer& other, const thing_handle& content) {
  if (auto* to = find(other))
    carry(*to, {.what = kind::letter, .content = give(content, *to)});
}

void handle_node::ask(
    const thing_handle& receiver,
    const thing_handle& requester,
    std::uint64_t number,
    const request_content& content
) {
  auto* to = receiver->is_dead ? nullptr : find(receiver->with_home);
  if (is_own(receiver) || to == nullptr)
    return world_.ended(number, requests::request_fate::not_executed, failure_with(errc::node_down));
  auto evicted = requests_.add({requester->name.actor, number}, {requester, number}, {to->other, to->number});
  forward(receiver, {requester, number, content});
}

/// A request goes to an actor of another node, which is up.
void handle_node::forward(const thing_handle& receiver, const asked& request) {
  auto& to = *find(receiver->with_home);
  handle_message message{.what = kind::request, .number = request.number, .load = request.content};
  auto from = give(request.requester, to);
  if (from.home == self_)
    message.sender = from.actor;
  else
    message.foreign_sender = from;
  auto is_others = from.home != self_ && from.home != to.other;
  if (auto* origin = is_others ? find(from.home) : nullptr) {
    notice(
        *origin,
        {.what = kind::moved, .receiver = from.actor, .content = {to.other, 0}, .number = request.number}
    );
    if (!to.passed.pass_on(origin->number))
      notice(*origin, {.what = kind::cut, .content = {to.other, 0}});
  }
  transmit(to, receiver, std::move(message));
}

void handle_node::answer(std::size_t which) {
  auto done = std::move(inbox[which]);
  inbox.erase(inbox.begin() + static_cast<std::ptrdiff_t>(which));
  if (done.receiver->is_dead)
    return answer(done.request, requests::request_fate::unknown, failure_with(errc::not_found));
  world_.executed(done.request.number);
  answer(done.request, requests::request_fate::executed, {});
}

void handle_node::delegate(std::size_t which, const thing_handle& receiver) {
  auto moving = std::move(inbox[which]);
  inbox.erase(inbox.begin() + static_cast<std::ptrdiff_t>(which));
  delegate(moving.request, receiver);
}

void handle_node::delegate(const asked& request, const thing_handle& receiver) {
  if (is_own(receiver))
    return deliver(request, receiver);
  if (receiver->is_dead || find(receiver->with_home) == nullptr)
    return answer(request, requests::request_fate::unknown, failure_with(errc::node_down));
  if (is_own(request.requester)) // it came home and leaves again
    auto evicted = requests_.add(
        {request.requester->name.actor, request.number},
        {request.requester, request.number},
        place_of(receiver->name.home)
    );
  forward(receiver, request);
}

void handle_node::answer(const asked& request, requests::request_fate fate, const request_content& content) {
  if (is_own(request.requester))
    return world_.ended(request.number, fate, content);
  auto* to = request.requester->is_dead ? nullptr : find(request.requester->with_home);
  if (to == nullptr)
    return;
  transmit(
      *to, request.requester, {.what = kind::answer, .number = request.number, .fate = fate, .load = content}
  );
}

void handle_node::sweep() {
  for (auto& [number, each] : relations_) {
    imports::garbage old;
    each->proxies.begin_round();
    each->proxies.sweep(no_limit, old);
    if (auto released = each->proxies.take_releases(); !released.empty())
      notice(*each, {.what = kind::release, .released = std::move(released)});
  }
}

// -- handles -----------------------------------------------------------------------------------------------

handles::actor_name handle_node::give(const thing_handle& handle, relation& to) {
  auto& name = handle->name;
  if (name.home == self_) {
    if (exports_.give(name.actor, handle, to.number) && handle->is_dead)
      dead_.push_back(name.actor);
  } else if (name.home != to.other) {
    auto replaced = introductions_.add(to.number, name, handle->with_home, handle);
  } else if (handle->with_home == to.number) {
    ++handle->returned;
  } else {
    to.proxies.count_returned(name.actor);
  }
  return name;
}

void handle_node::take_back(const handles::actor_name& reference, relation_number under, const peer& to) {
  if (reference.actor == 0)
    return;
  if (reference.home == self_)
    auto released = exports_.take_back(reference.actor, under);
  else if (reference.home != to)
    auto released = introductions_.settle(under, reference);
  else if (auto* there = find(under))
    there->proxies.take_back_returned(reference.actor);
}

thing_handle handle_node::receive_handle(const handles::actor_name& reference, relation& from) {
  if (reference.actor == 0)
    return nullptr;
  if (reference.home == self_) {
    auto [actor, released] = exports_.came_back(reference.actor, from.number);
    if (!actor)
      world_.found_ended(reference);
    return actor ? actor : make_dead(reference);
  }
  auto* home = find(reference.home);
  if (home == nullptr) {
    world_.met("handle of a node out of reach");
    introduced(from, reference, 1);
    return make_dead(reference);
  }
  imports::garbage old;
  auto make = [&] { return std::make_shared<thing>(reference, home->number); };
  auto [proxy, end] = home->proxies.receive(reference.actor, no_limit, make, old);
  if (home != &from) {
    if (home->holds.add(from.number, reference.actor))
      notice(*home, {.what = kind::hold, .receiver = reference.actor, .giver = from.number});
    else
      introduced(from, reference, 1);
  }
  if (!proxy) {
    world_.met("handle that came after its actor's end");
    world_.found_ended(reference);
  }
  return proxy ? proxy : make_dead(reference);
}

void handle_node::introduced(relation& giver, const handles::actor_name& actor, std::uint64_t count) {
  notice(giver, {.what = kind::introduced, .content = actor, .count = count});
}

void handle_node::lose(const std::vector<open_request>& lost) {
  for (auto& each : lost)
    lose(each);
}

void handle_node::lose(const open_request& lost) {
  if (auto requester = lost.requester.lock())
    world_.ended(lost.number, requests::request_fate::unknown, failure_with(errc::node_down));
}

// -- from the network --------------------------------------------------------------------------------------

void handle_node::bounce(relation_number under, const peer& to, const handle_message& message, errc code) {
  if (find(to) != nullptr)
    world_.met("taken back after the next relation began");
  auto& foreign = message.foreign_sender;
  auto sender = foreign.home ? foreign : handles::actor_name{self_, message.sender};
  if (message.what == kind::request && !foreign.home) {
    if (auto own = requests_.take({message.sender, message.number}))
      if (auto requester = own->requester.lock())
        world_.ended(message.number, requests::request_fate::not_executed, failure_with(code));
  } else if (message.what == kind::request) {
    // The origin knows, or hears from this node, that the link has ended.
    auto* home = find(foreign.home);
    if (auto requester = home == nullptr ? nullptr : home->proxies.find(foreign.actor))
      answer({requester, message.number}, requests::request_fate::unknown, failure_with(code));
  }
  take_back(message.content, under, to);
  if (message.sender != 0 || foreign.home)
    take_back(sender, under, to);
  take_back({to, message.receiver}, under, to);
}

void handle_node::receive(relation_number under, const handle_message& message) {
  auto& from = *find(under);
  switch (message.what) {
  case kind::letter:
    return receive_letter(from, message);
  case kind::request:
    return receive_request(from, message);
  case kind::answer:
    return receive_answer(from, message);
  case kind::ended:
    return receive_ended(from, message);
  case kind::hold:
    return receive_hold(from, message);
  case kind::held:
    return receive_held(from, message);
  case kind::introduced:
    return receive_introduced(from, message);
  case kind::release:
    return receive_release(from, message);
  case kind::forgotten:
    return receive_forgotten(from, message);
  case kind::moved:
    return receive_moved(from, message);
  case kind::cut:
    return receive_cut(from, message);
  case kind::unreachable:
    return receive_unreachable(from, message);
  }
}

void handle_node::receive_letter(relation& from, const handle_message& message) {
  auto receiver = exports_.came_back(message.receiver, from.number);
  auto content = receive_handle(message.content, from);
  if (receiver.actor || message.receiver == 0)
    hands.push_back(std::move(content));
}

void handle_node::receive_request(relation& from, const handle_message& message) {
  auto& foreign = message.foreign_sender;
  auto sender =
      receive_handle(foreign.home ? foreign : handles::actor_name{from.other, message.sender}, from);
  auto receiver = exports_.came_back(message.receiver, from.number);
  if (foreign.home == self_) {
    world_.met("request came home");
    if (auto own = requests_.take({foreign.actor, message.number}); !own)
      return; // it has ended
  } else if (foreign.home) {
    auto* origin = find(foreign.home);
    if (origin != nullptr && origin->passed.receive(from.number)) {
      notice(
          *origin,
          {.what = kind::moved, .receiver = foreign.actor, .content = {self_, 0}, .number = message.number}
      );
    } else {
      world_.met("requester out of reach");
      notice(from, {.what = kind::unreachable, .content = {foreign.home, 0}});
    }
  }
  asked request{sender, message.number, message.load};
  if (receiver.actor)
    return deliver(request, receiver.actor);
  world_.met("request to an actor that had ended");
  auto fate = requests::fate_at(requests::request_stage::turned_away, static_cast<bool>(foreign.home));
  answer(request, fate, failure_with(errc::not_found));
}

void handle_node::deliver(const asked& request, const thing_handle& receiver) {
  waiting_request arrived{receiver, request};
  if (!world_.take(arrived))
    inbox.push_back(std::move(arrived));
}

void handle_node::receive_answer(relation& from, const handle_message& message) {
  auto receiver = exports_.came_back(message.receiver, from.number);
  if (requests_.take({message.receiver, message.number}))
    world_.ended(message.number, message.fate, message.load);
}

void handle_node::receive_ended(relation& from, const handle_message& message) {
  imports::garbage old;
  if (auto ended = from.proxies.end(message.sender, message.given, 1, old))
    ended->end();
}

void handle_node::receive_hold(relation& from, const handle_message& message) {
  auto [is_known, released] = exports_.hold(message.receiver, from.number);
  if (released)
    world_.met("hold overtaken by its release");
  if (!is_known) {
    world_.met("introduction to an actor that had ended");
    world_.found_ended({self_, message.receiver});
    notice(from, {.what = kind::ended, .sender = message.receiver, .given = 1});
  }
  notice(from, {.what = kind::held, .sender = message.receiver, .giver = message.giver});
}

void handle_node::receive_held(relation& from, const handle_message& message) {
  if (!from.holds.close(message.giver, message.sender))
    return world_.met("held for a giver whose relation has ended");
  if (auto* giver = find(message.giver)) {
    world_.met("introduction settled by the home's acknowledgement");
    introduced(*giver, {from.other, message.sender}, 1);
  }
}

void handle_node::receive_introduced(relation& from, const handle_message& message) {
  auto released = introductions_.settle(from.number, message.content, message.count);
}

void handle_node::receive_release(relation& from, const handle_message& message) {
  std::vector<handles::released_handle> forgotten;
  for (auto& each : message.released) {
    auto [is_known, released] = exports_.release(each.actor, from.number, each.received, each.returned);
    if (!is_known)
      forgotten.push_back(each);
  }
  if (!forgotten.empty()) {
    world_.met("release of a handle of an actor that had ended");
    notice(from, {.what = kind::forgotten, .released = std::move(forgotten)});
  }
}

void handle_node::receive_forgotten(relation& from, const handle_message& message) {
  imports::garbage old;
  for (auto& each : message.released)
    from.proxies.settle(each, old);
}

void handle_node::receive_moved(relation& from, const handle_message& message) {
  auto to = place_of(message.content.home);
  if (auto lost = requests_.move({message.receiver, message.number}, from.number, to)) {
    world_.met(to.relation ? "request moved across the end of a relation" : "request moved out of reach");
    lose(*lost);
  }
}

void handle_node::receive_cut(relation& from, const handle_message& message) {
  auto lost = requests_.cut(from.number, message.content.home);
  if (!lost.empty())
    world_.met("request cut off");
  lose(lost);
}

/// Whoever has the request cannot reach its requester, and this node has passed it on.
void handle_node::receive_unreachable(relation& from, const handle_message& message) {
  if (auto* origin = find(message.content.home))
    notice(*origin, {.what = kind::cut, .content = {from.other, 0}});
}

// -- for the checker ---------------------------------------------------------------------------------------

handles_at_rest handle_node::at_rest() const {
  handles_at_rest found;
  for (const auto& [number, actor] : actors_)
    found.living.insert({self_, number});
  for (const auto& each : hands)
    if (!each->is_dead)
      found.held.insert(each->name);
  if (introductions_.size() > 0)
    found.fault = std::to_string(introductions_.size()) + " introductions are not settled";
  for (const auto& [number, each] : relations_) {
    if (!each->holds.empty())
      found.fault = "a home has not acknowledged a handle";
    if (auto sizes = each->proxies.size(); sizes.ends > 0)
      found.fault = "handles of ended actors are still expected";
  }
  if (!found.fault.empty())
    found.fault += " at " + to_string(self_);
  return found;
}

} // namespace chorus::testing
