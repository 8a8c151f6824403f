#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/refusal.hpp>
#include <chorus/membership/standing.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the nodes of a full mesh say to each other, in datagrams that may be lost, doubled, late and
/// out of order.
namespace chorus::membership::full_mesh {

/// Members of one cluster: everybody has a link to everybody and speaks to it.
inline constexpr std::size_t members_limit = 64;

/// "I am here, and these are the members that I hear."
struct gossip {
  member self;
  std::vector<member> known;
  /// Set in a question: answer, please, and repeat this address, at which I try to reach you.
  std::optional<address> asked_at;
  /// Set in an answer: the address at which the question came.
  std::optional<address> answers;
  /// Whether the sender belongs to a cluster, if only to its own: it began without seeds.
  bool is_in = false;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(self, known, asked_at, answers, is_in);
  }
};

/// "I leave."
struct farewell {
  template <class Archive>
  void serialize(Archive&) {}
};

/// "I have declared that life of yours failed."
struct accusation {
  peer subject;
  standing accuser;
  address where; ///< at which the accuser can be reached

  template <class Archive>
  void serialize(Archive& archive) {
    archive(subject, accuser, where);
  }
};

using message = std::variant<gossip, farewell, accusation, refusal>;

/// How messages look as bytes: the codec's encoding, at most `limits::datagram_bytes`, without a body.
struct wire {
  static wire_message encode(const message& what);
  static result<message> decode(const shared_bytes& head, const shared_bytes& body = {});
};

/// Whether a message may be looked at further: names, addresses and counts are within their limits and
/// it speaks for its sender. An error says what is wrong, for the log.
error check_content(const peer& from, const message& what);

} // namespace chorus::membership::full_mesh
