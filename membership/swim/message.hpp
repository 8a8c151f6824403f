#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/refusal.hpp>
#include <chorus/membership/swim/rumour.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/strong_integer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

/// What the nodes say to each other, in datagrams that may be lost, doubled, late and out of order. Who
/// speaks stands in the transport's envelope.
namespace chorus::membership::swim {

/// Tells which question an answer belongs to; counted by whoever asks, from a random one on and round.
using probe_number = strong_integer<struct probe_number_tag, std::uint16_t>;

/// "Are you there?" (SWIM, section 3.1)
struct ping {
  probe_number number;
};

/// "I am."
struct ack {
  probe_number number;
};

/// "I do not hear `subject`; do you?" (SWIM: ping-req)
struct ping_request {
  probe_number number;
  peer subject;
};

/// "I do": the answer to a ping request.
struct indirect_ack {
  probe_number number;
};

/// "Not yet, but I have heard you": what tells one's own trouble from the subject's (Lifeguard,
/// section IV-A).
struct nack {
  probe_number number;
};

/// Nothing but rumours.
struct gossip {};

/// "That life has failed here, unless it says more than it had said by then."
struct failure {
  peer who;
  chorus::refutation refuted;

  friend bool operator==(const failure&, const failure&) = default;
};

/// "I am here": to an address where a member may be, and back.
struct hello {
  member self;
  chorus::refutation refutation{};
  std::uint64_t digest = 0; ///< of the sender's view
  /// Set in a question: answer, please, and repeat this address, at which I try to reach you.
  std::optional<address> asked_at = std::nullopt;
  /// Set in an answer: the address at which the question came.
  std::optional<address> answers = std::nullopt;
  /// Whether the sender belongs to a cluster, if only to its own: it began without seeds.
  bool is_in = false;
  /// In a question to where a life was that has failed here: whoever is asked may be that life.
  std::optional<failure> failed = std::nullopt;
  /// The first page of the sender's view, in an answer to somebody whose digest differs.
  std::vector<rumour> view{};
};

/// "My view of the cluster has this digest"; who has another one answers with its view.
struct summary {
  std::uint64_t digest = 0;
  bool is_answer = false; ///< then only the view is sent, not another summary
};

/// A part of the sender's view, as rumours. In a page `failed` is what the sender believes, not a verdict
/// for others (the push-pull of memberlist).
struct page {
  std::vector<rumour> entries;
};

/// "You suspect lives that are no members here, so I cannot tell whether they live; do not wait for me."
struct abstention {
  /// As many as fit one datagram.
  static constexpr std::size_t subjects_limit = 46;

  std::vector<peer> subjects; ///< at least one
};

using content = std::
    variant<ping, ack, ping_request, indirect_ack, nack, gossip, hello, summary, page, refusal, abstention>;

/// A refutation that is greater is made up: nobody has refuted so often.
inline constexpr chorus::refutation refutation_limit{std::uint64_t{1} << 40};

/// One datagram.
struct message {
  content what;
  std::vector<rumour> rumours; ///< that travel along
};

/// What one datagram carries: fits an Ethernet frame with the headers of IP, TCP, ZeroMQ and the transport.
/// Only a single rumour or member with the longest texts may take more.
inline constexpr std::size_t datagram_target = 1200;

} // namespace chorus::membership::swim
