#include "remoting_world.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/fate.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chorus {
namespace {

/// An actor of node 0 has asked one of node 1, which passes the request on to others.
class delegated_request : public testing::Test {
protected:
  delegated_request() {
    world.connect_all();
    requester = world.spawn(0);
    for (std::size_t home = 1; home < 4; ++home) {
      servants.push_back(world.spawn(home));
      world.at(home).remote->keep(servants.back());
    }
    send(0, 1, requester);
    world.deliver_all();
  }

  caf::strong_actor_ptr handle_of(std::size_t at, std::size_t home, const caf::strong_actor_ptr& actor) {
    return world.at(at).remote->receive_handle({world.at(home).self, actor->id()}, remoting::nobody);
  }

  /// Node `at` sends the request of `sender` to the servant of node `to`.
  void send(std::size_t at, std::size_t to, const caf::strong_actor_ptr& sender) {
    handle_of(at, to, servants[to - 1])
        ->enqueue(sender, request, caf::make_message(std::string{"do it"}), nullptr);
  }

  void delegate(std::size_t at, std::size_t to) { send(at, to, handle_of(at, 0, requester)); }

  void answer(std::size_t at) {
    handle_of(at, 0, requester)
        ->enqueue(servants[at - 1], request.response_id(), caf::make_message(std::string{"done"}), nullptr);
    world.deliver_all();
  }

  void expect_to_wait_for_node_3_alone() {
    world.lose(0, 1);
    world.lose(0, 2);
    EXPECT_TRUE(seen().empty());
    world.lose(0, 3);
    EXPECT_EQ(seen(), failed);
  }

  const std::vector<std::string>& seen() { return world.at(0).seen; }

  const std::vector<std::string> answered{"message"};
  const std::vector<std::string> failed{
      "error " + to_string(to_caf({errc::node_down, "lost"}, request_fate::unknown))};

  remoting_world world{4};
  caf::message_id request{caf::make_message_id().integer_value() | 1};
  caf::strong_actor_ptr requester;
  std::vector<caf::strong_actor_ptr> servants; ///< of nodes 1, 2, 3
};

TEST_F(delegated_request, is_answered_by_the_third_node) {
  delegate(1, 2);
  world.deliver_all();
  answer(2);
  EXPECT_EQ(seen(), answered);
}

TEST_F(delegated_request, is_known_to_have_moved_whatever_waits_for_actors) {
  auto anonymous = world.spawn(0);
  world.at(0).remote->keep(anonymous);
  handle_of(1, 0, anonymous)
      ->enqueue(nullptr, caf::make_message_id(), caf::make_message(std::string{"anonymous"}), nullptr);
  delegate(1, 2);
  EXPECT_TRUE(world.deliver_first([](const auto& lane) { return lane.is_of_urgent_notices(); }));
}

TEST_F(delegated_request, fails_when_the_third_node_is_lost) {
  delegate(1, 2);
  world.deliver_all();
  world.lose(0, 2);
  EXPECT_EQ(seen(), failed);
}

TEST_F(delegated_request, fails_when_only_the_link_that_it_was_to_go_over_is_lost) {
  delegate(1, 2);
  world.lose(1, 2);
  world.deliver_all();
  ASSERT_EQ(seen().size(), 1u);
  EXPECT_NE(seen().front().find("the link to that node ended"), std::string::npos) << seen().front();
}

TEST_F(delegated_request, does_not_fail_when_the_link_that_it_came_over_is_lost_afterwards) {
  delegate(1, 2);
  world.deliver_all();
  world.lose(1, 2);
  world.deliver_all();
  EXPECT_TRUE(seen().empty());
  answer(2);
  EXPECT_EQ(seen(), answered);
}

TEST_F(delegated_request, does_not_fail_any_more_when_the_one_who_delegated_is_lost) {
  delegate(1, 2);
  world.deliver_all();
  world.lose(0, 1);
  EXPECT_TRUE(seen().empty());
  answer(2);
  EXPECT_EQ(seen(), answered);
}

TEST_F(delegated_request, fails_when_the_one_who_delegated_is_lost_before_it_has_arrived) {
  delegate(1, 2);
  auto is_news = [](const auto& lane) { return lane.is_of_urgent_notices(); };
  ASSERT_TRUE(world.deliver_first(is_news));
  while (world.deliver_first(is_news)) // but not the request
    ;
  EXPECT_TRUE(seen().empty());
  world.lose(0, 1);
  EXPECT_EQ(seen(), failed);
}

TEST_F(delegated_request, fails_when_it_went_to_a_node_that_is_lost_already) {
  world.lose(0, 2);
  delegate(1, 2);
  world.deliver_all();
  ASSERT_EQ(seen().size(), 1u);
  EXPECT_EQ(seen().front().substr(0, 6), "error ");
}

TEST_F(delegated_request, fails_when_the_third_node_cannot_reach_the_requester) {
  world.lose(2, 0);
  delegate(1, 2);
  world.deliver_all();
  ASSERT_EQ(seen().size(), 1u);
  EXPECT_NE(seen().front().find("the link to that node ended"), std::string::npos) << seen().front();
}

TEST_F(delegated_request, fails_when_the_third_node_loses_the_requester_before_its_news_arrive) {
  delegate(1, 2);
  auto is_not_news = [](const auto& lane) { return !lane.is_of_urgent_notices(); };
  while (world.deliver_first(is_not_news))
    ;
  world.lose(2, 0);
  world.deliver_all();
  EXPECT_EQ(seen().size(), 1u);
}

TEST_F(delegated_request, fails_when_it_moves_across_the_end_of_a_relation) {
  world.lose(0, 2);
  world.connect(0, 2);
  delegate(1, 2);
  world.deliver_first([](const auto& lane) { return lane.is_of_urgent_notices(); });
  world.deliver_all();
  EXPECT_EQ(seen().size(), 1u);
}

TEST_F(delegated_request, is_followed_further) {
  delegate(1, 2);
  world.deliver_all();
  delegate(2, 3);
  world.deliver_all();
  expect_to_wait_for_node_3_alone();
}

TEST_F(delegated_request, is_followed_further_although_the_second_news_come_first) {
  delegate(2, 3); // as if node 2 had the request already
  world.deliver_all();
  delegate(1, 2);
  world.deliver_all();
  expect_to_wait_for_node_3_alone();
}

TEST_F(delegated_request, is_answered_once_when_it_comes_home) {
  auto local = world.spawn(0);
  auto kept = world.at(0).remote->keep(local);
  handle_of(1, 0, local)
      ->enqueue(handle_of(1, 0, requester), request, caf::make_message(std::string{"you"}), nullptr);
  world.deliver_all();
  EXPECT_EQ(seen(), std::vector<std::string>{"message"}) << "the local actor has the request";
  world.lose(0, 1);
  EXPECT_EQ(seen().size(), 1u) << "nobody waits for node 1 any more";
  world.at(0).remote->let_go(*kept);
}

TEST_F(delegated_request, is_not_refused_at_home_while_its_node_leaves) {
  world.at(0).remote->refuse_requests();
  auto local = world.spawn(0);
  auto kept = world.at(0).remote->keep(local);
  handle_of(1, 0, local)
      ->enqueue(handle_of(1, 0, requester), request, caf::make_message(std::string{"you"}), nullptr);
  world.deliver_all();
  EXPECT_EQ(seen(), std::vector<std::string>{"message"}) << "the local actor has the request";
  world.at(0).remote->let_go(*kept);
}

} // namespace
} // namespace chorus
