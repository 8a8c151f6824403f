#include "../../runtime/transport/host.hpp"
#include "../../runtime/transport/interfaces.hpp"

#include <chorus/runtime/transport/advertise.hpp>

#include <gtest/gtest.h>

namespace chorus {
namespace {

// TEST-NET-1 (RFC 5737): an address that is nobody's, and certainly on another machine.
const address remote_seed{"192.0.2.1", 4000};
const address local_seed{"127.0.0.1", 4000};
const address all_interfaces{"::", 4321};

TEST(host, is_told_by_its_digits) {
  EXPECT_TRUE(is_numeric("10.0.0.1"));
  EXPECT_TRUE(is_numeric("fe80::1%eth0"));
  EXPECT_FALSE(is_numeric("localhost"));
  EXPECT_FALSE(is_numeric("*"));
  for (const auto* host : {"*", "0.0.0.0", "::"})
    EXPECT_TRUE(is_wildcard(host)) << host;
  EXPECT_FALSE(is_wildcard("127.0.0.1"));
  for (const auto* host : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const auto* host : {"128.0.0.1", "::", "::ffff:10.0.0.1", "example"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(host, is_looked_up_with_all_its_addresses) {
  auto found = look_up("localhost");
  ASSERT_TRUE(found);
  for (const auto& digits : *found)
    EXPECT_TRUE(is_loopback(digits)) << digits;
  EXPECT_EQ(*look_up("10.1.2.3"), std::vector<std::string>{"10.1.2.3"});
}

TEST(advertised_address, is_the_one_wished_for) {
  EXPECT_EQ(
      *choose_advertised(all_interfaces, address{"10.0.0.9", 99}, {remote_seed}), (address{"10.0.0.9", 99})
  );
  EXPECT_EQ(
      *choose_advertised(all_interfaces, address{"node-a", 0}, {remote_seed}), (address{"node-a", 4321})
  );
}

TEST(advertised_address, is_the_bound_one_without_a_wish) {
  EXPECT_EQ(*choose_advertised({"10.0.0.9", 4321}, {}, {remote_seed}), (address{"10.0.0.9", 4321}));
  EXPECT_EQ(*choose_advertised({"127.0.0.1", 4321}, {}, {local_seed}), (address{"127.0.0.1", 4321}));
}

TEST(advertised_address, is_on_the_interface_that_reaches_the_seed) {
  EXPECT_EQ(*choose_advertised(all_interfaces, {}, {local_seed}), (address{"127.0.0.1", 4321}));
}

TEST(advertised_address, is_never_a_wildcard) {
  for (const auto* host : {"::", "0.0.0.0", "*"}) {
    auto chosen = choose_advertised({host, 4321}, {}, {});
    ASSERT_TRUE(chosen);
    EXPECT_FALSE(is_wildcard(chosen->host));
    EXPECT_EQ(chosen->port, 4321);
  }
}

TEST(advertised_address, of_a_node_without_ipv6_is_ipv4) {
  auto chosen = choose_advertised({"0.0.0.0", 4321}, {}, {{"localhost", 4000}});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->host.find(':'), std::string::npos) << chosen->host;
}

TEST(advertised_address, that_a_remote_seed_cannot_reach_is_refused) {
  for (const auto* wish : {"127.0.0.1", "::1", "localhost"}) {
    auto chosen = choose_advertised(all_interfaces, address{wish, 0}, {local_seed, remote_seed});
    ASSERT_FALSE(chosen) << wish;
    EXPECT_EQ(chosen.failure().code, errc::invalid_argument);
    EXPECT_NE(chosen.failure().what.find("192.0.2.1:4000 is on another machine"), std::string::npos)
        << chosen.failure().what;
  }
  auto bound_to_loopback = choose_advertised({"127.0.0.1", 4321}, address{"10.0.0.9", 0}, {remote_seed});
  ASSERT_FALSE(bound_to_loopback);
  EXPECT_EQ(bound_to_loopback.failure().code, errc::invalid_argument);
}

TEST(advertised_address, that_is_every_interface_is_refused) {
  for (const auto* wish : {"*", "0.0.0.0", "::"}) {
    EXPECT_TRUE(is_every_interface(wish));
    for (const auto& seeds : {std::vector<address>{}, {local_seed}, {remote_seed}}) {
      auto chosen = choose_advertised(all_interfaces, address{wish, 4000}, seeds);
      ASSERT_FALSE(chosen) << wish;
      EXPECT_EQ(chosen.failure().code, errc::invalid_argument);
      EXPECT_NE(chosen.failure().what.find("others cannot connect to it"), std::string::npos);
    }
  }
  EXPECT_FALSE(is_every_interface("127.0.0.1"));
}

/// Members on other machines reach a seed at an interface of this machine, and would not reach the loopback.
TEST(advertised_address, is_no_loopback_where_the_seed_is_at_an_interface_of_this_machine) {
  for (const auto& own : interface_addresses()) {
    const address seed{own.host, 4000};
    auto bound_to_loopback = choose_advertised({"127.0.0.1", 4321}, {}, {local_seed, seed});
    auto advertised = choose_advertised(all_interfaces, address{"127.0.0.1", 0}, {local_seed, seed});
    ASSERT_EQ(static_cast<bool>(bound_to_loopback), is_loopback(own.host)) << own.host;
    ASSERT_EQ(static_cast<bool>(advertised), is_loopback(own.host)) << own.host;
    if (is_loopback(own.host))
      continue;
    EXPECT_EQ(choose_advertised(all_interfaces, {}, {local_seed, seed})->host, own.host);
    for (const auto* refused : {&bound_to_loopback, &advertised}) {
      EXPECT_EQ(refused->failure().code, errc::invalid_argument);
      EXPECT_NE(
          refused->failure().what.find(
              "the seed " + to_string(seed) + " is on this machine at an address that other machines use"
          ),
          std::string::npos
      ) << refused->failure().what;
    }
    EXPECT_NE(bound_to_loopback.failure().what.find("listen on *:4321"), std::string::npos);
  }
}

TEST(advertised_address, is_refused_with_the_reason_when_the_name_of_a_seed_does_not_resolve) {
  auto chosen = choose_advertised({"127.0.0.1", 4321}, {}, {{"no-such-host.invalid", 4000}}); // RFC 2606
  ASSERT_FALSE(chosen);
  EXPECT_NE(chosen.failure().what.find("no-such-host.invalid:4000 does not resolve"), std::string::npos)
      << chosen.failure().what;
  EXPECT_EQ(chosen.failure().what.find("is on another machine"), std::string::npos);
}

TEST(advertised_address, may_be_loopback_among_nodes_of_one_machine) {
  EXPECT_EQ(
      *choose_advertised(all_interfaces, address{"127.0.0.1", 0}, {local_seed}), (address{"127.0.0.1", 4321})
  );
  EXPECT_EQ(*choose_advertised(all_interfaces, address{"localhost", 0}, {}), (address{"localhost", 4321}));
}

} // namespace
} // namespace chorus
