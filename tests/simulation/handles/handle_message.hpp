#pragma once

#include <chorus/handles/introductions.hpp>
#include <chorus/handles/released_handle.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/refusal.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/result.hpp>

#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

namespace chorus::testing {

/// What a request or its answer carries, for whoever is above.
struct request_content {
  enum class kind : std::uint8_t {
    plain,
    call,    ///< a request: one try of a call of `runtime/requests`
    value,   ///< an answer: the server's
    refusal, ///< an answer: of whoever removes duplicates
    failure, ///< an answer: in nobody's name
  };

  request_content::kind what = kind::plain;
  requests::request_semantics how = requests::request_semantics::maybe;
  std::uint64_t call = 0;
  std::uint64_t lowest_open = 0;
  std::int64_t value = 0;
  errc code = errc::none;
  requests::refusal reason = requests::refusal::overloaded;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(what, how, call, lowest_open, value, code, reason);
  }
};

inline request_content failure_with(errc code) {
  request_content content;
  content.what = request_content::kind::failure;
  content.code = code;
  return content;
}

/// What travels between two nodes; messages of one (sender, receiver) stay in order, others overtake.
struct handle_message {
  enum class kind : std::uint8_t {
    letter,
    request,
    answer,
    ended,
    hold,
    held,
    introduced,
    release,
    forgotten,
    moved,
    cut,
    unreachable
  };

  kind what = kind::letter;
  std::uint64_t sender = 0;   ///< an actor of the sending node; 0: the node
  std::uint64_t receiver = 0; ///< an actor of the receiving node; 0: the node

  handles::actor_name
      content{}; ///< letter: a handle; introduced: the actor; cut, unreachable, moved: the life
  handles::actor_name foreign_sender{}; ///< request: who asks, if that is no actor of the sending node
  std::uint64_t number = 0;             ///< of the request
  requests::request_fate fate = requests::request_fate::executed; ///< answer
  std::int64_t given = 0;                                         ///< ended
  std::uint64_t count = 0;                                        ///< introduced
  relation_number giver{};                                        ///< hold, held: of the newcomer
  std::vector<handles::released_handle> released{};
  request_content load{}; ///< request, answer

  template <class Archive>
  void serialize(Archive& archive) {
    archive(
        what,
        sender,
        receiver,
        content.home,
        content.actor,
        foreign_sender.home,
        foreign_sender.actor,
        number,
        fate,
        given,
        count,
        giver,
        released,
        load
    );
  }
};

/// Sender and receiver for the link: messages of one pair stay in order, and notices of the node are pairs of
/// their own.
std::pair<std::uint64_t, std::uint64_t> order_of(const handle_message& message);

} // namespace chorus::testing
