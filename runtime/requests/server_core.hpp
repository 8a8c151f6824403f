#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/requests/call_id.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/requests/refusal.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace chorus::requests {

/// Decides for a worker what becomes of each try of an at-most-once call: the server's stub without its
/// messages (Birrell and Nelson, "Implementing remote procedure calls", ACM TOCS 2(1), 1984). Pure: it sends
/// nothing, and has no clock, thread or lock. Each input returns what its host has to do.
///
/// The first try of a call is executed. While the call runs, a later try takes the place of the earlier one.
/// The answer is kept for tries that come after it, as `duplicate_filter` says.
class server_core {
public:
  /// Who waits for the answer to a call. `attempt`: the host's own number of the try.
  struct waiting {
    call_id call;
    std::uint64_t attempt = 0;
  };

  /// Give the call to the worker, and say `answered` under this number.
  struct execute {
    std::uint64_t execution = 0;
  };

  /// The worker has answered before: this is what it said, in the host's own form.
  struct give_answer {
    std::any content;
  };

  /// Say this to `to`: the try that came, or the earlier one whose place it takes.
  struct refuse {
    waiting to;
    refusal reason = refusal::overloaded;
  };

  /// The call is not executed: the worker has ended before, or nobody could tell the caller's try from one
  /// that was forgotten with its life.
  struct turn_away {};

  using decision = std::variant<execute, give_answer, refuse, turn_away>;

  explicit server_core(const duplicate_limits& limits = {}) : filter_(limits) {}

  /// A try came, with the lowest number of its caller's calls that are open at this worker.
  ///
  /// `is_in_reach`: whether this node has a relation with the caller's life. Without one, the try has come
  /// through a third node, which may have held it up until that life was over and forgotten. So a caller that
  /// is not known here is turned away then: it could not be answered anyway.
  [[nodiscard]] decision receive(const waiting& from, std::uint64_t lowest_open, bool is_in_reach = true);

  /// The worker has answered, or somebody in its place. `bytes`: what it costs to keep `content`. Gives whom
  /// to tell; nobody if the worker has ended meanwhile.
  [[nodiscard]] std::optional<waiting> answered(std::uint64_t execution, std::any content, std::size_t bytes);

  /// The caller has the answers to all calls below.
  void acknowledge(const caller_id& caller, std::uint64_t lowest_open) {
    filter_.acknowledge(caller, lowest_open);
  }

  /// The caller itself has ended, or its life. That a relation with its node has ended is no reason by
  /// itself: a caller that lives may try again in the next one or through a third node, and what was
  /// forgotten would be executed twice. Pre: a try of it that comes after this is not in reach
  /// (`duplicate_filter::forget`).
  void caller_ended(const caller_id& caller) { filter_.forget(caller); }

  /// The same of all callers of that life.
  void life_ended(const peer& home) { filter_.forget(home); }

  /// The worker has ended. Gives who waits for an answer: their calls may have been executed.
  [[nodiscard]] std::vector<waiting> worker_ended();

  /// Whether something of its calls is remembered.
  bool knows(const caller_id& caller) const { return filter_.knows(caller); }

  bool has_ended() const noexcept { return has_ended_; }

  /// Calls that the worker has been given and not answered.
  std::size_t running() const noexcept { return running_.size(); }

private:
  duplicate_filter filter_;
  bool has_ended_ = false;
  std::uint64_t last_execution_ = 0;
  std::map<std::uint64_t, waiting> running_;    ///< the last tries, by number of the execution
  std::map<call_id, std::uint64_t> executions_; ///< those numbers
};

} // namespace chorus::requests
