#include "../actors/cluster.hpp"
#include "../transport/tcp_proxy.hpp"
#include "programs.hpp"

#include <chorus/actors/error.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace chorus {
namespace {

using namespace std::chrono_literals;

using who_atom = caf::atom_constant<caf::atom("who")>;
using number_atom = caf::atom_constant<caf::atom("number")>;

/// Two nodes that reach each other only through wires which can be cut.
class divided_cluster : public ::testing::Test {
protected:
  void start(duration failure_timeout) {
    add("ada", to_ada_, failure_timeout);
    add("ben", to_ben_, failure_timeout);
  }

  void add(const std::string& name, chorus::testing::tcp_proxy& wire, duration failure_timeout) {
    nodes_.add(name, [&](config& settings) {
      settings.listen = testing::free_address();
      settings.advertise = wire.listening_on();
      settings.failure_timeout = failure_timeout;

      wire.lead_to(settings.listen);
    });
  }

  node& ada() { return nodes_.at(0); }
  node& ben() { return nodes_.at(1); }

  void cut() {
    to_ada_.cut();
    to_ben_.cut();
  }

  void divide() {
    to_ada_.refuse();
    to_ben_.refuse();
  }

  void heal() {
    to_ada_.heal();
    to_ben_.heal();
  }

  /// Announces an actor that answers with `text`.
  caf::actor announce(node& where, const std::string& name, const std::string& text) {
    auto actor = where.system().spawn([text](caf::event_based_actor*) -> caf::behavior {
      return {[text](who_atom) { return text; }};
    });
    EXPECT_FALSE(where.announce(name, actor));
    return actor;
  }

  /// What the actor answers; "ended" if the request is told of its end or that of its node.
  std::string ask(node& where, const caf::actor& whom) {
    if (!whom)
      return "nobody";
    std::string outcome;
    caf::scoped_actor self{where.system()};
    self->request(whom, patience, who_atom::value)
        .receive(
            [&](const std::string& answer) { outcome = answer; },
            [&](const caf::error& reason) {
              auto is_over = reason == errc::node_down || reason == caf::sec::request_receiver_down;
              outcome = is_over ? "ended" : where.system().render(reason);
            }
        );
    return outcome;
  }

  caf::actor find(node& where, const std::string& name) {
    auto found = where.find(name, patience);
    EXPECT_TRUE(found) << to_string(found.failure());
    return found ? *found : caf::actor{};
  }

  /// Who came and went for this node. A cut may take a probe with it, and the suspicion is refuted then.
  std::vector<std::string> comings_and_goings(std::size_t node) {
    auto events = nodes_.events(node).all();
    std::erase_if(events, [](const std::string& event) {
      return event.starts_with("suspected ") || event.starts_with("trusted ");
    });
    return events;
  }

  chorus::testing::tcp_proxy to_ada_;
  chorus::testing::tcp_proxy to_ben_;
  cluster nodes_;
};

TEST_F(divided_cluster, loses_nothing_and_nobody_by_links_that_break_and_come_back_before_the_verdict) {
  constexpr std::int64_t rounds = 10;
  constexpr std::int64_t in_a_round = 2'000;
  start(10s);
  event_log log;
  auto sink = ada().system().spawn([&log](caf::event_based_actor*) -> caf::behavior {
    auto expected = std::make_shared<std::int64_t>(0);
    return {[&log, expected](number_atom, std::int64_t number) {
      if (number != (*expected)++)
        log.add("expected " + std::to_string(*expected - 1) + ", got " + std::to_string(number));
      if (number % in_a_round == in_a_round / 2)
        log.add("middle of " + std::to_string(number / in_a_round));
      if (number + 1 == rounds * in_a_round)
        log.add("done");
    }};
  });
  ASSERT_FALSE(ada().announce("sink", sink));
  auto target = find(ben(), "sink");
  auto sender = ben().system().spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](number_atom, std::int64_t round) {
      for (auto number = round * in_a_round; number < (round + 1) * in_a_round; ++number)
        self->send(target, number_atom::value, number);
    }};
  });
  for (std::int64_t round = 0; round < rounds; ++round) {
    caf::anon_send(sender, number_atom::value, round);
    ASSERT_TRUE(log.wait_for("middle of " + std::to_string(round)));
    cut();
  }
  EXPECT_TRUE(log.wait_for("done"));
  EXPECT_EQ(log.all().size(), static_cast<std::size_t>(rounds + 1)) << ::testing::PrintToString(log.all());
  EXPECT_EQ(comings_and_goings(0), std::vector<std::string>{"up ben"});
  EXPECT_EQ(comings_and_goings(1), std::vector<std::string>{"up ada"});
}

TEST_F(divided_cluster, counts_the_later_of_two_announcements_until_its_node_leaves) {
  start(10s);
  auto at_ada = announce(ada(), "leader", "ada");
  ASSERT_EQ(ask(ben(), find(ben(), "leader")), "ada");
  {
    auto at_ben = announce(ben(), "leader", "ben");
    auto marker = announce(ben(), "after/leader", "ben");
    EXPECT_EQ(ask(ada(), find(ada(), "after/leader")), "ben");
    EXPECT_EQ(ask(ada(), ada().find("leader")), "ben");
    EXPECT_EQ(ask(ben(), ben().find("leader")), "ben");
  }
  nodes_.remove(1);
  ASSERT_TRUE(nodes_.events(0).wait_for("down ben left"));
  EXPECT_EQ(ask(ada(), ada().find("leader")), "ada");
}

TEST_F(divided_cluster, finds_one_winner_for_a_name_that_both_sides_announced) {
  start(4s);
  auto early = announce(ada(), "early", "ada");
  ASSERT_EQ(ask(ben(), find(ben(), "early")), "ada");
  divide();
  ASSERT_TRUE(nodes_.events(0).wait_for("down ben failed"));
  ASSERT_TRUE(nodes_.events(1).wait_for("down ada failed"));
  EXPECT_FALSE(ben().find("early"));
  auto at_ada = announce(ada(), "leader", "ada");
  auto at_ben = announce(ben(), "leader", "ben");
  EXPECT_EQ(ask(ada(), ada().find("leader")), "ada");
  EXPECT_EQ(ask(ben(), ben().find("leader")), "ben");

  heal();
  ASSERT_TRUE(nodes_.events(0).wait_for("up ben", 2));
  ASSERT_TRUE(nodes_.events(1).wait_for("up ada", 2));
  // A later announcement arrives after the earlier ones.
  auto healed_at_ada = announce(ada(), "healed/ada", "ada");
  auto healed_at_ben = announce(ben(), "healed/ben", "ben");
  EXPECT_EQ(ask(ada(), find(ada(), "healed/ben")), "ben");
  EXPECT_EQ(ask(ben(), find(ben(), "healed/ada")), "ada");
  auto winner = ask(ada(), ada().find("leader"));
  EXPECT_TRUE(winner == "ada" || winner == "ben") << winner;
  EXPECT_EQ(ask(ben(), ben().find("leader")), winner);
  EXPECT_EQ(ask(ben(), ben().find("early")), "ada") << "an announcement outlives the partition";
}

TEST_F(divided_cluster, never_revives_handles_of_a_relation_that_has_ended) {
  start(4s);
  auto at_ada = announce(ada(), "at/ada", "ada");
  auto at_ben = announce(ben(), "at/ben", "ben");
  auto old_ada = find(ben(), "at/ada");
  auto old_ben = find(ada(), "at/ben");
  ASSERT_EQ(ask(ben(), old_ada), "ada");
  ASSERT_EQ(ask(ada(), old_ben), "ben");
  auto lives = std::pair{ada().self().who.incarnation, ben().self().who.incarnation};

  divide();
  ASSERT_TRUE(nodes_.events(0).wait_for("down ben failed"));
  ASSERT_TRUE(nodes_.events(1).wait_for("down ada failed"));
  EXPECT_EQ(ask(ben(), old_ada), "ended");
  EXPECT_EQ(ask(ada(), old_ben), "ended");

  heal();
  ASSERT_TRUE(nodes_.events(0).wait_for("up ben", 2));
  ASSERT_TRUE(nodes_.events(1).wait_for("up ada", 2));
  EXPECT_EQ(ask(ben(), find(ben(), "at/ada")), "ada");
  EXPECT_EQ(ask(ada(), find(ada(), "at/ben")), "ben");
  EXPECT_EQ(ask(ben(), old_ada), "ended");
  EXPECT_EQ(ask(ada(), old_ben), "ended");
  EXPECT_EQ(ada().self().who.incarnation, lives.first);
  EXPECT_EQ(ben().self().who.incarnation, lives.second) << "both go on in the same life";
}

} // namespace
} // namespace chorus
