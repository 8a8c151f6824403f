#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the nodes of a full mesh say to each other, in datagrams that may be lost, doubled, late and
/// out of order.
namespace chorus::membership::full_mesh {

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

/// How much of the cluster stands behind a node: decides who stays when two nodes have declared each
/// other failed. More members win; among as many the side with the least node, and at last the
/// lesser node itself. Any two nodes that compare the same pair of standings agree.
struct standing {
  std::uint32_t members = 1; ///< that the node hears, itself included
  node_id least;             ///< the least node among them
  node_id self;

  bool outweighs(const standing& other) const noexcept;
  friend bool operator==(const standing&, const standing&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(members, least, self);
  }
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

/// "I do not take you, because of `holder`."
struct refusal {
  enum class why : std::uint8_t {
    name_taken = 0,    ///< `holder` has your name
    node_id_taken = 1, ///< `holder` has your node id
    cluster_full = 2,  ///< there are as many members as there can be; `holder` is who says so
  };
  peer subject;
  why reason = why::name_taken;
  member holder;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(subject, reason, holder);
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

/// The sentence for the operator of the node that is refused.
std::string describe(const refusal& what);

} // namespace chorus::membership::full_mesh
