#include "cluster.hpp"
#include "end_of_a_node.hpp"

#include <chorus/actors/node.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

/// The parts of a node.
namespace chorus {
namespace {

TEST(node_parts, stay_where_they_are_when_the_node_moves) {
  auto first = open_node();
  auto& members = first.members();
  auto& names = first.names();
  auto& links = first.links();
  auto second = std::move(first);
  EXPECT_EQ(&second.members(), &members);
  EXPECT_EQ(&second.names(), &names);
  EXPECT_EQ(&second.links(), &links);
  auto local = second.system().spawn(worker);
  EXPECT_FALSE(names.announce("worker", local));
  EXPECT_EQ(second.names().find("worker"), local);
}

TEST(node_parts, are_reached_by_the_short_calls) {
  event_log log; // outlives the actors that write to it
  cluster nodes;
  auto& ada = nodes.add("ada");
  auto& ben = nodes.add("ben");
  auto local = ada.system().spawn(worker);
  EXPECT_FALSE(ada.announce("worker", local));
  EXPECT_EQ(ada.names().find("worker"), local);
  ada.names().withdraw("worker");
  EXPECT_EQ(ada.find("worker"), nullptr);

  EXPECT_FALSE(ada.names().announce("other", local));
  auto found = ben.find("other", patience);
  ASSERT_TRUE(found) << to_string(found.failure());
  EXPECT_EQ(std::as_const(ben).names().list(), (std::map<std::string, caf::actor>{{"other", *found}}));
  EXPECT_EQ(std::as_const(ben).members().list(), std::vector{ada.self()});

  ada.subscribe(ada.system().spawn([&log]() -> caf::behavior {
    return {[&log](const node_up& event) { log.add("up " + event.who.name); }};
  }));
  EXPECT_TRUE(log.wait_for("up ben"));
}

} // namespace
} // namespace chorus
