#include "answer_size.hpp"

#include "../caf17/message_codec.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/runtime/codec/codec.hpp>

namespace chorus::requests {

namespace {

/// Handles take the same room whomever they name.
class nobody final : public caf17::handle_exporter {
public:
  caf17::actor_reference export_handle(const caf::strong_actor_ptr&) override { return {}; }
};

} // namespace

std::size_t size_of_answer(const caf::message& content) {
  nobody context;
  byte_buffer bytes;
  if (codec::encode_to(bytes, content, {.context = static_cast<caf17::handle_exporter&>(context)}))
    return size_of_local_answer;
  return bytes.size();
}

} // namespace chorus::requests
