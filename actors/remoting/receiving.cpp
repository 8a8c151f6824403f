#include "../caf17/message_codec.hpp"
#include "../fate_mark.hpp"
#include "refusal.hpp"
#include "remoting.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/runtime/link/refusal_code.hpp>

#include <caf/make_message.hpp>

#include <utility>

namespace chorus {

using requests::fate_at;
using requests::request_stage;

namespace {

/// Ids that CAF gives to messages of actors. Others would be taken for parts of a stream, unchecked.
bool is_sound(caf::message_id id) {
  auto is_ordinary = id.is_normal_message() || id.is_urgent_message();
  return is_ordinary && !(id.is_request() && id.is_answered());
}

/// In nobody's name: the target has said something else.
caf::message unreadable_answer(const error& reason, bool by_actor) {
  auto fate = by_actor ? fate_at(request_stage::answered) : request_fate::unknown;
  return caf::make_message(to_caf(reason, fate));
}

codec::options reading(caf17::handle_importer& handles, const shared_bytes& payload) {
  return {.context = handles, .bytes = payload.size()};
}

} // namespace

/// A message from the network: where it came from and for whom it is.
struct remoting::arrival {
  remote_node& by;
  link::pair between;

  const peer& from = by.who();
};

/// A handle that arrived with a message. If it has become the last one of its actor, users' code runs when it
/// is let go: not in the I/O thread.
struct remoting::received_handle {
  received_handle(const hooks& services, caf::strong_actor_ptr handle)
      : around(services), actor(std::move(handle)) {}
  received_handle(const received_handle&) = delete;
  received_handle& operator=(const received_handle&) = delete;

  ~received_handle() {
    if (actor && caf17::is_last_handle(actor))
      around.dispose({std::move(actor)});
  }

  const hooks& around;
  caf::strong_actor_ptr actor;
};

void remoting::deliver(const peer& from, link::delivered message) {
  auto node = sending_node(from);
  if (node == nullptr)
    return; // the relation is over
  arrival what{*node, message.pair};
  if (message.channel == channels::actors)
    return deliver_parcel(what, std::move(message));
  deliver_notice(what, message.payload);
  node->notices()->consumed(message.cost);
}

void remoting::deliver_parcel(const arrival& what, link::delivered message) {
  caf17::credit held{what.by.link(), message.cost};
  incoming_handles handles{*this, what.by};
  codec::reader archive{message.payload.view(), reading(handles, message.payload)};
  auto kind = codec::decode_prefix<parcel>(archive);
  if (!kind)
    return report_malformed(what.from, kind.failure());
  switch (*kind) {
  case parcel::message:
    return deliver_message(what, archive, std::move(held));
  case parcel::linked:
  case parcel::unlinked:
    return deliver_link(what, *kind);
  case parcel::ended:
    return deliver_ended(what, archive);
  }
  report_malformed(what.from, {errc::malformed, "a parcel of unknown kind"});
}

void remoting::deliver_notice(const arrival& what, const shared_bytes& payload) {
  codec::reader archive{payload.view(), {.bytes = payload.size()}};
  auto kind = codec::decode_prefix<notice>(archive);
  if (!kind)
    return report_malformed(what.from, kind.failure());
  switch (*kind) {
  case notice::hold:
    return deliver_hold(what, archive);
  case notice::held:
    return deliver_held(what, archive);
  case notice::introduced:
    return deliver_introduced(what, archive);
  case notice::release:
    return deliver_release(what, archive);
  case notice::forgotten:
    return deliver_forgotten(what, archive);
  case notice::moved:
    return deliver_moved(what, archive);
  case notice::lost_link:
    return deliver_lost_link(what, archive);
  case notice::unreachable:
    return deliver_unreachable(what, archive);
  case notice::unreadable:
    return deliver_unreadable(what, archive);
  case notice::type_name:
    return deliver_type_name(what, archive);
  }
  report_malformed(what.from, {errc::malformed, "a notice of unknown kind"});
}

remote_node* remoting::sending_node(const peer& who) {
  if (!latest_sender_ || latest_sender_->who() != who)
    latest_sender_ = nodes_.find(who);
  return latest_sender_.get();
}

void remoting::deliver_message(const arrival& what, codec::reader& archive, caf17::credit held) {
  auto header = codec::decode_prefix<message_header>(archive);
  if (!header)
    return report_malformed(what.from, header.failure());
  caf::message_id id{header->id};
  if (!is_sound(id))
    return report_malformed(what.from, {errc::malformed, "a message id that no sender gives"});

  // Everything in the message is read before anything is decided: its handles count in any case.
  auto& foreign = header->foreign_sender;
  auto from = foreign.home ? foreign : caf17::actor_reference{what.from, what.between.sender};
  received_handle sending{around_, receive_handle(from, &what.by)};
  received_handle receiving{around_, exports_.came_back(what.between.receiver, what.by.relation())};
  const auto& sender = sending.actor;
  const auto& receiver = receiving.actor;
  auto element = codec::decode_with(archive, [&](codec::reader& source) {
    auto read = caf17::load_element(source, sender, id, std::move(held));
    if (source.left() > 0)
      source.refuse("bytes after the message");
    return read;
  });
  std::optional<unreadable_message> unreadable;
  if (!element) {
    auto type = archive.context<caf17::handle_importer>().unreadable_type();
    unreadable = describe_unreadable(what.between, *header, type, element.failure());
    report_malformed(what.from, explain_here(*unreadable));
  }

  auto came_home = id.is_request() && foreign.home && is_local(foreign.home);
  if (came_home) // delegated back to this node, which now answers for itself
    open_requests_.close(foreign.actor, id);
  else if (id.is_request() && foreign.home)
    note_foreign_request(what, foreign, id);
  if (id.is_response() && !open_requests_.close(what.between.receiver, id))
    return; // answered already, for example because its node was lost, or nobody waits any more
  if (!receiver) {
    if (id.is_request())
      answer_with_error(
          sender,
          id,
          error{errc::not_found, "the actor has ended; find its successor by name"},
          fate_at(request_stage::turned_away, static_cast<bool>(foreign.home))
      );
    return;
  }
  if (unreadable && id.is_request()) {
    if (foreign.home) // who delegated it may have let go of the requester
      tell_unreadable(what.from, *unreadable);
    if (foreign.home || !answer_unreadable(what.from, *unreadable))
      answer_with_error(
          sender,
          id,
          explain_here(*unreadable),
          fate_at(request_stage::turned_away, static_cast<bool>(foreign.home))
      );
    return;
  }
  if (unreadable)
    tell_unreadable(what.from, *unreadable);
  if (id.is_request() && refuses_requests_ && !came_home)
    return answer_with_error(
        sender,
        id,
        {errc::unavailable, "the actor's node is leaving; find another actor by name"},
        fate_at(request_stage::turned_away, static_cast<bool>(foreign.home))
    );
  receiving_unit_.count_message();
  if (element)
    receiver->enqueue(std::move(*element), &receiving_unit_);
  else if (id.is_response())
    receiver->enqueue(nullptr, id, unreadable_answer(explain_here(*unreadable), sender != nullptr), nullptr);
}

/// A request that another node has delegated to this one. If it cannot be answered from here, the delegator
/// is told, now or when the relation with the requester's node ends (handles/passed_requests.hpp).
void remoting::note_foreign_request(
    const arrival& what, const caf17::actor_reference& requester, caf::message_id id
) {
  auto origin = nodes_.find(requester.home);
  if (!origin || !origin->receive_request(what.by.relation()))
    tell(what.by, notice::unreachable, unreachable_origin{requester.home});
  else
    tell(*origin, notice::moved, moved_request{requester.actor, id.integer_value(), self()});
}

/// This node has delegated a request to one that cannot reach its requester.
void remoting::deliver_unreachable(const arrival& what, codec::reader& archive) {
  auto news = read<unreachable_origin>(what, archive);
  auto origin = news ? nodes_.find(news->who) : nullptr;
  if (origin)
    tell(*origin, notice::lost_link, lost_link_to{what.from});
}

void remoting::deliver_link(const arrival& what, parcel kind) {
  auto sender = receive_handle({what.from, what.between.sender}, &what.by);
  received_handle receiver{around_, exports_.came_back(what.between.receiver, what.by.relation())};
  if (!sender || !receiver.actor)
    return; // the receiver's end is on its way to the sender
  auto& remote = static_cast<caf17::remote_actor&>(*sender->get());
  if (kind == parcel::linked)
    remote.accept_link(receiver.actor);
  else
    remote.accept_unlink(receiver.actor);
}

void remoting::deliver_ended(const arrival& what, codec::reader& archive) {
  auto given = codec::decode_prefix<std::int64_t>(archive);
  if (!given)
    return report_malformed(what.from, given.failure());
  caf::error reason = caf::exit_reason::unknown;
  auto reason_bytes = archive.left();
  if (auto told = codec::decode_prefix<caf::error>(archive))
    reason = std::move(*told);
  else
    report_malformed(what.from, told.failure());
  what.by.end(what.between.sender, *given, reason, reason_bytes);
}

void remoting::deliver_hold(const arrival& what, codec::reader& archive) {
  auto opened = read<open_introduction>(what, archive);
  if (!opened)
    return;
  auto actor = opened->actor;
  std::vector<caf::strong_actor_ptr> garbage;
  if (!exports_.hold(actor, what.by.relation(), garbage))
    send_end(what.by, actor, 1, exports_.reason_of_end(actor));
  if (opened->giver)
    tell(what.by, notice::held, acknowledged_hold{actor, opened->giver});
  if (!garbage.empty())
    around_.dispose(std::move(garbage));
}

/// The newcomer, and nobody else, tells the giver: over the relation in which the handle was given.
void remoting::deliver_held(const arrival& what, codec::reader& archive) {
  auto held = read<acknowledged_hold>(what, archive);
  if (!held || !what.by.close_hold(held->giver, held->actor))
    return;
  if (auto giver = nodes_.find(held->giver))
    tell_giver(*giver, {what.from, held->actor});
}

void remoting::deliver_introduced(const arrival& what, codec::reader& archive) {
  if (auto news = read<introduction>(what, archive))
    introductions_.settle(what.by.relation(), news->actor, news->count);
}

void remoting::deliver_release(const arrival& what, codec::reader& archive) {
  auto released = read<std::vector<released_handle>>(what, archive);
  if (!released)
    return;
  std::vector<released_handle> forgotten;
  std::vector<caf::strong_actor_ptr> garbage;
  auto tell_forgotten = [&] {
    if (!forgotten.empty())
      tell(what.by, notice::forgotten, std::exchange(forgotten, {}));
  };
  for (auto& handle : *released) {
    if (!exports_.release(handle.actor, what.by.relation(), handle.received, handle.returned, garbage))
      forgotten.push_back(handle);
    if (forgotten.size() == forgotten_handles)
      tell_forgotten();
  }
  tell_forgotten();
  around_.dispose(std::move(garbage));
}

void remoting::deliver_forgotten(const arrival& what, codec::reader& archive) {
  auto forgotten = read<std::vector<released_handle>>(what, archive);
  if (forgotten)
    for (auto& handle : *forgotten)
      what.by.settle(handle);
}

void remoting::deliver_moved(const arrival& what, codec::reader& archive) {
  auto news = read<moved_request>(what, archive);
  if (!news)
    return;
  auto lost =
      open_requests_.move(news->requester, caf::message_id{news->id}, what.by.relation(), place_of(news->to));
  if (lost)
    fail(
        {std::move(*lost)},
        {errc::node_down,
         "the request was delegated, last to node " + to_string(news->to)
             + ", and that node, or an earlier relation with it, is gone"}
    );
}

void remoting::deliver_lost_link(const arrival& what, codec::reader& archive) {
  if (auto news = read<lost_link_to>(what, archive))
    fail(
        open_requests_.cut(what.by.relation(), news->who),
        {errc::node_down,
         "the request was delegated to node " + to_string(news->who) + ", and the link to that node ended"}
    );
}

void remoting::deliver_unreadable(const arrival& what, codec::reader& archive) {
  if (auto news = read<unreadable_message>(what, archive))
    note_unreadable(what.from, *news);
}

void remoting::deliver_type_name(const arrival& what, codec::reader& archive) {
  if (auto news = read<foreign_type>(what, archive))
    note_type_name(what.from, *news);
}

/// The content of a notice, as a whole.
template <class Content>
std::optional<Content> remoting::read(const arrival& what, codec::reader& archive) {
  auto content = codec::decode_prefix<Content>(archive);
  if (content && archive.left() == 0)
    return std::move(*content);
  report_malformed(what.from, content ? error{errc::malformed, "bytes after a notice"} : content.failure());
  return std::nullopt;
}

void remoting::report_malformed(const peer& from, const error& reason) {
  report({trouble::kind::malformed, from, reason});
}

void remoting::bounce(const peer& to, const link::refused& message) {
  if (auto node = nodes_.find(to))
    bounce(*node, message);
}

/// Of notices nothing is left to do: their loss ends the relation, or comes with its end.
void remoting::bounce(remote_node& to, const link::refused& message) {
  if (message.channel != channels::actors)
    return;
  bounced_handles handles{*this, to};
  codec::reader archive{message.payload.view(), reading(handles, message.payload)};
  auto kind = codec::decode_prefix<parcel>(archive);
  if (kind && *kind == parcel::message)
    bounce_message(to, message, archive);
}

void remoting::bounce_message(remote_node& to, const link::refused& message, codec::reader& archive) {
  if (message.reason == link::refused::why::closed)
    ++losses_[to.who()].not_sent;
  auto reason = describe(to_code(message.reason), to.who());
  auto header = codec::decode_prefix<message_header>(archive);
  CHORUS_CHECK(header, "what this node has encoded");
  caf::message_id id{header->id};
  auto& foreign = header->foreign_sender;
  auto sender = foreign.home ? foreign : caf17::actor_reference{self(), message.pair.sender};
  caf17::actor_reference target{to.who(), message.pair.receiver};
  auto receiver = receiver_of_lost(target, to.relation(), reason);
  // Its handles are taken back by being read.
  auto element = codec::decode_with(archive, [&](codec::reader& source) {
    return caf17::load_element(source, nullptr, id, {});
  });
  auto is_own = id.is_request() && !foreign.home;
  if (auto own = is_own ? open_requests_.take(sender.actor, id) : std::nullopt)
    answer_with_error(own->sender, id, reason, fate_at(request_stage::not_sent));
  else if (id.is_request() && foreign.home)
    answer_with_error(known_actor(sender), id, reason, fate_at(request_stage::not_sent, true));
  else if (id.is_response())
    replace_answer(
        static_cast<const caf17::remote_actor&>(*receiver->get()),
        id,
        reason,
        element ? fate_without_answer(sender.actor != 0, (*element)->content()) : request_fate::unknown
    );
  else
    discard(foreign.home ? nullptr : known_actor(sender), receiver, reason);
  take_back_handle(sender, to);
  take_back_handle(target, to);
}

} // namespace chorus
