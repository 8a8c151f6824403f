#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_profiler.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace chorus::caf17 {

/// The actors of one actor system that have begun and not ended, whoever has their handles. CAF itself only
/// counts them.
///
/// CAF tells of each actor that is spawned by code that was compiled with `CAF_ENABLE_ACTOR_PROFILER`, which
/// the target chorus::actors asks for. Others are not seen here: scoped actors, and those of code that was
/// compiled without it (docs/decisions/0021-the-end-of-a-node.md).
///
/// Thread rules: any thread. It outlives the actors.
class living_actors final : public caf::actor_profiler {
public:
  using time_point = std::chrono::steady_clock::time_point;

  living_actors() = default;
  living_actors(const living_actors&) = delete;
  living_actors& operator=(const living_actors&) = delete;
  ~living_actors() override;

  std::size_t count() const;

  /// Whether each of them waits for its next message and has none.
  bool are_idle() const;

  /// For an actor that is idle although it has something under way, such as a call between two tries: counts
  /// as long as the token exists. Null in a system of plain CAF.
  static std::shared_ptr<const void> note_open_call(const caf::actor_system& system);

  /// Whether there are tokens.
  bool have_open_calls() const { return open_calls_.use_count() > 1; }

  /// Those that were not given by this function before. New ones may come at any time.
  std::vector<caf::strong_actor_ptr> take_new();

  std::vector<caf::strong_actor_ptr> all() const;

  /// Those that have something to do now, at most `most`.
  std::vector<caf::strong_actor_ptr> busy(std::size_t most) const;

  /// Waits until none is left, or there is one for `take_new`, or it is `deadline`. Returns whether none is
  /// left.
  bool await_end(time_point deadline);

  // -- what CAF tells -----------------------------------------------------------------------------

  void add_actor(const caf::local_actor& self, const caf::local_actor* parent) override;

  // CAF's library is compiled without the profiler, so it never tells of these; the end of an actor is
  // learned from what `add_actor` attaches to it.
  void remove_actor(const caf::local_actor&) override {}
  void before_processing(const caf::local_actor&, const caf::mailbox_element&) override {}
  void after_processing(const caf::local_actor&, caf::invoke_message_result) override {}
  void before_sending(const caf::local_actor&, caf::mailbox_element&) override {}
  void before_sending_scheduled(const caf::local_actor&, caf::actor_clock::time_point, caf::mailbox_element&)
      override {}

private:
  class life;

  template <class Predicate>
  std::vector<caf::strong_actor_ptr> select(std::size_t most, Predicate&& is_wanted) const;

  const std::shared_ptr<const void> open_calls_ = std::make_shared<char>();
  mutable std::mutex mutex_; ///< guards the list and what its items say
  std::condition_variable changed_;
  std::size_t count_ = 0;
  std::size_t new_ = 0;   ///< of them those that `take_new` would give
  life* first_ = nullptr; ///< owned by CAF: each is attached to its actor
};

/// For the log: its number and class, and whether it has a thread of its own; `actor 7 (worker, blocking)`.
std::string describe(const caf::strong_actor_ptr& actor);

} // namespace chorus::caf17
