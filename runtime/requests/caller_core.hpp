#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/attempts.hpp>
#include <chorus/runtime/requests/call_id.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/refusal.hpp>
#include <chorus/runtime/requests/retry_policy.hpp>
#include <chorus/runtime/requests/try_failure.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::requests {

/// Makes the tries of all open calls of one caller, and ends each call once: the caller's stub without its
/// messages (Birrell and Nelson, "Implementing remote procedure calls", ACM TOCS 2(1), 1984). Pure: it sends
/// nothing, and time and chance come in from outside. What is called, and with what, its host knows by the
/// number of the call.
///
/// Inputs are calls of functions, outputs are steps: after each input the host takes and performs steps until
/// there are none. They are taken one by one, so that a call costs no list of steps.
class caller_core {
public:
  /// Open at one time; further ones are refused as `overloaded`.
  static constexpr std::size_t open_calls_limit = 65'536;

  /// How long a server without open calls of this caller keeps the last answers: as long as a next call may
  /// well come, which tells it as much.
  static constexpr std::chrono::seconds acknowledge_after{1};

  /// An at-most-once call says who removes its duplicates, and is never tried at another target: either
  /// `server` or `can_find_target`, or none.
  struct new_call {
    retry_policy retry;
    std::optional<server_id> server = std::nullopt;
    bool has_target = true;
    bool can_find_target = false; ///< `find_target` is performed for it
  };

  /// Why a try has failed, if not by an answer of its target.
  struct failure {
    try_failure why = try_failure::hopeless;
    errc code = errc::none; ///< none, if the reason is no error of chorus
    request_fate fate = request_fate::unknown;
  };

  // -- steps ---------------------------------------------------------------------------------------------

  /// Send a try to the target of the call.
  struct send {
    std::uint64_t call = 0;
    std::uint64_t attempt = 0;     ///< the number of the try: unique, ascending
    std::uint64_t lowest_open = 0; ///< of this caller at the server of an at-most-once call
  };

  /// Look for a target and say `found`.
  struct find_target {
    std::uint64_t call = 0;
  };

  /// The call is over.
  struct ended {
    enum class how : std::uint8_t {
      answered, ///< by its target: that is the answer
      hopeless, ///< the failure of its last try is the answer, with this fate
      given_up, ///< with this code and fate
    };

    std::uint64_t call = 0;
    ended::how how = how::answered;
    errc code = errc::none;
    request_fate fate = request_fate::executed;
    std::uint32_t tries = 0;
  };

  /// Tell a server that this caller has the answers to all calls below; it is not called at present, and this
  /// core knows it no more.
  struct acknowledge {
    server_id server;
    std::uint64_t lowest_open = 0;
  };

  using step = std::variant<send, find_target, ended, acknowledge>;

  /// Nothing when all steps were taken.
  std::optional<step> take_step();

  // -- inputs --------------------------------------------------------------------------------------------

  explicit caller_core(random_generator chance) : chance_(chance) {}

  /// Gives the number of the call; numbers ascend from 1. Or why it is refused, not executed.
  result<std::uint64_t> begin(time_point now, const new_call& what);

  /// Whether `find_target` had success. Without, the try has failed.
  void found(time_point now, std::uint64_t call, bool somebody);

  /// The target has answered this try.
  void answered(time_point now, std::uint64_t attempt);

  /// The receiver that removes duplicates says this in place of an answer.
  void refused(time_point now, std::uint64_t attempt, refusal reason);

  void failed(time_point now, std::uint64_t attempt, const failure& why);

  /// The caller ends, for a reason of this code: so do all calls.
  void give_up_all(time_point now, errc code);

  void tick(time_point now);

  // -- what is known -------------------------------------------------------------------------------------

  std::optional<time_point> next_deadline() const;

  /// The call of a try that may still be answered. Inputs about any other try do nothing.
  std::optional<std::uint64_t> call_of(std::uint64_t attempt) const;

  std::size_t open() const noexcept { return calls_.size(); }

private:
  struct open_call {
    attempts tries;
    std::optional<server_id> server;
    bool has_target;
    bool can_find_target;
    std::uint64_t last_attempt = 0;
    std::vector<std::uint64_t> earlier_attempts = {}; ///< empty for most
    errc last_failure = errc::none;
    std::optional<time_point> due = std::nullopt; ///< as it stands in `due_`
  };
  using call_table = std::map<std::uint64_t, open_call>;

  struct known_server {
    std::set<std::uint64_t> open;
    time_point idle_since;
  };

  void advance(call_table::iterator which, time_point now);
  void send_try(call_table::iterator which);
  call_table::iterator take(std::uint64_t attempt);
  void note(open_call& which, time_point now, std::uint64_t attempt, request_fate fate);
  void give_up(call_table::iterator which, time_point now);
  void end(call_table::iterator which, time_point now, ended how);
  void acknowledge_to_idle(time_point now);
  void schedule(call_table::iterator which);

  random_generator chance_;
  std::uint64_t last_call_ = 0;
  std::uint64_t last_attempt_ = 0;
  call_table calls_;                                ///< by number
  std::map<std::uint64_t, std::uint64_t> attempts_; ///< that may be answered; numbers of their calls
  std::map<server_id, known_server> servers_;
  std::set<std::pair<time_point, std::uint64_t>> due_; ///< when to look after which call again
  std::optional<time_point> acknowledge_at_;           ///< when to look for servers to acknowledge to
  std::vector<step> steps_;
  std::size_t taken_ = 0; ///< of `steps_`
};

} // namespace chorus::requests
