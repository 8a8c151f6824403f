#include "remoting_world.hpp"

#include <chorus/actors/error.hpp>

#include <caf/exit_reason.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chorus {
namespace {

/// Two nodes, an actor on each, and each node's handle of the other's actor.
class remote_link : public testing::Test {
protected:
  remote_link() {
    world.connect_all();
    for (std::size_t home = 0; home < 2; ++home) {
      actors.push_back(world.spawn(home));
      world.at(home).remote->keep(actors.back());
    }
    for (std::size_t at = 0; at < 2; ++at)
      proxies.push_back(
          world.at(at).remote->receive_handle({world.at(1 - at).self, actors[1 - at]->id()}, remoting::nobody)
      );
    world.deliver_all();
  }

  /// The actor of node `at`.
  remoting_world::thing& actor(std::size_t at) {
    return *static_cast<remoting_world::thing*>(actors[at]->get());
  }

  void link(std::size_t at) {
    actor(at).link_to(proxies[at]);
    world.deliver_all();
  }

  void unlink(std::size_t at) {
    actor(at).unlink_from(proxies[at]);
    world.deliver_all();
  }

  void end(std::size_t at) {
    actor(at).end(caf::exit_reason::kill);
    world.deliver_all();
  }

  const std::vector<std::string>& seen(std::size_t at) { return world.at(at).seen; }

  const std::vector<std::string> nothing;
  const std::vector<std::string> one_exit{"exit " + to_string(caf::error{caf::exit_reason::kill})};
  const std::vector<std::string> node_lost{"exit " + to_string(to_caf({errc::node_down, "lost"}))};

  remoting_world world{2};
  std::vector<caf::strong_actor_ptr> actors;
  std::vector<caf::strong_actor_ptr> proxies; ///< by the node where they are
};

TEST_F(remote_link, tells_the_other_of_an_end_once_in_either_direction) {
  link(0);
  end(1);
  EXPECT_EQ(seen(0), one_exit);
  EXPECT_EQ(seen(1), nothing);
}

TEST_F(remote_link, tells_the_one_that_was_linked_to) {
  link(0);
  end(0);
  EXPECT_EQ(seen(1), one_exit);
  EXPECT_EQ(seen(0), nothing);
}

TEST_F(remote_link, counts_once_if_both_have_linked) {
  link(0);
  link(1);
  link(0);
  end(1);
  EXPECT_EQ(seen(0), one_exit);
}

TEST_F(remote_link, is_undone_by_either_side) {
  for (std::size_t who : {0u, 1u}) {
    link(0);
    unlink(who);
  }
  end(0);
  EXPECT_EQ(seen(1), nothing);
  end(1);
  EXPECT_EQ(seen(0), nothing);
}

TEST_F(remote_link, tells_both_sides_when_they_lose_each_other) {
  link(0);
  world.lose(0, 1);
  world.lose(1, 0);
  EXPECT_EQ(seen(0), node_lost);
  EXPECT_EQ(seen(1), node_lost);
}

TEST_F(remote_link, to_an_actor_that_has_ended_tells_so_at_once) {
  actor(1).end(caf::exit_reason::kill); // the news is on its way
  link(0);
  EXPECT_EQ(seen(0), one_exit);
}

TEST_F(remote_link, of_an_actor_that_ends_before_the_other_side_knows_of_the_link_still_tells) {
  actor(0).link_to(proxies[0]);
  end(0);
  EXPECT_EQ(seen(1), one_exit);
}

TEST_F(remote_link, keeps_the_handle_without_which_nobody_would_tell) {
  link(0);
  proxies.clear();
  world.settle();
  end(1);
  EXPECT_EQ(seen(0), one_exit);
}

} // namespace
} // namespace chorus
