#pragma once

#include "../caf17/message_codec.hpp"

#include <chorus/actors/message.hpp>
#include <chorus/runtime/requests/refusal.hpp>

#include <caf/message.hpp>

#include <cstdint>

/// What stubs of callers and of servers say to each other. An answer travels as it is.
namespace chorus::requests {

/// One try of a call. The caller is the sender.
struct tagged_call {
  std::uint64_t number = 0;
  std::uint64_t lowest_open = 0; ///< of this caller at this server
  caf::message content;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number, lowest_open, content);
  }
};

/// Answers a try that is not answered by the worker; in nobody's name.
struct refused_call {
  refusal reason = refusal::overloaded;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(reason);
  }
};

/// The caller has the answers to all calls below.
struct acknowledged_calls {
  std::uint64_t lowest_open = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(lowest_open);
  }
};

} // namespace chorus::requests

CHORUS_MESSAGE(chorus::requests::tagged_call, "chorus.tagged_call/1")
CHORUS_MESSAGE(chorus::requests::refused_call, "chorus.refused_call/1")
CHORUS_MESSAGE(chorus::requests::acknowledged_calls, "chorus.acknowledged_calls/1")
