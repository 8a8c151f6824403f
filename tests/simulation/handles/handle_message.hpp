#pragma once

#include <chorus/handles/introductions.hpp>
#include <chorus/handles/released_handle.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/requests/fate.hpp>

#include <compare>
#include <cstdint>
#include <vector>

namespace chorus::testing {

/// What travels between two nodes; messages of one (sender, receiver) stay in order, others overtake.
struct handle_message {
  enum class kind {
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
};

} // namespace chorus::testing
