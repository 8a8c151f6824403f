#include "parcel.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>

#include <utility>

namespace chorus::testing::linked_calls {

byte_buffer encode(const parcel& what) {
  return codec::encode(what);
}

parcel decode(const shared_bytes& payload) {
  auto what = codec::decode<parcel>(payload.view());
  CHORUS_CHECK(what, "a link delivers what was sent");
  return std::move(*what);
}

std::string describe(const parcel& what) {
  auto call = "call " + std::to_string(what.call.number) + ", try " + std::to_string(what.attempt);
  switch (what.kind) {
  case parcel::kind::call:
    return std::string{to_string(what.how)} + ' ' + call;
  case parcel::kind::answer:
    return "answer to " + call + ": " + std::to_string(what.value);
  case parcel::kind::failure:
    return "failure of " + call + ": " + std::string{to_string(what.code)} + ", " + to_string(what.fate);
  case parcel::kind::refusal:
    return "refusal of " + call + ": " + to_string(fate_of(what.reason));
  case parcel::kind::acknowledgement:
    return "acknowledges answers below " + std::to_string(what.lowest_open);
  case parcel::kind::chatter:
    break;
  }
  return "chatter";
}

parcel failure_of(const parcel& call, errc code, requests::request_fate fate) {
  auto what = call;
  what.kind = parcel::kind::failure;
  what.nature = message_nature::ordinary;
  what.code = code;
  what.fate = fate;
  what.filling.clear();
  return what;
}

} // namespace chorus::testing::linked_calls
