#include "../../actors/remoting/open_requests.hpp"

#include "silent_actors.hpp"

#include <caf/actor_cast.hpp>
#include <gtest/gtest.h>

namespace chorus {
namespace {

/// Requests of three actors to a node; two may be open.
class open_requests_test : public testing::Test {
protected:
  static caf::message_id number(std::uint64_t which) {
    return caf::message_id{caf::make_message_id().integer_value() | which};
  }

  caf::strong_actor_ptr requester(std::size_t index) {
    return caf::actor_cast<caf::strong_actor_ptr>(actors.at(index));
  }

  std::optional<open_requests::request> add(std::size_t by, std::uint64_t which) {
    return requests.add(node, requester(by), number(which));
  }

  bool close(std::size_t by, std::uint64_t which) {
    return requests.close(requester(by)->id(), number(which));
  }

  const open_requests::place node{{{0, 2}, {1}}, {1}};
  silent_actors actors{3};
  open_requests requests{2};
};

TEST_F(open_requests_test, let_the_oldest_one_give_way) {
  EXPECT_FALSE(add(0, 7));
  EXPECT_FALSE(add(1, 8));
  auto evicted = add(2, 9);
  ASSERT_TRUE(evicted);
  EXPECT_EQ(evicted->sender, requester(0));
  EXPECT_EQ(evicted->id, number(7));
  EXPECT_FALSE(close(0, 7));
  EXPECT_TRUE(close(1, 8));
  EXPECT_TRUE(close(2, 9));
}

TEST_F(open_requests_test, keep_all_while_some_are_answered) {
  for (std::uint64_t which = 1; which <= 10; ++which) {
    EXPECT_FALSE(add(0, which));
    EXPECT_FALSE(add(1, which));
    EXPECT_TRUE(close(0, which));
    EXPECT_TRUE(close(1, which));
  }
}

TEST_F(open_requests_test, are_no_more_than_those_that_are_open_when_a_node_is_lost) {
  EXPECT_FALSE(add(0, 7));
  EXPECT_FALSE(add(1, 8));
  EXPECT_TRUE(close(0, 7));
  auto closed = requests.end(node);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed.front().sender, requester(1));
  EXPECT_TRUE(requests.end(node).empty());
}

TEST_F(open_requests_test, forget_who_has_ended) {
  EXPECT_FALSE(add(0, 7));
  EXPECT_FALSE(add(0, 8));
  requests.forget(requester(0)->id());
  EXPECT_TRUE(requests.end(node).empty());
}

} // namespace
} // namespace chorus
