#pragma once

#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/requests/call_id.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <map>

namespace chorus::requests {

/// What a receiver may remember. At a limit it refuses calls that it does not know, before they are executed:
/// whatever it forgot, it might execute twice.
struct duplicate_limits {
  /// At one time; one is forgotten when it ends.
  std::size_t callers = 65'536;

  /// Running, or answered and not acknowledged.
  std::size_t calls_of_one_caller = 1'024;

  /// The same of all callers.
  std::size_t calls = 262'144;

  /// Of answers that are kept. An answer that finds no room is given once; of its call is only kept that it
  /// was executed.
  std::size_t answer_bytes = 64 * limits::mebibyte;
};

/// The receiver's half of at-most-once: knows each call that was begun until its caller has the answer, and
/// keeps the answer for tries that come later (Birrell and Nelson 1984; the records of completed calls and
/// how their caller acknowledges them: Lee, Park, Kejriwal, Matsushita and Ousterhout, "Implementing
/// linearizability at large scale and low latency", SOSP 2015, section 3).
///
/// With each try the caller says the lowest number of its calls that are still open at this receiver: answers
/// below are not asked for again and are dropped, tries below come too late and are never executed.
///
/// It forgets everything with the process. The host therefore lets nobody reach a new life of the receiver
/// with a try meant for an earlier one.
class duplicate_filter {
public:
  enum class verdict : std::uint8_t {
    execute,     ///< new; the host executes it and calls `finish`
    in_progress, ///< runs already; its answer is the answer to this try too
    answered,    ///< executed; `answer_to` has the answer
    not_kept,    ///< executed; the answer is lost, because there was no room for it
    stale,       ///< the caller has given it up or has its answer; or it is numbered as no caller does
    refused,     ///< not executed: a limit is reached; the caller may try again
  };

  explicit duplicate_filter(const duplicate_limits& limits = {}) : limits_(limits) {}

  /// A try came.
  verdict admit(const call_id& call, std::uint64_t lowest_open);

  /// The answer, in the host's own form, to a call that was executed. `bytes`: what it costs to keep. It is
  /// not kept if nobody waits for it any more: the caller has given the call up or has ended. Pre: `admit`
  /// has said `execute` to this call, and this is its first answer.
  void finish(const call_id& call, std::any answer, std::size_t bytes);

  /// Pre: `admit` has just said `answered`. Valid until the next call of a non-const function.
  const std::any& answer_to(const call_id& call) const;

  /// The caller needs no answer below `lowest_open`; without a try to tell it with.
  void acknowledge(const caller_id& caller, std::uint64_t lowest_open);

  /// The caller has ended, as its host has decided. Never because a link has ended under a caller that may
  /// try again: what is forgotten is executed again. Pre: no try of it comes after this, however late; the
  /// host sees to that, as a node does, which takes nothing from a life that was declared failed.
  void forget(const caller_id& caller);

  /// That life has ended, and every caller of it: the same.
  void forget(const peer& home);

  bool knows(const caller_id& caller) const { return callers_.contains(caller); }

  /// Those that have ended count until all their calls are executed.
  std::size_t callers() const noexcept { return callers_.size(); }
  std::size_t calls() const noexcept { return calls_; }
  std::size_t answer_bytes() const noexcept { return answer_bytes_; }

private:
  enum class state : std::uint8_t { running, kept, not_kept };

  struct call_record {
    duplicate_filter::state state = state::running;
    std::any answer;
    std::size_t bytes = 0;
  };

  using call_table = std::map<std::uint64_t, call_record>;

  struct caller_record {
    std::uint64_t lowest_open = 0;
    call_table calls; ///< by number; below `lowest_open` only what still runs
    bool has_ended = false;
  };

  using caller_table = std::map<caller_id, caller_record>;

  bool has_room_for(caller_table::const_iterator caller) const;
  void acknowledge(caller_record& caller, std::uint64_t lowest_open);
  caller_table::iterator end(caller_table::iterator caller);
  void drop_answers(call_table& calls, call_table::iterator end);

  duplicate_limits limits_;
  caller_table callers_;
  std::size_t calls_ = 0;
  std::size_t answer_bytes_ = 0;
};

} // namespace chorus::requests
