#include <chorus/membership/full_mesh_message.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/limits.hpp>

namespace chorus::membership::full_mesh {

namespace {

constexpr codec::options datagram{.bytes = limits::datagram_bytes};

error check(const address& where) {
  if (where.host.empty() || where.host.size() > limits::name_bytes || where.port == 0)
    return {errc::malformed, "an address that nobody can be reached at"};
  return {};
}

error check(const member& someone) {
  if (!someone.who.node || !someone.who.incarnation)
    return {errc::malformed, "a member without a node id or an incarnation"};
  if (someone.name.empty() || someone.name.size() > limits::name_bytes)
    return {errc::malformed, "a member whose name is empty or too long"};
  return check(someone.where);
}

struct content_check {
  const peer& from;

  error operator()(const gossip& what) const {
    if (what.self.who != from)
      return {errc::malformed, "gossip about its sender that somebody else sent"};
    if (auto problem = check(what.self))
      return problem;
    if (what.known.size() > members_limit)
      return {errc::too_large, "gossip with more members than a cluster has"};
    for (const auto& someone : what.known)
      if (auto problem = check(someone))
        return problem;
    for (const auto* where : {&what.asked_at, &what.answers})
      if (*where)
        if (auto problem = check(**where))
          return problem;
    return {};
  }

  error operator()(const farewell&) const { return {}; }

  error operator()(const accusation& what) const {
    if (what.accuser.self != from.node)
      return {errc::malformed, "an accusation with the standing of somebody else"};
    if (what.accuser.members == 0 || what.accuser.members > members_limit)
      return {errc::malformed, "an accusation with an impossible standing"};
    return check(what.where);
  }

  error operator()(const refusal& what) const {
    if (what.reason > refusal::why::cluster_full)
      return {errc::malformed, "a refusal without a known reason"};
    return check(what.holder);
  }
};

} // namespace

wire_message wire::encode(const message& what) {
  return {codec::encode(what, datagram), {}};
}

result<message> wire::decode(const shared_bytes& head, const shared_bytes& body) {
  if (!body.empty())
    return error{errc::malformed, "a datagram of the mesh has no body"};
  return codec::decode<message>(head.view(), datagram);
}

error check_content(const peer& from, const message& what) {
  if (!from.node || !from.incarnation)
    return {errc::malformed, "a message of nobody"};
  return std::visit(content_check{from}, what);
}

} // namespace chorus::membership::full_mesh
