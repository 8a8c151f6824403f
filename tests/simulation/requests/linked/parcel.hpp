#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/refusal.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/result.hpp>

#include <cstdint>
#include <string>

/// Calls between nodes that are joined by links. Production code are the link and `runtime/requests` with the
/// cores of callers and of servers. A model of `actors`, which CAF keeps out of the simulator: `caller_host`
/// of the hosting half of caller_stub and of open_requests, `worker` of an actor and the hosting half of
/// server_stub, `calling_node` of remoting, `way` of the outbox. A mistake in those is not found here.
namespace chorus::testing::linked_calls {

/// Which call, for the books: who began it, under which number.
struct call_key {
  peer client;
  std::uint64_t number = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(client, number);
  }
};

/// What its message is like.
enum class message_nature : std::uint8_t {
  ordinary,
  undeclared, ///< cannot be encoded
  too_large,  ///< for any link
  unreadable, ///< at the other node: it does not know the type
};

struct parcel {
  enum class kind : std::uint8_t {
    call,
    answer,
    failure, ///< in nobody's name, with a code and a fate
    refusal, ///< of the receiver's stub
    acknowledgement,
    chatter, ///< nobody answers it: it only fills the link
  };

  parcel::kind kind = kind::chatter;
  call_key call;
  std::uint64_t attempt = 0; ///< the number of the try
  requests::request_semantics how = requests::request_semantics::maybe;
  std::uint64_t worker = 0; ///< that is called
  std::uint64_t lowest_open = 0;
  message_nature answer = message_nature::ordinary; ///< what it is to be like
  message_nature nature = message_nature::ordinary;
  std::int64_t value = 0;
  errc code = errc::none;
  requests::request_fate fate = requests::request_fate::unknown;
  requests::refusal reason = requests::refusal::overloaded;
  std::string filling;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(
        kind, call, attempt, how, worker, lowest_open, answer, nature, value, code, fate, reason, filling
    );
  }
};

byte_buffer encode(const parcel& what);

/// Pre: the bytes are of `encode`.
parcel decode(const shared_bytes& payload);

/// For transcripts.
std::string describe(const parcel& what);

/// An answer to a call, in nobody's name.
parcel failure_of(const parcel& call, errc code, requests::request_fate fate);

} // namespace chorus::testing::linked_calls
