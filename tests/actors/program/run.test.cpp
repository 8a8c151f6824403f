#include <chorus/actors/program/run.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>

/// Programs that are nodes: what ends them, and what signals do before, meanwhile and afterwards.
namespace chorus {
namespace {

using handler = void (*)(int);

node open_node() {
  config settings;
  settings.log_level = "off";
  return node::open(settings).value();
}

handler handler_of(int signal) {
  struct sigaction chosen = {};
  ::sigaction(signal, nullptr, &chosen);
  return chosen.sa_handler;
}

/// What the program itself does on a signal.
std::atomic<int> seen_by_the_program = 0;

void count_signal(int) {
  ++seen_by_the_program;
}

bool has_stopped(node& node) {
  return node.members().update_metadata({}).code == errc::unavailable;
}

class run_of_a_node : public testing::TestWithParam<int> {};

TEST_P(run_of_a_node, ends_with_a_signal_which_then_does_what_it_did_before) {
  const auto signal = GetParam();
  auto node = open_node();
  std::signal(signal, SIG_DFL);
  EXPECT_EQ(run(node, [=] { std::raise(signal); }), 0);
  EXPECT_TRUE(has_stopped(node));
  EXPECT_EQ(handler_of(signal), SIG_DFL);
}

INSTANTIATE_TEST_SUITE_P(
    signals,
    run_of_a_node,
    testing::Values(SIGTERM, SIGINT, SIGHUP),
    [](const auto& tried) { return std::string{::sigabbrev_np(tried.param)}; }
);

TEST(run, takes_termination_signals_from_the_program_and_gives_them_back) {
  seen_by_the_program = 0;
  std::signal(SIGTERM, count_signal);
  auto node = open_node();
  EXPECT_EQ(run(node, [] { std::raise(SIGTERM); }), 0);
  EXPECT_EQ(seen_by_the_program, 0);
  std::raise(SIGTERM);
  EXPECT_EQ(seen_by_the_program, 1);
}

TEST(run, leaves_sighup_to_a_program_that_ignores_or_handles_it) {
  for (handler own : {handler{SIG_IGN}, handler{count_signal}}) {
    std::signal(SIGHUP, own);
    auto node = open_node();
    EXPECT_EQ(
        run(node,
            [&] {
              EXPECT_EQ(handler_of(SIGHUP), own);
              node.request_stop();
            }),
        0
    );
    EXPECT_EQ(handler_of(SIGHUP), own);
  }
}

TEST(run, ends_when_the_node_is_asked_to_stop_or_was_stopped) {
  auto asked = open_node();
  std::thread another;
  EXPECT_EQ(run(asked, [&] { another = std::thread{[&] { asked.request_stop(); }}; }), 0);
  another.join();
  EXPECT_TRUE(has_stopped(asked));

  auto stopped = open_node();
  stopped.stop();
  EXPECT_EQ(run(stopped), 0);
}

TEST(run, lets_the_node_go_although_signals_come_in_another_thread_meanwhile) {
  std::signal(SIGINT, count_signal);
  seen_by_the_program = 0;
  std::atomic<bool> is_over = false;
  std::thread nervous{[&] {
    while (!is_over)
      std::raise(SIGINT); // in this thread
  }};
  for (int i = 0; i < 10; ++i) {
    auto node = open_node();
    EXPECT_EQ(run(node), 0); // ended by one of the signals
  }
  is_over = true;
  nervous.join();
  EXPECT_GT(seen_by_the_program, 0);
}

} // namespace
} // namespace chorus
