#include "refusal.hpp"
#include "remoting.hpp"

#include <chorus/actors/caf17/message_type.hpp>
#include <chorus/actors/error.hpp>

#include <utility>

namespace chorus {

namespace {

/// What a notice says in words: as a whole it stays within `outbox::notice_bytes`.
constexpr std::size_t text_bytes = 256;

std::string shortened(std::string text) {
  if (text.size() > text_bytes)
    text.replace(text_bytes - 3, std::string::npos, "...");
  return text;
}

std::string quoted(std::string_view name) {
  return '\'' + std::string{name} + '\'';
}

/// The type as this node names it.
std::string name_of(std::uint64_t type) {
  auto* known = caf17::find_type(type);
  return known == nullptr ? caf17::key_text(type) : quoted(known->name);
}

std::string cannot_be_read(const unreadable_message& what) {
  auto type = what.type == 0 ? std::string{} : " of type " + name_of(what.type);
  return "a message" + type + " cannot be read: " + what.text;
}

/// For who sent it, at the node of whoever that is.
error explain(const peer& reader, const unreadable_message& what) {
  auto node = "node " + to_string(reader);
  if (what.reason != errc::unknown_type)
    return {what.reason, "at " + node + ' ' + cannot_be_read(what)};
  auto text = node + " does not know the message type " + name_of(what.type);
  if (what.declared.empty())
    return {what.reason, text + ": declare it there with CHORUS_MESSAGE"};
  return {
      what.reason,
      text + ": it declares " + quoted(what.declared) + "; let both nodes declare the same version"};
}

} // namespace

// -- at the node that cannot read it ------------------------------------------------------------------

unreadable_message remoting::describe_unreadable(
    const link::pair& between, const message_header& header, std::uint64_t type, const error& failure
) {
  unreadable_message notice{between.sender, between.receiver, header, type, 1, failure.code, {}, {}, true};
  if (failure.code != errc::unknown_type) {
    notice.text = shortened(failure.what);
  } else {
    auto& known = foreign_types_.find(type);
    notice.declared = shortened(known.declared);
    notice.name_is_known = !known.name.empty();
  }
  return notice;
}

/// The same in words, for this node.
error remoting::explain_here(const unreadable_message& what) {
  if (what.reason != errc::unknown_type)
    return {what.reason, cannot_be_read(what)};
  auto& known = foreign_types_.find(what.type);
  auto name = known.name.empty() ? caf17::key_text(what.type) : quoted(known.name);
  auto text = "a message of type " + name + ", which this node does not know";
  if (!known.declared.empty())
    text += ": it declares " + quoted(known.declared) + "; let both nodes declare the same version";
  return {what.reason, std::move(text)};
}

/// A request's answer: it comes from its own node, which knows what it has sent. False if that cannot be
/// told.
bool remoting::answer_unreadable(const peer& from, const unreadable_message& what) {
  auto node = nodes_.find(from);
  shared_bytes bytes{encode_notice(notice::unreadable, what)};
  link::send message{urgent_notices, link::urgency::reserved, std::move(bytes), channels::handles};
  return node && node->send(std::move(message)) == errc::none;
}

void remoting::tell_unreadable(const peer& from, const unreadable_message& what) {
  if (unreadable_.add(from, what) == unreadable_messages::effect::opened)
    send_unreadable(from, what);
}

void remoting::tell_all_unreadable() {
  for (auto& [from, what] : unreadable_.take_all())
    send_unreadable(from, what);
}

/// They may wait for the next round, so they do not take the room that is reserved for what must arrive now.
void remoting::send_unreadable(const peer& from, const unreadable_message& what) {
  auto node = nodes_.find(from);
  shared_bytes bytes{encode_notice(notice::unreadable, what)};
  link::send message{unreadable_notices, link::urgency::ordinary, std::move(bytes), channels::handles};
  if (node && node->send(std::move(message)) == errc::overloaded)
    unreadable_.postpone(from, what);
}

// -- at the node that has sent it -----------------------------------------------------------------------

void remoting::note_unreadable(const peer& reader, const unreadable_message& what) {
  auto* type = caf17::find_type(what.type);
  if (type != nullptr && !what.name_is_known)
    if (auto node = nodes_.find(reader)) {
      foreign_type named{type->key, std::string{type->name}};
      shared_bytes bytes{encode_notice(notice::type_name, named)};
      link::send message{unreadable_notices, link::urgency::ordinary, std::move(bytes), channels::handles};
      (void)node->send(std::move(message)); // it asks again
    }
  auto reason = explain(reader, what);
  caf::message_id id{what.header.id};
  auto& foreign = what.header.foreign_sender;
  if (id.is_request()) {
    auto own =
        foreign.home ? std::nullopt : open_requests_.take(what.sender, id); // others are answered there
    if (own)
      answer_with_error(own->sender, id, reason, requests::fate_at(requests::request_stage::turned_away));
    return;
  }
  auto can_hear = !id.is_response() && !foreign.home;
  auto sender = can_hear ? known_actor({self(), what.sender}) : nullptr;
  auto receiver = receiver_of_lost({reader, what.receiver}, nodes_.relation_with(reader), reason);
  discard(sender, receiver, reason, what.count, what.type);
}

// -- and again at the other ---------------------------------------------------------------------------

void remoting::note_type_name(const peer& from, const foreign_type& what) {
  if (foreign_types_.learn(what.key, what.name))
    report(
        {trouble::kind::foreign_type,
         from,
         {errc::unknown_type,
          "the message type with " + caf17::key_text(what.key) + " is " + quoted(what.name)
              + ": declare it here with CHORUS_MESSAGE"}}
    );
}

} // namespace chorus
