#include "../../runtime/transport/leadership.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace chorus {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

/// A deputy in a thread of its own, which says when it leads and then waits to be told to go on.
class leadership_of_two : public testing::Test {
protected:
  leadership_of_two() { lead.begin(); }

  ~leadership_of_two() override {
    lead.end();
    deputy.join();
  }

  void await_deputy() {
    while (!lead.may_lend())
      std::this_thread::yield();
  }

  leadership lead;
  std::promise<void> took_over;
  std::promise<void> may_go_on;
  bool was_told_to_lead = false;
  std::thread deputy{[this] {
    was_told_to_lead = lead.await_lead();
    if (was_told_to_lead) {
      took_over.set_value();
      may_go_on.get_future().wait();
    }
  }};
};

TEST_F(leadership_of_two, stays_where_it_is_when_work_is_short) {
  await_deputy();
  auto done = false;
  EXPECT_TRUE(lead.lend([&] { done = true; }));
  EXPECT_TRUE(done);
  EXPECT_TRUE(lead.may_lend());
  may_go_on.set_value();
}

TEST_F(leadership_of_two, passes_to_the_deputy_when_work_is_long) {
  await_deputy();
  auto news = took_over.get_future();
  EXPECT_FALSE(lead.lend([&] { EXPECT_EQ(news.wait_for(patience), std::future_status::ready); }));
  EXPECT_FALSE(lead.may_lend()) << "nobody is free until who came back from the work is the deputy";
  may_go_on.set_value();
}

TEST_F(leadership_of_two, comes_back_when_the_other_is_held_up_in_turn) {
  await_deputy();
  auto news = took_over.get_future();
  ASSERT_FALSE(lead.lend([&] { news.wait(); }));
  std::promise<void> came_back;
  std::thread other{[&] { // leads now
    await_deputy();
    EXPECT_FALSE(lead.lend([&] {
      EXPECT_EQ(came_back.get_future().wait_for(patience), std::future_status::ready);
    }));
  }};
  EXPECT_TRUE(lead.await_lead());
  came_back.set_value();
  other.join();
  may_go_on.set_value();
}

TEST_F(leadership_of_two, ends_for_the_deputy_with_the_loop) {
  await_deputy();
  lead.end();
  may_go_on.set_value();
}

} // namespace
} // namespace chorus
