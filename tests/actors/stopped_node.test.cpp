#include "end_of_a_node.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

/// What a node says after `stop`.
namespace chorus {
namespace {

TEST(stopped_node, says_that_it_is_unavailable) {
  cluster nodes;
  nodes.add("ada");
  auto& node = nodes.add("ben");
  auto local = node.system().spawn(worker);
  EXPECT_FALSE(node.announce("mine", local));
  EXPECT_FALSE(nodes.at(0).announce("other", nodes.at(0).system().spawn(worker)));
  auto remote = node.find("other", patience);
  ASSERT_TRUE(remote);
  auto self = node.self();
  node.stop();

  EXPECT_EQ(node.announce("mine", local).code, errc::unavailable);
  EXPECT_EQ(node.announce("new", local).code, errc::unavailable);
  node.names().withdraw("mine");
  for (auto name : {"mine", "other", "new"}) {
    EXPECT_EQ(node.find(name), caf::actor{}) << name;
    auto found = node.find(name, patience);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.failure().code, errc::unavailable) << name;
  }
  EXPECT_TRUE(node.names().list().empty());
  EXPECT_EQ(node.members().update_metadata({}).code, errc::unavailable);
  EXPECT_EQ(node.links().wait_until_writable(*remote, patience).code, errc::unavailable);
  EXPECT_EQ(node.links().wait_until_writable(local, patience).code, errc::unavailable);
  EXPECT_TRUE(node.members().list().empty());
  EXPECT_EQ(node.members().why_suspected(nodes.at(0).self().who.node), std::nullopt);
  EXPECT_EQ(node.self(), self);
  EXPECT_EQ(node.counters().exported_actors, 0U);
  EXPECT_EQ(node.counters().remote_actors, 0U);
  node.request_stop();
  node.wait_for_stop_request();
  EXPECT_FALSE(node.rejection());
  node.stop();
}

TEST(stopped_node, tells_who_asks_for_room) {
  auto node = open_node();
  node.stop();
  auto local = node.system().spawn(worker);
  caf::scoped_actor self{node.system()};
  node.subscribe(self);
  node.members().subscribe_all(self);
  node.links().subscribe_dead_letters(self);
  node.links().when_writable(local, self);
  self->receive([](const writable& told) { EXPECT_EQ(told.reason.code, errc::unavailable); });
}

TEST(stopped_node, still_carries_messages_between_its_own_actors) {
  auto node = open_node();
  auto local = node.system().spawn(worker);
  node.stop();
  caf::scoped_actor self{node.system()};
  auto later = node.system().spawn(worker);
  for (auto& actor : {local, later})
    self->request(actor, patience, 7)
        .receive(
            [](int answer) { EXPECT_EQ(answer, 7); }, [](const caf::error&) { ADD_FAILURE() << "no answer"; }
        );
}

} // namespace
} // namespace chorus
