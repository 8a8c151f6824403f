#include "private_network.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace chorus::testing {
namespace {

constexpr auto python = "/usr/bin/python3";
constexpr auto port = "4000";

/// Prints every datagram that arrives.
constexpr auto listener = R"(
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", int(sys.argv[1])))
print("listening", flush=True)
while True:
    print(s.recv(100).decode(), flush=True)
)";

constexpr auto sender = R"(
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((sys.argv[1], int(sys.argv[2])))
s.send(sys.argv[3].encode())
)";

struct hosts : ::testing::Test {
  void SetUp() override {
    if (auto& reason = network_namespace::why_not(); !reason.empty())
      GTEST_SKIP() << reason;
    network = std::make_unique<private_network>(3);
  }

  std::unique_ptr<process> listen(std::size_t host) {
    auto made = std::make_unique<process>(network->on(host, {python, "-c", listener, port}));
    EXPECT_TRUE(made->prints("listening"));
    return made;
  }

  /// Whatever becomes of it on its way, its sender has no error.
  void send(std::size_t from, const std::string& to, const std::string& text) {
    process program{network->on(from, {python, "-c", sender, to, port, text})};
    EXPECT_EQ(program.wait(), 0);
  }

  std::unique_ptr<private_network> network;
};

TEST_F(hosts, do_not_hear_what_is_cut_and_hear_all_else) {
  auto first = listen(0);
  auto second = listen(1);
  network->cut({{0, 1}});
  send(0, private_network::address_of(1), "cut");
  send(0, private_network::address_of(1, true), "cut at the second address");
  send(1, private_network::address_of(0), "the other direction");
  EXPECT_TRUE(first->prints("the other direction"));
  send(2, private_network::address_of(1, true), "another host");
  EXPECT_TRUE(second->prints("another host"));
  network->heal();
  send(0, private_network::address_of(1), "healed");
  EXPECT_TRUE(second->prints("healed"));
  EXPECT_EQ(second->output(), (process::lines{"listening", "another host", "healed"}));
}

TEST_F(hosts, can_stand_in_several_networks_at_once) {
  private_network other{2};
  auto here = listen(1);
  process there{other.on(1, {python, "-c", listener, port})};
  ASSERT_TRUE(there.prints("listening"));
  send(0, private_network::address_of(1), "here");
  EXPECT_TRUE(here->prints("here"));
  EXPECT_EQ(there.output(), process::lines{"listening"});
}

} // namespace
} // namespace chorus::testing
