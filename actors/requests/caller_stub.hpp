#pragma once

#include "call_message.hpp"

#include <chorus/actors/requests/caller.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/attempts.hpp>

#include <caf/actor_addr.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace chorus::requests {

/// What came back for one try, whatever its types. Does not leave the node.
struct try_outcome {
  std::uint64_t request = 0; ///< CAF's number of the try
  bool by_target = false;    ///< otherwise CAF or remoting says why there is no answer
  bool at_once = false;      ///< in the midst of sending: it has not left this node
  caf::message content;
};

/// The caller's stub, in the sense of Birrell and Nelson (1984): makes the tries of all open calls of one
/// caller and answers each call once.
class caller_stub final : public caf::event_based_actor {
public:
  /// Open at one time; further ones are refused as `overloaded`.
  static constexpr std::size_t open_calls_limit = 65'536;

  /// How long a server without open calls of this caller keeps the last answers: as long as a next call may
  /// well come, which tells it as much.
  static constexpr std::chrono::seconds acknowledge_after{1};

  caller_stub(caf::actor_config& settings, caf::strong_actor_ptr owner);

  caf::behavior make_behavior() override;

  /// Answers all open calls with an error: CAF drops promises of actors that end.
  void on_exit() override;

  /// Answers of any type become `try_outcome`s before CAF looks for a handler of that type.
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) override;

private:
  struct open_call {
    detail::order what;
    caf::response_promise promise;
    attempts tries;
    std::vector<std::uint64_t> sent; ///< CAF's numbers of the tries, ascending
    caf::error last_failure;
    std::optional<time_point> due;      ///< as it stands in `due_`
    std::shared_ptr<const void> counts; ///< lets a node that stops wait for the answer
  };
  using call_table = std::map<std::uint64_t, open_call>;

  /// A target of at-most-once calls.
  struct known_server {
    caf::actor handle;
    std::set<std::uint64_t> open;
    time_point idle_since;
  };

  caf::result<caf::message> begin(detail::order what);
  void wake();
  void advance(call_table::iterator which, time_point now);
  void send_try(call_table::iterator which);
  caf::message message_of(call_table::iterator which);

  void heard(const try_outcome& what);
  void refused(call_table::iterator which, const try_outcome& what, refusal reason);
  void failed(call_table::iterator which, const try_outcome& what, const caf::error& reason);
  void failed_at_target(call_table::iterator which, const try_outcome& what, const caf::error& reason);
  static void note(open_call& which, const try_outcome& what, request_fate fate);
  void find_again(open_call& which);

  void end(call_table::iterator which, caf::message answer);
  void give_up(call_table::iterator which);
  void acknowledge(time_point now);
  void schedule(call_table::iterator which);
  void arm();
  void quit_if_done();

  random_generator chance_;
  std::uint64_t last_number_ = 0;
  call_table calls_;                             ///< by number
  std::map<std::uint64_t, std::uint64_t> tries_; ///< numbers of calls, by CAF's numbers of tries
  std::map<caf::actor_addr, known_server> servers_;
  std::set<std::pair<time_point, std::uint64_t>> due_; ///< when to look after which call again
  std::optional<time_point> acknowledge_at_;           ///< when to look for servers to acknowledge to
  std::optional<time_point> armed_;
  bool let_go_ = false;
};

} // namespace chorus::requests

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::requests::try_outcome)
