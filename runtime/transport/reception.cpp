#include "engine.hpp"

#include <optional>
#include <utility>
#include <variant>

/// What the transport does with a message that came in: for whom it is, and what strangers are told.
namespace chorus {

namespace {

std::string other_version(std::uint8_t version) {
  return "it speaks protocol version " + std::to_string(version) + ", this node "
         + std::to_string(link::protocol_version) + "; run the same release on both";
}

std::string other_cluster(const std::string& cluster, const transport_options& here) {
  if (cluster.empty())
    return "it belongs to another cluster than this node, '" + here.cluster + "'";
  return "it belongs to cluster '" + cluster + "', this node to '" + here.cluster
         + "'; the name of the cluster or the address of the seed is wrong on one of the two";
}

std::string described(const envelope::refusal& what, const transport_options& here) {
  if (what.reason == envelope::refusal::why::wrong_version)
    return other_version(what.version);
  return other_cluster(what.cluster, here);
}

std::optional<link::hello> hello_in(const received_message& message) {
  auto frame = link::wire::decode(message.head, message.body);
  auto* found = frame ? std::get_if<link::hello>(&frame->content) : nullptr;
  return found == nullptr ? std::nullopt : std::optional{std::move(*found)};
}

} // namespace

void transport::implementation::accept(received_message message, const origin& from) {
  auto what = message.well_formed ? envelope::decode(message.head, message.body)
                                  : error{errc::malformed, "a message of too few or too many parts"};
  if (!what) {
    ++counters_.frames_malformed;
    report(from, {errc::malformed, "it sends what a chorus node never sends: " + what.failure().what});
    return;
  }
  if (auto* ends = std::get_if<envelope::link_frame>(&*what))
    accept(*ends, message, from);
  else if (auto* datagram = std::get_if<envelope::datagram>(&*what))
    accept(*datagram, from);
  else if (auto* refusal = std::get_if<envelope::refusal>(&*what))
    accept(*refusal, from);
  else
    accept(std::get<envelope::other_version>(*what), from);
}

void transport::implementation::accept(
    const envelope::link_frame& ends, const received_message& message, const origin& from
) {
  ++counters_.frames_received;
  if (from.link != nullptr) {
    // An answer on our own connection; the core judges whether it is meant for it.
    if (ends.source.node == from.link->who().node)
      from.link->receive(ends.source, message.head, message.body);
    else
      report(
          from,
          {errc::refused,
           "node " + to_string(ends.source) + " answers there, not " + to_string(from.link->who())}
      );
    return;
  }
  if (ends.destination != options_.self)
    return answer(message, from);
  if (auto* link = find(ends.source)) {
    door_.has_spoken(from.descriptor);
    link->receive(ends.source, message.head, message.body);
    if (!link->has_ended())
      return;
  }
  // Nobody, or this was a hello that has ended the relation before.
  if (auto hello = hello_in(message))
    events_.peer_greeted(ends.source, hello->nonce);
  if (auto* link = find(ends.source))
    link->receive(ends.source, message.head, message.body);
  else
    answer(message, from);
}

void transport::implementation::accept(const envelope::datagram& what, const origin& from) {
  if (what.cluster != envelope::hash_of(options_.cluster)) {
    ++counters_.frames_of_strangers;
    report(from, {errc::refused, other_cluster(what.name, options_)});
    answer(from, envelope::refusal::why::wrong_cluster);
    return;
  }
  ++counters_.datagrams_received;
  door_.has_spoken(from.descriptor);
  if (from.connection != nullptr && find(what.source) == nullptr)
    return_paths_.note(what.source, *from.connection);
  events_.datagram_received(what.source, what.payload);
}

void transport::implementation::accept(const envelope::refusal& what, const origin& from) {
  ++counters_.frames_of_strangers;
  error reason{errc::refused, described(what, options_)};
  if (from.contact != nullptr)
    events_.contact_refused(*from.contact, reason);
  report(from, std::move(reason));
}

void transport::implementation::accept(const envelope::other_version& what, const origin& from) {
  ++counters_.frames_of_strangers;
  report(from, {errc::refused, other_version(what.version)});
  answer(from, envelope::refusal::why::wrong_version);
}

/// Answers a frame of the message lane for which there is no link: it is for another life of this node, or of
/// a relation that is over. A hello of somebody who is no peer yet is not answered; it comes again.
void transport::implementation::answer(const received_message& message, const origin& to) {
  ++counters_.frames_of_strangers;
  auto frame = link::wire::decode(message.head, message.body);
  if (!frame) {
    ++counters_.frames_malformed;
    return;
  }
  auto answer = frame->destination == options_.self ? link::answer_in_no_relation(options_.self, *frame)
                                                    : link::answer_to_another_life(options_.self, *frame);
  // Best effort: whoever was not told speaks again.
  if (answer && to.connection != nullptr)
    send_to_router(incoming_.socket, *to.connection, link::wire::encode(*answer));
}

void transport::implementation::answer(const origin& to, envelope::refusal::why reason) {
  if (to.connection == nullptr)
    return;
  envelope::refusal refusal{options_.self, reason, link::protocol_version, options_.cluster};
  send_to_router(incoming_.socket, *to.connection, envelope::encode(refusal));
}

void transport::implementation::report(const origin& from, error reason) {
  report(from.connection == nullptr ? from.where : door_.host_of(from.descriptor), std::move(reason));
}

void transport::implementation::report(const std::string& where, error reason) {
  if (reports_.passes(where, steady_now()))
    events_.stranger_met(where, reason);
}

void transport::implementation::happened(door::event what, const std::string& host) {
  switch (what) {
  case door::event::accepted:
    ++counters_.connections_accepted;
    return;
  case door::event::hung_up:
    ++counters_.handshakes_failed;
    return;
  case door::event::ended_in_handshake:
    ++counters_.handshakes_failed;
    return report(
        host,
        {errc::malformed,
         "a connection from there ended during ZeroMQ's handshake: it is no chorus node, or one that is too "
         "slow"}
    );
  case door::event::one_too_many:
    ++counters_.connections_refused;
    return report(
        host,
        {errc::overloaded,
         "too many connections: one from there was closed, either the oldest silent one or the newest"}
    );
  case door::event::message_too_long:
    ++counters_.messages_without_end;
    return report(host, {errc::too_large, "it sends a message without an end; the connection was closed"});
  case door::event::out_of_descriptors:
    ++counters_.accepts_failed;
    return report(
        to_string(incoming_.bound),
        {errc::overloaded,
         "this process has used all of its " + std::to_string(descriptors_.limit())
             + " file descriptors: connections of others are closed until some are free; raise the limit "
               "(ulimit -n)"}
    );
  }
}

} // namespace chorus
