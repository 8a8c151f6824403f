#include "../caf17/message_codec.hpp"
#include "../fate_mark.hpp"
#include "refusal.hpp"
#include "remoting.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_cast.hpp>
#include <caf/downstream_msg.hpp>
#include <caf/make_message.hpp>
#include <caf/no_stages.hpp>
#include <caf/system_messages.hpp>
#include <caf/upstream_msg.hpp>

#include <utility>

namespace chorus {

using requests::fate_at;
using requests::request_stage;

namespace {

/// A message on its way out, in the form in which archives take values.
struct outgoing {
  const message_header& header;
  const caf::type_erased_tuple& content;

  void save(codec::writer& archive) const {
    archive(parcel::message, header);
    caf17::save_content(archive, content);
  }
};

/// Encodes in a buffer that keeps its memory: one allocation, of the right size, for each small message.
/// Each thread has its own.
class scratch {
public:
  /// Larger buffers are not kept: more than nearly all messages need, little for each thread.
  static constexpr std::size_t limit = 256 * limits::kibibyte;

  // Taken out while it is used: a user's `save` may send messages itself.
  scratch() : bytes_(std::exchange(spare(), {})) { bytes_.clear(); }
  ~scratch() {
    if (bytes_.capacity() <= limit)
      spare() = std::move(bytes_);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  byte_buffer& bytes() noexcept { return bytes_; }

  /// What was encoded. A large buffer goes itself, a small one is copied and kept.
  shared_bytes take() {
    auto is_tight = bytes_.capacity() - bytes_.size() <= bytes_.size() / 4;
    if (bytes_.size() >= limits::lone_bytes && is_tight)
      return shared_bytes{std::move(bytes_)};
    return shared_bytes::copy_of(bytes_);
  }

private:
  static byte_buffer& spare() {
    thread_local byte_buffer kept;
    return kept;
  }

  byte_buffer bytes_;
};

/// The error that an actor answers a request with, if it may come from a request of the actor's own and
/// carry that one's fate: as it is to travel. Empty if the answer travels as it is.
caf::message error_answered(const caf::mailbox_element& answer) {
  if (!answer.mid.is_response() || !answer.sender || !answer.content().match_elements<caf::error>())
    return {};
  auto own = as_answer(answer.content().get_as<caf::error>(0));
  return own ? caf::make_message(std::move(*own)) : caf::message{};
}

link::urgency urgency_of(caf::message_id id, const caf::type_erased_tuple& content) {
  auto frees_resources =
      id.is_response() || content.match_elements<caf::exit_msg>() || content.match_elements<caf::down_msg>();
  return frees_resources ? link::urgency::reserved : link::urgency::ordinary;
}

/// The message as it travels, or why it cannot.
result<shared_bytes> encode_message(
    const message_header& header, const caf::type_erased_tuple& content, caf17::handle_exporter& handles
) {
  scratch work;
  if (auto failed = codec::encode_to(work.bytes(), outgoing{header, content}, {.context = handles}))
    return failed;
  return work.take();
}

const error& no_streams() {
  static const error reason{
      errc::invalid_argument, "streams do not reach across nodes: send their elements as messages"};
  return reason;
}

/// What the ends of an open stream tell each other.
bool is_of_a_stream(const caf::type_erased_tuple& content) {
  return content.match_elements<caf::downstream_msg>() || content.match_elements<caf::upstream_msg>();
}

/// Lets the source of a stream fail that was to be opened to `sink`. False if this is not about a stream.
bool fail_stream(const caf::type_erased_tuple& content, const caf17::remote_actor& sink) {
  if (!content.match_elements<caf::open_stream_msg>())
    return false;
  auto& request = content.get_as<caf::open_stream_msg>(0);
  if (request.prev_stage)
    request.prev_stage->enqueue(
        caf::make_mailbox_element(
            nullptr,
            caf::make_message_id(),
            caf::no_stages,
            caf::make<caf::upstream_msg::forced_drop>(
                caf::stream_slots{0, request.slot}, sink.address(), to_caf(no_streams())
            )
        ),
        nullptr
    );
  return true;
}

} // namespace

void remoting::forward(const caf17::remote_actor& target, caf::mailbox_element& what) {
  if (!what.stages.empty())
    return refuse(
        target,
        what,
        {errc::invalid_argument,
         "of a composed actor (f * g) only f may be on another node; send to g, and its answer to f"}
    );
  const auto& home = target.reference().home;
  auto requester = what.mid.is_request() && what.sender ? proxy_of(what.sender) : nullptr;
  auto awaits_answer = what.mid.is_request() && what.sender && requester == nullptr;
  if (awaits_answer) {
    if (auto evicted = open_requests_.add({home, relation_of(target)}, what.sender, what.mid))
      answer_with_error(
          evicted->sender,
          evicted->id,
          {errc::overloaded,
           "more than " + std::to_string(open_requests::limit)
               + " requests wait for answers, and this is the oldest"},
          fate_at(request_stage::sent)
      );
  } else if (requester != nullptr && requester->reference().home != home) {
    note_delegation(target, *requester, what.mid);
  }
  auto changed = error_answered(what);
  const auto& content = changed.empty() ? what.content() : changed.content();
  if (auto failed = transmit(target, target.home(), what.sender, what.mid, content)) {
    if (!awaits_answer || open_requests_.close(what.sender->id(), what.mid))
      refuse(target, what, failed);
  }
}

/// Tells the requester's node who will answer its request, before it goes there: whatever that node then says
/// of it comes later. Should it not go after all, its answer says so.
void remoting::note_delegation(
    const caf17::remote_actor& target, const caf17::remote_actor& requester, caf::message_id id
) {
  const auto& home = target.reference().home;
  auto origin = nodes_.find(requester.reference().home);
  if (!origin || target.home() == nullptr)
    return;
  tell(*origin, notice::moved, moved_request{requester.reference().actor, id.integer_value(), home});
  if (!target.home()->pass_on_request(origin->relation()))
    tell(*origin, notice::lost_link, lost_link_to{home});
}

/// Books the handles in the message as sent and sends it; if it cannot, nothing has happened. `node`: the
/// target's; null if there is no way to it.
error remoting::transmit(
    const caf17::remote_actor& target,
    remote_node* node,
    const caf::strong_actor_ptr& sender,
    caf::message_id id,
    const caf::type_erased_tuple& content
) {
  const auto& home = target.reference().home;
  if (stopped_ || node == nullptr)
    return describe(errc::node_down, home);
  outgoing_handles handles{*this, *node};
  message_header header{id.integer_value(), {}};
  link::pair between{0, target.reference().actor};
  if (sender) {
    auto from = handles.export_handle(sender);
    between.sender = from.actor;
    if (!is_local(from.home))
      header.foreign_sender = from;
  }
  auto bytes = encode_message(header, content, handles);
  auto failed = bytes ? error{} : bytes.failure();
  if (handles.has_unusable())
    failed = {
        errc::invalid_argument,
        "the message holds a handle of an actor of another node in this process; let that node send it"};
  if (!failed) {
    auto is_of_its_table = target.home() != nullptr; // or else no release of the table tells it
    is_of_its_table ? target.count_returned() : node->count_returned(between.receiver);
    auto code = node->send({between, urgency_of(id, content), std::move(*bytes), channels::actors});
    if (code == errc::none)
      return {};
    is_of_its_table ? target.take_back_returned() : node->take_back_returned(between.receiver);
    failed = describe(code, home);
  }
  handles.take_back();
  return failed;
}

/// A request is answered with the reason, an answer is replaced by it; of anything else its sender is told.
/// The source of a stream is told in any case: CAF's streams wait for an answer of their own.
void remoting::refuse(const caf17::remote_actor& target, caf::mailbox_element& what, const error& failure) {
  if (is_of_a_stream(what.content()))
    return; // of one that has failed already
  auto is_stream = fail_stream(what.content(), target);
  const auto& reason = is_stream ? no_streams() : failure;
  if (what.mid.is_request() && what.sender) {
    auto is_delegated = proxy_of(what.sender) != nullptr;
    return answer_with_error(what.sender, what.mid, reason, fate_at(request_stage::not_sent, is_delegated));
  }
  if (what.mid.is_response())
    return replace_answer(
        target, what.mid, reason, fate_without_answer(what.sender != nullptr, what.content())
    );
  auto can_hear = what.sender && is_local_actor(what.sender);
  caf::strong_actor_ptr receiver{target.ctrl()};
  discard(can_hear ? what.sender : nullptr, receiver, reason);
}

/// From nobody: that is how a requester that tries again knows that this is not its target's answer. A
/// requester that hears nothing at all would wait as long as the link lives. Its own proxy may have been
/// dropped as unused; the one that was made for it knows no way.
void remoting::replace_answer(
    const caf17::remote_actor& requester, caf::message_id id, const error& reason, request_fate fate
) {
  auto told = caf::make_message(to_caf(reason, fate));
  auto found = requester.home() != nullptr ? nullptr : nodes_.find(requester.reference().home);
  auto* node = found ? found.get() : requester.home();
  auto failed = transmit(requester, node, nullptr, id, told.content());
  if (!failed)
    return;
  discard(nullptr, caf::strong_actor_ptr{requester.ctrl()}, failed);
  if (node != nullptr && failed.code != errc::node_down)
    lose_notice(*node, failed.code);
}

/// One-way messages are lost.
void remoting::discard(
    const caf::strong_actor_ptr& sender,
    const caf::strong_actor_ptr& receiver,
    const error& reason,
    std::uint64_t count,
    std::uint64_t unreadable_type
) {
  auto kind =
      reason.code == errc::outcome_unknown ? trouble::kind::unconfirmed : trouble::kind::undeliverable;
  const auto& [home, number] = proxy_of(receiver)->reference();
  report({kind, home, reason, count, sender, number});
  flow_->lost(
      {sender, caf::actor_cast<caf::actor>(receiver), link_to(receiver), reason, count, unreadable_type}
  );
}

/// At once, so that what the local actor sends after it has linked itself does not overtake the news.
bool remoting::is_in_reach(const caf17::remote_actor& target) const {
  return target.home() != nullptr && target.home()->is_met();
}

void remoting::watch_lives(caf::weak_actor_ptr watcher, caf17::life_watcher told) {
  lives_.add(std::move(watcher), std::move(told));
}

void remoting::link_changed(const caf17::remote_actor& target, caf::strong_actor_ptr local, linking what) {
  const auto& [home, number] = target.reference();
  auto* node = target.home();
  if (node == nullptr || proxy_of(local) != nullptr)
    return; // it has ended, which the local actor is told; the link of two remote actors is their nodes'
            // affair
  auto id = local->id();
  if (exports_.give(local, node->relation())) // to watch it takes its lock, which is held here
    around_.defer([hub = shared_from_this(), local] { hub->watch_end(local); });
  target.count_returned();
  auto kind = what == linking::linked ? parcel::linked : parcel::unlinked;
  if (send_surely(*node, {{id, number}, {}, shared_bytes{codec::encode(kind)}, channels::actors}))
    return;
  target.take_back_returned();
  exports_.take_back(id, node->relation());
}

/// Tells the home that this node has a handle, and then the giver that it knows (`deliver_held`): at the
/// latest when the relation with the home ends.
void remoting::send_hold(remote_node& home, std::uint64_t actor, remote_node* giver) {
  auto is_open = giver != nobody && home.open_hold(giver->relation(), actor);
  auto sent =
      tell(home, notice::hold, open_introduction{actor, is_open ? giver->relation() : relation_number{}});
  if (giver != nobody && (!is_open || (!sent && home.close_hold(giver->relation(), actor))))
    tell_giver(*giver, {home.who(), actor});
}

void remoting::tell_giver(remote_node& giver, const caf17::actor_reference& actor, std::uint64_t count) {
  tell(giver, notice::introduced, introduction{actor, count});
}

void remoting::send_end(remote_node& to, std::uint64_t actor, std::int64_t given, const caf::error& reason) {
  outgoing_handles handles{*this, to};
  auto bytes = codec::encode(parcel::ended);
  if (codec::encode_to(
          bytes, end_notice{given, reason}, {.context = static_cast<caf17::handle_exporter&>(handles)}
      )) {
    // Too large or too deep to travel: the end itself counts.
    handles.take_back();
    bytes = encode_parcel(parcel::ended, end_notice{given, caf::exit_reason::unknown});
  }
  send_surely(to, {{actor, 0}, {}, shared_bytes{std::move(bytes)}, channels::actors});
}

/// What must arrive as long as the link lives, or the two nodes would disagree for ever. A link that has
/// no room even for that is given up: its end tells both sides everything.
bool remoting::send_surely(remote_node& to, link::send message) {
  if (stopped_)
    return false;
  message.how = link::urgency::reserved;
  auto code = to.send(std::move(message));
  if (code != errc::none && code != errc::node_down)
    lose_notice(to, code);
  return code == errc::none;
}

void remoting::lose_notice(const peer& who, errc why) {
  if (auto node = nodes_.find(who))
    lose_notice(*node, why);
}

void remoting::lose_notice(remote_node& to, errc why) {
  if (to.give_up())
    around_.defer([hub = shared_from_this(), who = to.who(), why] { hub->give_up(who, why); });
}

void remoting::give_up(const peer& who, errc why) {
  auto node = nodes_.find(who);
  if (!node)
    return;
  error reason{why, "it has no room even for control messages; the node does not read what it is sent"};
  if (node->is_met())
    report({trouble::kind::hopeless_link, who, reason});
  else
    lose(
        who,
        {errc::node_down, "too many messages wait for node " + to_string(who) + ", which is not a member yet"}
    );
}

} // namespace chorus
