#include <chorus/consensus/generals/om_message.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>

namespace chorus::consensus::generals::om {

namespace {

constexpr std::size_t longest_path = traitors_limit + 1;

/// Battle, order, count and path.
constexpr codec::options limits{.bytes = 8 + 1 + 4 + longest_path};

} // namespace

wire_message wire::encode(const message& what) {
  return {codec::encode(what, limits), {}};
}

result<message> wire::decode(const shared_bytes& head, const shared_bytes& body) {
  if (!body.empty())
    return error{errc::malformed, "an oral message has no body"};
  auto decoded = codec::decode<message>(head.view(), limits);
  if (!decoded)
    return decoded;
  if (!is_known(decoded->what))
    return error{errc::malformed, "an order that does not exist"};
  if (decoded->by.empty())
    return error{errc::malformed, "an order that nobody has given"};
  return decoded;
}

} // namespace chorus::consensus::generals::om
