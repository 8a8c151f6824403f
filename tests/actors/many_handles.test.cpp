#include "../../actors/remoting/remoting.hpp"
#include "cluster.hpp"

#include <chorus/actors/message.hpp>
#include <chorus/actors/node.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace {

struct crowd {
  std::vector<caf::actor> all;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(all);
  }
};

} // namespace

CHORUS_MESSAGE(crowd, "test.crowd/1")

namespace chorus {
namespace {

/// Monitors all handles that it gets, and counts how many have ended when it hears of a node's end.
caf::behavior watcher(caf::event_based_actor* self, event_log* log) {
  auto ended = std::make_shared<std::size_t>(0);
  self->set_down_handler([ended](const caf::down_msg&) { ++*ended; });
  return {
      [self](const crowd& received) {
        for (const auto& each : received.all)
          self->monitor(each);
        return received.all.size();
      },
      [](const node_up&) {},
      [ended, log](const node_down&) { log->add("down after " + std::to_string(*ended)); },
  };
}

caf::behavior silent() {
  return {[](int) {}};
}

TEST(many_handles, end_in_slices_and_all_of_them_before_their_node_is_reported_down) {
  constexpr std::size_t count = 3 * remoting::ends_per_slice;
  event_log log;
  cluster nodes;
  auto& ada = nodes.add("ada");
  auto& ben = nodes.add("ben");
  auto watching = ben.system().spawn(watcher, &log);
  ASSERT_FALSE(ben.announce("watcher", watching));
  {
    crowd all;
    for (std::size_t i = 0; i < count; ++i)
      all.all.push_back(ada.system().spawn(silent));
    auto remote = ada.find("watcher", patience);
    ASSERT_TRUE(remote);
    caf::scoped_actor self{ada.system()};
    self->request(*remote, patience, all)
        .receive(
            [&](std::size_t monitored) { EXPECT_EQ(monitored, count); },
            [&](const caf::error& reason) { ADD_FAILURE() << ada.system().render(reason); }
        );
    ben.subscribe(watching);
  }
  nodes.remove(0);
  EXPECT_TRUE(log.wait_for("down after " + std::to_string(count)));
  caf::anon_send_exit(watching, caf::exit_reason::user_shutdown);
}

} // namespace
} // namespace chorus
