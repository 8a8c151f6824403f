#include "hosts.hpp"

#include <chorus/simulation/world.hpp>

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

struct silent final : simulation::process {
  void receive(const peer&, const shared_bytes&, const shared_bytes&) override {}
};

/// Two machines; the process of the second one listens.
class hosts_of_two : public ::testing::Test {
protected:
  hosts_of_two() {
    for (auto count = 2; count > 0; --count)
      around_.add_node(simulation::node_name(around_.size()), [](simulation::node&) {
        return std::make_unique<silent>();
      });
    hosts_.listen(1, where_);
  }

  const address where_{"b", 4000};
  simulation::world around_{1};
  hosts hosts_{around_.network()};
};

TEST_F(hosts_of_two, open_a_connection_to_a_process_that_listens) {
  EXPECT_EQ(hosts_.connect(0, where_), connect_result::open);
  EXPECT_EQ(hosts_.listener_at(where_), 1u);
}

TEST_F(hosts_of_two, refuse_a_connection_when_only_the_process_has_ended) {
  hosts_.end(1, false);
  EXPECT_EQ(hosts_.connect(0, where_), connect_result::refused);
  EXPECT_FALSE(hosts_.listener_at(where_));
  EXPECT_EQ(hosts_.machine_of(where_), 1u);
}

TEST_F(hosts_of_two, do_not_answer_when_the_host_has_ended_as_well) {
  hosts_.end(1, true);
  EXPECT_EQ(hosts_.connect(0, where_), connect_result::no_answer);
  hosts_.listen(1, {"b", 4001});
  EXPECT_EQ(hosts_.connect(0, where_), connect_result::refused);
}

TEST_F(hosts_of_two, do_not_answer_when_packets_pass_in_one_direction_only) {
  for (auto way : {simulation::network::direction{0, 1}, {1, 0}}) {
    auto cut = around_.network().close({way});
    EXPECT_EQ(hosts_.connect(0, where_), connect_result::no_answer);
    around_.network().heal(cut);
  }
}

TEST_F(hosts_of_two, know_nobody_at_an_address_that_nobody_had) {
  EXPECT_EQ(hosts_.connect(0, {"c", 4000}), connect_result::no_answer);
  EXPECT_FALSE(hosts_.machine_of({"c", 4000}));
}

TEST_F(hosts_of_two, let_an_address_pass_from_one_machine_to_another) {
  hosts_.end(1, true);
  hosts_.listen(0, where_);
  EXPECT_EQ(hosts_.listener_at(where_), 0u);
  EXPECT_EQ(hosts_.connect(1, where_), connect_result::open);
}

TEST_F(hosts_of_two, refuse_their_own_connections_behind_a_firewall_that_rejects) {
  hosts_.listen(0, {"a", 4000});
  hosts_.reject(0, 1);
  EXPECT_EQ(hosts_.connect(0, where_), connect_result::refused);
  EXPECT_EQ(hosts_.connect(1, {"a", 4000}), connect_result::open);
  hosts_.allow(0, 1);
  EXPECT_EQ(hosts_.connect(0, where_), connect_result::open);
}

} // namespace
} // namespace chorus::testing
