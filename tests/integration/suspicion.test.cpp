#include "../actors/cluster.hpp"
#include "../transport/tcp_proxy.hpp"
#include "programs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

/// Nodes that do not hear each other, and what they tell of that.
namespace chorus {
namespace {

using namespace std::chrono_literals;
using membership::suspicion_report;

class silent_node : public ::testing::Test {
protected:
  /// Ada and ben reach each other only through wires that can be treated badly.
  void start(duration failure_timeout) {
    add("ada", to_ada_, failure_timeout);
    add("ben", to_ben_, failure_timeout);
    ben_ = nodes_.at(1).self().who;
  }

  void add(const std::string& name, testing::tcp_proxy& wire, duration failure_timeout) {
    nodes_.add(name, [&](config& settings) {
      settings.failure_timeout = failure_timeout;
      settings.listen = testing::free_address();
      settings.advertise = wire.listening_on();
      wire.lead_to(settings.listen);
    });
  }

  void stall() {
    to_ada_.stall();
    to_ben_.stall();
  }

  void heal() {
    to_ada_.heal();
    to_ben_.heal();
  }

  node& ada() { return nodes_.at(0); }
  event_log& seen_by_ada() { return nodes_.events(0); }

  /// Before them, on a slow machine, ben may have been suspected and trusted again.
  std::vector<std::string> last_two() {
    auto all = seen_by_ada().all();
    return {all.end() - std::min<std::ptrdiff_t>(2, std::ssize(all)), all.end()};
  }

  testing::tcp_proxy to_ada_;
  testing::tcp_proxy to_ben_;
  cluster nodes_;
  peer ben_;
};

TEST_F(silent_node, is_suspected_and_trusted_again_when_it_answers) {
  start(12s);
  auto before = seen_by_ada().all();
  stall();
  const auto next = static_cast<std::size_t>(std::ranges::count(before, "suspected ben")) + 1;
  ASSERT_TRUE(seen_by_ada().wait_for("suspected ben", next));
  auto report = ada().members().why_suspected(ben_.node);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject, ben_);
  ASSERT_FALSE(report->accusations.empty());
  EXPECT_EQ(report->accusations.front().accuser, ada().self().who);
  EXPECT_EQ(report->accusations.front().what, membership::evidence::silence);
  EXPECT_EQ(report->result, suspicion_report::outcome::ongoing);
  EXPECT_EQ(ada().members().list().size(), 1u) << "a suspect is a member";
  heal();
  ASSERT_TRUE(seen_by_ada().wait_for("trusted ben", next));
  EXPECT_EQ(ada().members().why_suspected(ben_.node)->result, suspicion_report::outcome::refuted);
  EXPECT_EQ(last_two(), (std::vector<std::string>{"suspected ben", "trusted ben"}));
}

TEST_F(silent_node, fails_after_it_was_suspected_and_the_report_is_kept) {
  start(4s);
  stall();
  ASSERT_TRUE(seen_by_ada().wait_for("gone ben failed"));
  EXPECT_EQ(last_two(), (std::vector<std::string>{"down ben failed", "gone ben failed"}));
  EXPECT_EQ(ada().members().why_suspected(ben_.node)->result, suspicion_report::outcome::failed);
  heal();
  EXPECT_TRUE(seen_by_ada().wait_for("back ben"));
}

} // namespace
} // namespace chorus
