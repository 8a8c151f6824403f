#pragma once

#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

namespace chorus {

/// One-way messages that were lost (actors/flow.hpp says how), counted until somebody is told: one record for
/// each sender, receiver and reason (and type, if that is why), so that a flood costs a few notices and not
/// one for each message.
///
/// Thread rules: any thread.
class lost_messages {
public:
  /// A sender hears of a lost message at the latest after this time, and so at most ten times a second
  /// while its link stays full.
  static constexpr duration tell_within = std::chrono::milliseconds{100};

  /// Records open at a time: far more than senders that meet a full link within `tell_within`. Messages
  /// beyond them are counted in one record, without sender and receiver.
  static constexpr std::size_t limit = 4096;

  struct loss {
    caf::strong_actor_ptr sender; ///< null if it is no actor of this node
    caf::actor receiver;
    std::shared_ptr<outbox> link; ///< that refused it; null without one
    error reason;
    std::uint64_t count = 1;
    std::uint64_t type = 0; ///< key of the message type that the receiver's node could not read
  };

  struct record {
    loss what;
    time_point first; ///< when the first was lost
    std::uint64_t count = 0;
  };

  enum class effect {
    counted,      ///< in a record that was open
    opened,       ///< a record
    opened_first, ///< a record, and no other is open: call `take_all` after `tell_within`
  };

  effect add(time_point now, const loss& what);

  /// Closes all records and gives them, by sender and receiver.
  std::vector<record> take_all();

  /// The same with the records of one link.
  std::vector<record> take(const std::shared_ptr<outbox>& link);

  /// Closes all records and opens no more.
  std::vector<record> close();

private:
  /// Sender (0: none), receiver, reason, message type.
  using key = std::tuple<std::uint64_t, caf::actor, errc, std::uint64_t>;

  std::mutex mutex_;
  bool closed_ = false;
  std::map<key, record> records_;
};

} // namespace chorus
