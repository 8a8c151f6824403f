#include <chorus/consensus/generals/sm_message.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>

#include <algorithm>
#include <span>
#include <string_view>

namespace chorus::consensus::generals::sm {

namespace {

constexpr std::size_t longest_chain = traitors_limit + 1;

/// Battle, order, count and chain.
constexpr codec::options limits{.bytes = 8 + 1 + 4 + longest_chain * (1 + sizeof(signature))};

/// Signatures are for this protocol only.
constexpr std::string_view purpose = "chorus.consensus.generals.sm/1";

/// What `by` signs: the protocol, the battle, the order, and all endorsements before its own.
byte_buffer bytes_to_sign(battle_id battle, order what, std::span<const endorsement> before, general by) {
  byte_buffer bytes{as_bytes(purpose).begin(), as_bytes(purpose).end()};
  codec::writer archive{bytes, {}};
  archive(battle, what, std::vector(before.begin(), before.end()), by);
  return bytes;
}

} // namespace

bool message::is_endorsed_by(general who) const {
  return std::any_of(chain.begin(), chain.end(), [&](const endorsement& link) { return link.by == who; });
}

void endorse(message& what, general by, signature_scheme& scheme) {
  const auto mark = scheme.sign(bytes_to_sign(what.battle, what.what, what.chain, by));
  what.chain.push_back({by, mark});
}

bool is_genuine(const message& what, const std::vector<peer>& generals, const signature_scheme& scheme) {
  const std::span chain{what.chain};
  for (std::size_t at = 0; at < chain.size(); ++at) {
    const auto& [by, mark] = chain[at];
    if (!scheme.verify(generals[by].node, bytes_to_sign(what.battle, what.what, chain.first(at), by), mark))
      return false;
  }
  return true;
}

wire_message wire::encode(const message& what) {
  return {codec::encode(what, limits), {}};
}

result<message> wire::decode(const shared_bytes& head, const shared_bytes& body) {
  if (!body.empty())
    return error{errc::malformed, "a signed message has no body"};
  auto decoded = codec::decode<message>(head.view(), limits);
  if (!decoded)
    return decoded;
  if (!is_known(decoded->what))
    return error{errc::malformed, "an order that does not exist"};
  if (decoded->chain.empty())
    return error{errc::malformed, "an order that nobody has signed"};
  return decoded;
}

} // namespace chorus::consensus::generals::sm
