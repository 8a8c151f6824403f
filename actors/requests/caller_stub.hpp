#pragma once

#include "call_message.hpp"

#include <chorus/actors/requests/caller.hpp>
#include <chorus/runtime/requests/caller_core.hpp>

#include <caf/actor.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace chorus::requests {

/// What came back for one try, whatever its types. Does not leave the node.
struct try_outcome {
  std::uint64_t request = 0; ///< CAF's number of the try
  bool by_target = false;    ///< otherwise CAF or remoting says why there is no answer
  bool at_once = false;      ///< in the midst of sending: it has not left this node
  caf::message content;
};

/// The caller's stub, in the sense of Birrell and Nelson (1984): makes the tries of all open calls of one
/// caller and answers each call once. It translates between messages of CAF and a `caller_core`, which
/// decides.
class caller_stub final : public caf::event_based_actor {
public:
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
    std::shared_ptr<const void> counts; ///< lets a node that stops wait for the answer
    caf::message answer = {};           ///< of the target
    caf::error last_failure = {};
  };

  caf::result<caf::message> begin(detail::order what);
  void heard(const try_outcome& what);
  void heard_error(open_call& which, const try_outcome& what, const caf::error& reason);

  void perform_steps();
  void perform(const caller_core::send& step);
  void perform(const caller_core::find_target& step);
  void perform(const caller_core::ended& step);
  void perform(const caller_core::acknowledge& step);
  caf::error error_at(const caller_core::ended& step, const caf::error& last_failure) const;

  void arm();
  void quit_if_done();

  caller_core core_;
  std::map<std::uint64_t, open_call> calls_; ///< by the core's numbers
  std::map<server_id, caf::actor> servers_;  ///< that the core knows
  std::optional<time_point> armed_;
  bool let_go_ = false;
};

} // namespace chorus::requests

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::requests::try_outcome)
