#pragma once

#include "cluster.hpp"

#include <caf/event_based_actor.hpp>

#include <utility>

namespace chorus::testing {

/// Lets everything through to `behind`, and writes `tried` for every request.
class tap final : public caf::event_based_actor {
public:
  tap(caf::actor_config& settings, event_log* log, caf::actor behind)
      : event_based_actor(settings), log_(log), behind_(std::move(behind)) {}

  caf::behavior make_behavior() override {
    return {[](caf::unit_t) {}};
  }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) override {
    if (what->content().match_elements<caf::exit_msg>())
      return event_based_actor::enqueue(std::move(what), context);
    if (what->mid.is_request())
      log_->add("tried");
    behind_->enqueue(std::move(what), context);
  }

private:
  event_log* log_;
  caf::actor behind_;
};

} // namespace chorus::testing
