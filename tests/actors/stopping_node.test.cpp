#include "cluster.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace chorus {
namespace {

using ask_atom = caf::atom_constant<caf::atom("ask")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;
using question_atom = caf::atom_constant<caf::atom("question")>;

/// Actors of ben whose handlers wait, without a limit of time, for an actor of ada that never answers. The
/// transport lends its thread to the first, unless its message came together with another one; ben's
/// scheduler has a thread for each.
class stopping_node : public testing::Test {
protected:
  static constexpr std::size_t askers = 2;

  stopping_node() {
    nodes_.add("ada");
    nodes_.add("ben", [](config& settings) {
      settings.threads = askers;
      settings.drain_within = {}; // it would wait for the askers
    });
    auto silent = nodes_.at(0).system().spawn([this](caf::event_based_actor* self) {
      return caf::behavior{[this, self](question_atom) {
        log_.add("asked");
        kept_.push_back(self->make_response_promise());
      }};
    });
    EXPECT_FALSE(nodes_.at(0).announce("silent", silent));
    auto known_to_ben = nodes_.at(1).find("silent", patience);
    EXPECT_TRUE(known_to_ben);
    silent_ = *known_to_ben;
  }

  /// An actor of ben, as ada has it.
  caf::actor known_to_ada(const std::string& name, caf::actor actor) {
    EXPECT_FALSE(nodes_.at(1).announce(name, std::move(actor)));
    auto found = nodes_.at(0).find(name, patience);
    EXPECT_TRUE(found);
    return *found;
  }

  caf::actor make_asker() {
    return nodes_.at(1).system().spawn([this, silent = silent_](caf::event_based_actor* context) {
      return caf::behavior{[this, silent, context](ask_atom) {
        caf::scoped_actor self{context->system()};
        self->request(silent, caf::infinite, question_atom::value)
            .receive([] {}, [this](const caf::error&) { log_.add("failed"); });
      }};
    });
  }

  event_log log_; ///< outlives the nodes
  cluster nodes_;
  std::vector<caf::response_promise> kept_; ///< actors, so they go before their node
  caf::actor silent_;
};

TEST_F(stopping_node, fails_the_requests_that_its_handlers_wait_for) {
  for (std::size_t count = 1; count <= askers; ++count) {
    caf::anon_send(known_to_ada("asker" + std::to_string(count), make_asker()), ask_atom::value);
    ASSERT_TRUE(log_.wait_for("asked", count));
  }
  nodes_.at(1).stop();
  EXPECT_TRUE(log_.wait_for("failed", askers));
  nodes_.remove(1);
}

TEST_F(stopping_node, may_be_stopped_by_a_handler_in_the_thread_that_received_the_message) {
  auto stopper = nodes_.at(1).system().spawn([this](caf::event_based_actor*) {
    return caf::behavior{[this](stop_atom) {
      nodes_.at(1).stop();
      log_.add("stopped");
    }};
  });
  caf::anon_send(known_to_ada("stopper", stopper), stop_atom::value);
  EXPECT_TRUE(log_.wait_for("stopped"));
}

} // namespace
} // namespace chorus
