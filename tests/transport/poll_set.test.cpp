#include "../../runtime/transport/poll_set.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <gtest/gtest.h>

#include <string>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

namespace chorus {
namespace {

using namespace std::chrono_literals;

/// Two ends of a ZeroMQ connection within this process: what is sent is there at once.
class poll_set_of_sockets : public testing::Test {
protected:
  poll_set_of_sockets() {
    receiver.bind("inproc://test");
    sender.connect("inproc://test");
  }

  void send(const std::string& text) { sender.send(zmq::buffer(text)); }

  /// One message at most.
  bool take() {
    zmq::message_t message;
    if (!receiver.recv(message, zmq::recv_flags::dontwait))
      return false;
    taken.push_back(message.to_string());
    return true;
  }

  zmq::context_t context;
  zmq::socket_t receiver{context, zmq::socket_type::pair};
  zmq::socket_t sender{context, zmq::socket_type::pair};
  std::vector<std::string> taken;
  poll_set set;
};

TEST_F(poll_set_of_sockets, calls_the_handler_for_what_was_there_before_anybody_watched) {
  send("early");
  auto watch = set.add(receiver, [this] { return take(); });
  set.wait(steady_now() + 60s);
  EXPECT_EQ(taken, std::vector<std::string>{"early"});
}

TEST_F(poll_set_of_sockets, calls_a_handler_that_has_left_something_in_the_next_turn_as_well) {
  auto watch = set.add(receiver, [this] { return take(); });
  for (auto* text : {"first", "second", "third"})
    send(text);
  for (int turn = 0; turn < 3; ++turn)
    set.wait(steady_now() + 60s);
  EXPECT_EQ(taken, (std::vector<std::string>{"first", "second", "third"}));
}

TEST_F(poll_set_of_sockets, waits_when_everything_was_taken) {
  auto calls = 0;
  auto watch = set.add(receiver, [&] {
    ++calls;
    while (take()) {
    }
    return false;
  });
  send("one");
  set.wait(steady_now() + 60s);
  auto before = calls;
  set.wait(steady_now() + 1ms);
  EXPECT_EQ(calls, before);
  send("two");
  set.wait(steady_now() + 60s);
  EXPECT_EQ(taken, (std::vector<std::string>{"one", "two"}));
}

TEST_F(poll_set_of_sockets, looks_again_at_a_socket_whose_sign_was_taken_away) {
  auto watch = set.add(receiver, [this] { return take(); });
  set.wait(steady_now());
  send("unseen");
  // Asking for events takes the sign away that the descriptor has given.
  EXPECT_NE(receiver.get(zmq::sockopt::events) & ZMQ_POLLIN, 0);
  set.wait(steady_now() + 1ms);
  EXPECT_TRUE(taken.empty());
  watch.look_again();
  set.wait(steady_now() + 60s);
  EXPECT_EQ(taken, std::vector<std::string>{"unseen"});
}

TEST_F(poll_set_of_sockets, lets_a_handler_end_its_own_place_and_those_of_others) {
  auto others = 0;
  poll_set::watch own;
  poll_set::watch other;
  own = set.add(receiver, [&] {
    own.end();
    other.end();
    return true;
  });
  auto descriptor = eventfd(1, 0);
  other = set.add(descriptor, [&] {
    ++others;
    return false;
  });
  send("anything");
  set.wait(steady_now() + 60s);
  set.wait(steady_now() + 1ms);
  EXPECT_EQ(others, 0) << "it was ready too, but ended before its turn";
  close(descriptor);
}

TEST_F(poll_set_of_sockets, calls_handlers_in_the_order_in_which_they_were_added) {
  std::string order;
  auto later = eventfd(1, 0);
  auto sooner = eventfd(1, 0);
  auto first = set.add(sooner, [&] {
    order += 'a';
    return false;
  });
  auto second = set.add(later, [&] {
    order += 'b';
    return false;
  });
  auto third = set.add(receiver, [&] {
    order += 'c';
    return false;
  });
  first.look_again();
  set.wait(steady_now() + 60s);
  EXPECT_EQ(order, "abc");
  close(later);
  close(sooner);
}

TEST(poll_set_without_sockets, sleeps_for_as_long_as_it_may) {
  poll_set set;
  auto until = steady_now() + 20ms;
  set.wait(until);
  EXPECT_GE(steady_now(), until);
}

TEST(poll_set_without_sockets, sleeps_after_it_was_awake) {
  poll_set set;
  auto until = steady_now() + 20ms;
  set.wait(until, until - 10ms);
  EXPECT_GE(steady_now(), until);
}

TEST(poll_set_without_sockets, is_awake_no_longer_than_it_may_wait) {
  for (auto limit : {0ms, 10ms}) {
    poll_set set;
    auto before = steady_now();
    set.wait(before + limit, before + 60s);
    EXPECT_GE(steady_now() - before, limit);
    EXPECT_LT(steady_now() - before, 60s);
  }
}

} // namespace
} // namespace chorus
