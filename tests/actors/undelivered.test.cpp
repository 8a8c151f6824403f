#include "../../actors/caf17/node_name.hpp"
#include "../../actors/remoting/flow_control.hpp"
#include "../../actors/remoting/remoting.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/fate.hpp>
#include <chorus/actors/flow.hpp>

#include <caf/actor_cast.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/attach_stream_source.hpp>
#include <caf/downstream.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

struct undeclared {
  int content = 0;
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(undeclared)

namespace chorus {
namespace {

using namespace std::chrono_literals;

constexpr peer ada{{1, 1}, {1}};
constexpr peer bob{{2, 2}, {1}};
constexpr std::uint64_t some_actor = 77;
constexpr std::size_t limit = 10'000;
constexpr std::size_t largest = 2'000;

/// Messages from actors of ada to one of bob, over a link that the test alone moves on.
class undelivered_messages : public testing::Test {
protected:
  undelivered_messages() {
    caf17::set_node(system_, ada);
    flow_ = std::make_shared<flow_control>([this](time_point when) { wake_at_ = when; });
    remoting_ = std::make_shared<remoting>(
        system_,
        ada,
        flow_,
        remoting::hooks{
            [this](auto&) { ++troubles_; },
            [](auto task) { task(); },
            [](auto) {},
            [](auto) { return false; }}
    );
    remoting_->add_link(bob, {link_, link_});
    remote_ = import(bob);
    self_.emplace(system_);
  }

  ~undelivered_messages() override {
    remoting_->lose(bob, {errc::node_down, "the end of the test"});
    remoting_->stop();
    flow_->stop();
  }

  caf::actor import(const peer& home) {
    return caf::actor_cast<caf::actor>(remoting_->receive_handle({home, some_actor}, remoting::nobody));
  }

  /// Sends until the link takes no more.
  void fill() {
    auto before = troubles_.load();
    while (troubles_ == before)
      (*self_)->send(remote_, std::string(100, 'x'));
  }

  /// What this actor was told since the last call: nothing but notices of this kind.
  template <class Notice>
  std::vector<Notice> told(caf::scoped_actor& listener) {
    flow_->tick();
    std::vector<Notice> all;
    listener->receive_while([&] { return listener->has_next_message(); }
    )([&](const Notice& notice) { all.push_back(notice); });
    return all;
  }

  std::vector<undelivered> notices() { return told<undelivered>(*self_); }
  std::vector<dead_letter> dead_letters(caf::scoped_actor& subscriber) {
    return told<dead_letter>(subscriber);
  }

  /// The link ends: it has sent everything, and nothing is acknowledged.
  void end_link() {
    auto taken = link_->take();
    link_->close();
    for (auto& message : taken.messages)
      remoting_->leave_open(bob, {message.pair, message.payload, message.channel});
  }

  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  std::shared_ptr<outbox> link_ = std::make_shared<outbox>(
      limit, 1'000, [] {}, largest
  );
  std::optional<time_point> wake_at_;
  std::atomic<std::size_t> troubles_ = 0;
  std::shared_ptr<flow_control> flow_;
  std::shared_ptr<remoting> remoting_;
  caf::actor remote_;
  std::optional<caf::scoped_actor> self_;
};

TEST_F(undelivered_messages, are_told_to_their_sender_together) {
  auto begin = std::chrono::steady_clock::now();
  fill();
  for (int i = 0; i < 9; ++i)
    (*self_)->send(remote_, std::string(100, 'x'));
  ASSERT_TRUE(wake_at_);
  auto told = notices();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].count, 10u);
  EXPECT_EQ(told[0].receiver, remote_);
  EXPECT_EQ(told[0].reason.code, errc::overloaded);
  EXPECT_GE(told[0].first, begin);
  EXPECT_LE(
      told[0].first.time_since_epoch() + lost_messages::tell_within, wake_at_->time_since_epoch() + 0ns
  );
  EXPECT_TRUE(notices().empty());
}

TEST_F(undelivered_messages, are_told_when_the_link_has_room_again) {
  fill();
  EXPECT_FALSE((*self_)->has_next_message());
  link_->release(limit / 2 + 500);
  EXPECT_TRUE((*self_)->has_next_message());
  EXPECT_EQ(notices().size(), 1u);
}

TEST_F(undelivered_messages, are_told_with_their_reason) {
  (*self_)->send(remote_, std::string(largest + 1, 'x'));
  (*self_)->send(remote_, undeclared{1});
  link_->close();
  (*self_)->send(remote_, std::string{"too late"});
  auto told = notices();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].reason.code, errc::too_large);
  EXPECT_EQ(told[1].reason.code, errc::unknown_type);
  EXPECT_EQ(told[2].reason.code, errc::node_down);
}

TEST_F(undelivered_messages, to_a_node_that_is_not_met_in_time_are_told_too) {
  auto stranger = import({{9, 9}, {1}});
  (*self_)->send(stranger, std::string{"hello"});
  time_point start{};
  remoting_->sweep(start);
  EXPECT_TRUE(notices().empty());
  remoting_->sweep(start + remoting::met_within);
  auto told = notices();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].receiver, stranger);
  EXPECT_EQ(told[0].reason.code, errc::node_down);
}

TEST_F(undelivered_messages, that_the_ended_link_gives_back_are_told) {
  (*self_)->send(remote_, std::string{"never sent"});
  link_->close();
  for (auto& message : link_->take_leftovers())
    remoting_->bounce(bob, {message.pair, message.payload, link::refused::why::closed, message.channel});
  auto told = notices();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].receiver, remote_);
  EXPECT_EQ(told[0].count, 1u);
  EXPECT_EQ(told[0].reason.code, errc::node_down);
}

TEST_F(undelivered_messages, of_which_the_link_knows_no_outcome_are_told_as_unconfirmed) {
  for (int i = 0; i < 3; ++i)
    (*self_)->send(remote_, std::string{"sent"});
  end_link();
  auto open = told<unconfirmed>(*self_);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].receiver, remote_);
  EXPECT_EQ(open[0].count, 3u);
  EXPECT_EQ(open[0].reason.code, errc::outcome_unknown);
  EXPECT_EQ(remoting_->take_losses(bob).outcome_unknown, 3u);
}

TEST_F(undelivered_messages, of_which_nobody_knows_the_outcome_and_that_have_no_sender_are_dead_letters) {
  caf::scoped_actor listener{system_};
  flow_->subscribe_dead_letters(listener);
  caf::anon_send(remote_, std::string{"sent"});
  end_link();
  auto letters = dead_letters(listener);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].count, 1u);
  EXPECT_EQ(letters[0].reason.code, errc::outcome_unknown);
}

TEST_F(undelivered_messages, that_ask_for_an_answer_are_answered_when_the_link_leaves_them_open) {
  auto asked = (*self_)->request(remote_, 60s, std::string{"a question"});
  end_link();
  EXPECT_TRUE(told<unconfirmed>(*self_).empty());
  remoting_->lose(bob, {errc::node_down, "gone"});
  std::optional<caf::error> answer;
  asked.receive([](int) {}, [&](caf::error& reason) { answer = std::move(reason); });
  EXPECT_TRUE(answer);
}

TEST_F(undelivered_messages, to_a_composed_actor_whose_second_part_is_remote_are_told) {
  auto local = system_.spawn([]() -> caf::behavior { return {[](int value) { return value; }}; });
  auto composed = local * remote_;
  (*self_)->send(composed, std::string{"hello"});
  auto told = notices();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].reason.code, errc::invalid_argument);
  std::optional<caf::error> answer;
  (*self_)
      ->request(composed, 60s, std::string{"hello"})
      .receive([](int) {}, [&](caf::error& reason) { answer = std::move(reason); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, errc::invalid_argument);
  caf::anon_send_exit(local, caf::exit_reason::kill);
}

/// What `fate.hpp` names as a limit: the remote actor gets the local one's result as the same request.
TEST_F(undelivered_messages, to_a_composed_actor_whose_last_part_is_remote_have_the_fate_of_that_part) {
  std::atomic<int> executed = 0;
  auto local = system_.spawn([&]() -> caf::behavior {
    return {[&](int value) {
      ++executed;
      return std::string(100, 'x') + std::to_string(value);
    }};
  });
  fill();
  notices();
  std::optional<caf::error> answer;
  (*self_)
      ->request(remote_ * local, 60s, 1)
      .receive([](int) {}, [&](caf::error& reason) { answer = std::move(reason); });
  EXPECT_EQ(executed, 1);
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, errc::overloaded);
  EXPECT_EQ(fate(*answer), request_fate::not_executed);
  caf::anon_send_exit(local, caf::exit_reason::kill);
}

/// CAF's streams have error handling of their own: what stands for an answer is a message to the source.
TEST_F(undelivered_messages, that_open_a_stream_let_its_source_fail) {
  auto ended = std::make_shared<std::promise<caf::error>>();
  auto outcome = ended->get_future();
  auto source = system_.spawn([this, ended](caf::event_based_actor* self) -> caf::behavior {
    caf::attach_stream_source(
        self,
        remote_,
        [](int&) {},
        [](int& next, caf::downstream<int>& out, std::size_t count) {
          while (count-- > 0)
            out.push(next++);
        },
        [](const int&) { return false; },
        [ended](int&, const caf::error& reason) { ended->set_value(reason); }
    );
    return {[](const undelivered& what) { EXPECT_EQ(what.reason.code, errc::invalid_argument); }};
  });
  ASSERT_EQ(outcome.wait_for(60s), std::future_status::ready);
  EXPECT_TRUE(outcome.get());
  EXPECT_EQ(troubles_, 1u) << "and what the source then says to the sink is no loss";
  caf::anon_send_exit(source, caf::exit_reason::kill);
}

TEST_F(undelivered_messages, to_an_actor_that_has_ended_are_dropped_silently) {
  remoting_->lose(bob, {errc::node_down, "gone"});
  (*self_)->send(remote_, std::string{"hello"});
  EXPECT_TRUE(notices().empty());
  EXPECT_EQ(troubles_, 0u);
}

TEST_F(undelivered_messages, that_ask_for_an_answer_get_it_and_no_notice) {
  fill();
  EXPECT_EQ(notices().size(), 1u);
  std::optional<caf::error> answer;
  (*self_)
      ->request(remote_, 60s, std::string(100, 'x'))
      .receive([](int) {}, [&](caf::error& reason) { answer = std::move(reason); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, errc::overloaded);
  EXPECT_TRUE(notices().empty());
}

TEST_F(undelivered_messages, of_nobody_are_dead_letters_of_the_node) {
  caf::scoped_actor listener{system_};
  flow_->subscribe_dead_letters(listener);
  fill();
  caf::anon_send(remote_, std::string(100, 'x'));
  caf::anon_send(remote_, std::string(100, 'x'));
  auto letters = dead_letters(listener);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].count, 2u);
  EXPECT_EQ(letters[0].receiver, remote_);
  EXPECT_EQ(letters[0].reason.code, errc::overloaded);
  EXPECT_EQ(notices().size(), 1u) << "the sender's own";
}

TEST_F(undelivered_messages, of_a_sender_that_has_ended_are_dead_letters) {
  caf::scoped_actor listener{system_};
  flow_->subscribe_dead_letters(listener);
  fill();
  self_.reset();
  auto letters = dead_letters(listener);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].count, 1u);
}

TEST_F(undelivered_messages, on_behalf_of_an_actor_of_another_node_are_dead_letters) {
  caf::scoped_actor listener{system_};
  flow_->subscribe_dead_letters(listener);
  fill();
  remote_->enqueue(
      remoting_->receive_handle({bob, some_actor + 1}, remoting::nobody),
      caf::make_message_id(),
      caf::make_message(std::string(100, 'x')),
      nullptr
  );
  auto letters = dead_letters(listener);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].count, 1u);
}

TEST_F(undelivered_messages, are_told_at_the_latest_when_the_node_stops) {
  fill();
  flow_->stop();
  EXPECT_TRUE((*self_)->has_next_message());
  EXPECT_EQ(notices().size(), 1u);
}

} // namespace
} // namespace chorus
