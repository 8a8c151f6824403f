#include "letter.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>

namespace chorus::testing {

shared_bytes encode(const letter& what) {
  return shared_bytes{codec::encode(what)};
}

letter decode_letter(const shared_bytes& payload) {
  auto what = codec::decode<letter>(payload.view());
  CHORUS_CHECK(what, "what another process has encoded");
  return std::move(*what);
}

link::pair pair_of(const letter& what) {
  if (!what.names.empty())
    return {~std::uint64_t{0}, ~std::uint64_t{0}};
  auto [sender, receiver] = order_of(what.handles);
  return {sender, receiver};
}

link::urgency urgency_of(const letter& what) {
  using kind = handle_message::kind;
  auto is_of_users =
      what.names.empty() && (what.handles.what == kind::letter || what.handles.what == kind::request);
  return is_of_users ? link::urgency::ordinary : link::urgency::reserved;
}

} // namespace chorus::testing
