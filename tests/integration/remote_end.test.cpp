#include "servants.hpp"

#include <caf/event_based_actor.hpp>

#include <csignal>
#include <memory>
#include <ostream>

/// What others are told when a process ends, or seems to.
namespace chorus::testing {
namespace {

struct way_to_end {
  std::string name;
  int signal = 0;
  std::string verdict;

  friend void PrintTo(const way_to_end& way, std::ostream* out) { *out << way.name; }
};

class end_of_process : public servants, public ::testing::WithParamInterface<way_to_end> {
protected:
  end_of_process() {
    start("ada");
    start("ben");
  }

  void end_ada() {
    at("ada").signal(GetParam().signal);
    ASSERT_TRUE(news().wait_for("down ada " + GetParam().verdict));
  }

  /// Whatever is still to come from the ended process has come when this returns.
  void let_everything_happen() {
    if (GetParam().signal == SIGSTOP) {
      at("ada").signal(SIGCONT);
      ASSERT_TRUE(news().wait_for("up ada", 2)) << "as another life";
      EXPECT_TRUE(eventually([this] { return bool{serves(servant("ada"))}; }));
    }
    start("cleo");
    EXPECT_TRUE(serves(servant("ben")));
  }
};

TEST_P(end_of_process, ends_requests_monitors_and_links_each_once_everywhere) {
  for (const auto* where : {"home", "ben"}) {
    auto witness = fresh(where);
    command(witness, report_atom::value, listener());
    command(witness, trap_atom::value);
    command(witness, monitor_atom::value, fresh("ada"));
    command(witness, link_atom::value, fresh("ada"));
    auto linking = fresh("ada");
    command(linking, link_atom::value, witness);
    // What has not left a process is lost with it.
    auto echo = caf::make_message(echo_atom::value, std::string{"after the link"});
    EXPECT_TRUE(ask<std::string>(linking, pass_atom::value, witness, echo));
    auto asked = fresh("ada");
    command(witness, ask_atom::value, asked);
    // A process that is told to end refuses what it has not received by then.
    auto behind = caf::make_message(echo_atom::value, std::string{"behind the request"});
    EXPECT_TRUE(ask<std::string>(witness, pass_atom::value, asked, behind));
  }
  end_ada();
  EXPECT_TRUE(heard().wait_for("failed node_down", 2));
  EXPECT_TRUE(heard().wait_for("down node_down", 2));
  EXPECT_TRUE(heard().wait_for("exit node_down", 4));
  let_everything_happen();
  EXPECT_EQ(heard().all().size(), 8u) << ::testing::PrintToString(heard().all());
}

TEST_P(end_of_process, is_told_after_everything_that_came_before_it) {
  auto reader = spawn([this](caf::event_based_actor* self) -> caf::behavior {
    auto next = std::make_shared<std::int64_t>(0);
    self->set_down_handler([this](const caf::down_msg&) { log().add("down"); });
    return {
        [=](monitor_atom, const caf::actor& whom) {
          self->monitor(whom);
          return true;
        },
        [=, this](number_atom, std::int64_t number, const std::string&) {
          if (number != (*next)++)
            log().add("expected " + std::to_string(*next - 1) + ", got " + std::to_string(number));
          if (log().all().size() > 1)
            log().add("a number after the end");
          if (number == 1'000)
            log().add("in full flow");
        },
    };
  });
  auto writer = fresh("ada");
  command(reader, monitor_atom::value, writer);
  caf::anon_send(writer, flood_atom::value, reader, std::int64_t{100'000}, std::uint64_t{100});
  ASSERT_TRUE(log().wait_for("in full flow"));
  end_ada();
  EXPECT_TRUE(log().wait_for("down"));
  let_everything_happen();
  EXPECT_EQ(log().all(), (std::vector<std::string>{"in full flow", "down"}));
}

TEST_P(end_of_process, is_the_end_of_its_handles) {
  auto old = servant("ada");
  end_ada();
  EXPECT_FALSE(home().find("servant/ada"));
  let_everything_happen();
  EXPECT_EQ(
      ask<std::string>(old, echo_atom::value, std::string{"hello"}).error(), caf::sec::request_receiver_down
  );
}

INSTANTIATE_TEST_SUITE_P(
    by,
    end_of_process,
    ::testing::Values(
        way_to_end{"sigkill", SIGKILL, "failed"},
        way_to_end{"sigterm", SIGTERM, "left"},
        way_to_end{"sigstop", SIGSTOP, "failed"}
    ),
    [](const auto& each) { return each.param.name; }
);

class restarted_process : public servants {};

TEST_F(restarted_process, serves_by_its_name_and_not_by_old_handles) {
  start("ada");
  auto old = servant("ada");
  kill("ada");
  ASSERT_TRUE(news().wait_for("down ada failed"));
  start("ada");
  EXPECT_TRUE(serves(servant("ada")));
  EXPECT_NE(servant("ada"), old);
  EXPECT_EQ(
      ask<std::string>(old, echo_atom::value, std::string{"hello"}).error(), caf::sec::request_receiver_down
  );
}

TEST_F(restarted_process, that_was_told_to_end_has_ended_well) {
  start("ada");
  auto witness = fresh("home");
  command(fresh("ada"), link_atom::value, witness);
  command(fresh("ada"), monitor_atom::value, fresh("ada"));
  at("ada").signal(SIGTERM);
  EXPECT_EQ(at("ada").wait(), 0);
}

} // namespace
} // namespace chorus::testing
