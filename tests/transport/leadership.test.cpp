#include "../../runtime/transport/leadership.hpp"

#include "test_node.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

namespace chorus {
namespace {

using testing::patience;

/// A deputy in a thread of its own. Should it come to lead, it says so, and does what a leader is to do.
class leadership_of_two : public ::testing::Test {
protected:
  explicit leadership_of_two(duration its_patience = leadership::usual_patience) : lead(its_patience) {
    lead.begin();
  }

  ~leadership_of_two() override {
    if (deputy.joinable())
      end();
  }

  void await_deputy() {
    while (!lead.may_lend())
      std::this_thread::yield();
  }

  /// Ends the loop and the deputy with it.
  void end() {
    lead.end();
    deputy.join();
  }

  leadership lead;
  std::promise<void> took_over;
  std::function<void()> when_it_leads = [] {}; ///< to be changed before anything is lent
  bool was_told_to_lead = false;               ///< to be read after the end
  std::thread deputy{[this] {
    was_told_to_lead = lead.await_lead();
    if (was_told_to_lead) {
      took_over.set_value();
      when_it_leads();
    }
  }};
};

/// The deputy does not take the lead while a test lasts.
struct leadership_with_patience : leadership_of_two {
  leadership_with_patience() : leadership_of_two(std::chrono::hours{1}) {}
};

TEST_F(leadership_with_patience, stays_where_it_is_when_work_is_short) {
  await_deputy();
  auto done = false;
  EXPECT_TRUE(lead.lend([&] { done = true; }));
  EXPECT_TRUE(done);
  EXPECT_TRUE(lead.may_lend());
  end();
  EXPECT_FALSE(was_told_to_lead);
}

TEST_F(leadership_of_two, passes_to_the_deputy_when_work_is_long) {
  await_deputy();
  auto news = took_over.get_future();
  EXPECT_FALSE(lead.lend([&] { EXPECT_EQ(news.wait_for(patience), std::future_status::ready); }));
  EXPECT_FALSE(lead.may_lend()) << "nobody is free until who came back from the work is the deputy";
  end();
  EXPECT_TRUE(was_told_to_lead);
}

TEST_F(leadership_of_two, comes_back_when_the_other_is_held_up_in_turn) {
  await_deputy();
  std::promise<void> came_back;
  when_it_leads = [&] {
    await_deputy();
    EXPECT_FALSE(lead.lend([&] {
      EXPECT_EQ(came_back.get_future().wait_for(patience), std::future_status::ready);
    }));
  };
  auto news = took_over.get_future();
  ASSERT_FALSE(lead.lend([&] { EXPECT_EQ(news.wait_for(patience), std::future_status::ready); }));
  EXPECT_TRUE(lead.await_lead());
  came_back.set_value();
  end();
  EXPECT_TRUE(was_told_to_lead);
}

TEST_F(leadership_of_two, ends_for_the_deputy_with_the_loop) {
  await_deputy();
  end();
  EXPECT_FALSE(was_told_to_lead);
  EXPECT_FALSE(lead.may_lend()) << "there is no deputy any more";
}

TEST_F(leadership_of_two, is_awaited_to_its_end_by_any_other_thread) {
  std::promise<void> waits;
  std::atomic<bool> has_ended{false};
  auto other = std::async(std::launch::async, [&] {
    waits.set_value();
    lead.await_end();
    EXPECT_TRUE(has_ended);
    lead.await_end(); // and once more, when it is long over
  });
  waits.get_future().wait();
  has_ended = true;
  lead.end();
  EXPECT_EQ(other.wait_for(patience), std::future_status::ready);
}

TEST_F(leadership_of_two, is_awaited_to_its_end_by_a_leader_that_has_lent_itself) {
  await_deputy();
  auto has_ended = false;
  when_it_leads = [&] {
    has_ended = true;
    lead.end();
  };
  ASSERT_FALSE(lead.lend([&] {
    lead.await_end();
    EXPECT_TRUE(has_ended) << "by the deputy, which has taken the lead meanwhile";
  }));
  EXPECT_FALSE(lead.await_lead()) << "there is nothing to lead any more";
  end();
  EXPECT_TRUE(was_told_to_lead);
}

TEST(leadership_of_one, cannot_be_awaited_to_its_end_by_who_leads) {
  leadership lead;
  lead.begin();
  EXPECT_DEATH(lead.await_end(), "cannot wait for its own end");
}

} // namespace
} // namespace chorus
