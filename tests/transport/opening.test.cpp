#include "nobody.hpp"
#include "two_nodes.hpp"

#include <gtest/gtest.h>

#include <future>

namespace chorus {
namespace {

using namespace chorus::testing;

errc failure_of(const address& listen) {
  nobody events;
  auto options = options_of(ada);
  options.listen = listen;
  auto opened = transport::open(options, events);
  if (opened)
    return errc::none;
  EXPECT_NE(opened.failure().what.find(listen.host), std::string::npos) << opened.failure().what;
  return opened.failure().code;
}

TEST(opening, takes_a_free_port_and_says_which) {
  test_node node{options_of(ada)};
  EXPECT_NE(node.net().listening_on().port, 0);
  EXPECT_EQ(node.net().listening_on().host, "127.0.0.1");
}

TEST(opening, fails_where_somebody_listens) {
  test_node node{options_of(ada)};
  EXPECT_EQ(failure_of(node.where()), errc::address_in_use);
}

TEST(opening, fails_at_an_address_of_no_interface) {
  EXPECT_EQ(failure_of({"192.0.2.1", 0}), errc::invalid_argument); // TEST-NET-1, RFC 5737
}

TEST(opening, fails_at_a_name_that_does_not_resolve) {
  EXPECT_EQ(failure_of({"no-such-interface.invalid", 0}), errc::invalid_argument); // RFC 2606
}

TEST(opening, needs_a_cluster_with_a_name_of_bounded_length) {
  nobody events;
  auto options = options_of(ada);
  for (auto length : {std::size_t{0}, limits::name_bytes + 1}) {
    options.cluster = std::string(length, 'c');
    auto opened = transport::open(options, events);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.failure().code, errc::invalid_argument);
  }
  options.cluster = std::string(limits::name_bytes, 'c');
  EXPECT_TRUE(transport::open(options, events));
}

TEST(opening, on_all_interfaces_and_by_interface_name_is_reached_through_the_loopback) {
  for (const auto* host : {"*", "lo", "localhost", "0.0.0.0"}) {
    auto options = options_of(ada);
    options.listen = {host, 0};
    test_node node{options};
    test_node other{options_of(bob)};
    // The name leads to whichever of its addresses somebody listens at.
    const address where{"localhost", node.where().port};
    EXPECT_TRUE(node.wait([&] {
      other.post_datagram(where, text_bytes("hello"));
      return !node.told.datagrams.empty();
    })) << host;
  }
}

TEST(opening, gives_tasks_a_thread_only_once_started_and_none_once_stopped) {
  nobody events;
  auto opened = transport::open(options_of(ada), events);
  ASSERT_TRUE(opened);
  auto& net = **opened;
  std::promise<void> ran;
  std::vector<int> order;
  EXPECT_TRUE(net.post([&] { order.push_back(1); }));
  EXPECT_TRUE(net.post([&] {
    order.push_back(2);
    net.arm(7, net.now(), [&] { ran.set_value(); });
  }));
  ASSERT_FALSE(net.start());
  EXPECT_EQ(ran.get_future().wait_for(patience), std::future_status::ready);
  net.stop();
  EXPECT_EQ(order, (std::vector{1, 2}));
  EXPECT_FALSE(net.post([] {}));
}

} // namespace
} // namespace chorus
