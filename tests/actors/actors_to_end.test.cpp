#include "../../actors/caf17/lasting_system.hpp"
#include "../../actors/ending.hpp"
#include "end_of_a_node.hpp"

#include <caf/blocking_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

/// Without a node: nothing but the test's actors is to end.
namespace chorus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class actors_to_end : public testing::Test {
protected:
  actors_to_end() { home_->set_node({{1, 1}, {1}}); }

  caf::actor_system& system() { return home_->system(); }

  bool end(duration quit_within, duration killed_within) {
    return end_actors(home_->actors(), quit_within, killed_within, log_);
  }

  void expect_to_be_reclaimed() {
    home_->stop();
    home_ = nullptr;
    EXPECT_TRUE(everything_is_reclaimed());
  }

  std::ostringstream text_;

private:
  spdlog::logger log_{"test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)};
  std::shared_ptr<caf17::lasting_system> home_ = caf17::lasting_system::make("sharing", 1);
};

TEST_F(actors_to_end, are_waited_for_when_they_are_killed) {
  system().spawn(worker);
  auto held = system().spawn(stubborn);
  EXPECT_TRUE(end({}, patience));
  EXPECT_EQ(text_.str(), "");
  held = nullptr;
  expect_to_be_reclaimed();
}

TEST_F(actors_to_end, are_named_if_they_do_not) {
  std::vector<caf::actor> deaf;
  for (auto expected : {"1 actor has not ended 0.1 s", "2 actors have not ended 0.1 s"}) {
    deaf.push_back(system().spawn([](caf::blocking_actor* self) { self->receive([](end_atom) {}); }));
    EXPECT_FALSE(end(100ms, {}));
    EXPECT_THAT(text_.str(), HasSubstr(expected));
    EXPECT_THAT(text_.str(), HasSubstr("actor " + std::to_string(deaf.back().id()) + " (blocking)"));
  }
  for (auto& actor : deaf)
    caf::anon_send(actor, end_atom::value);
  deaf.clear();
  expect_to_be_reclaimed();
}

} // namespace
} // namespace chorus
