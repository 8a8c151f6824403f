#include "connected.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

// Each channel of a link has credit, send buffer, passage and reassembly of its own.

namespace chorus::link {
namespace {

using testing::bytes_of;
using testing::connected;
using testing::costs_100;
using testing::small_window;
using testing::two_ends;
constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;

/// Channels of these names, each with a small window.
config with_channels(const std::vector<std::string>& names) {
  auto settings = small_window();
  auto channel = settings.channels.front();
  settings.channels.clear();
  for (const auto& name : names) {
    channel.name = name;
    settings.channels.push_back(channel);
  }
  return settings;
}

config two_channels() {
  return with_channels({"one/1", "two/1"});
}

void send_many(
    two_ends& ends, int count, channel_number channel, const std::string& text, pair who = {1, 2}
) {
  for (; count > 0; --count)
    ends.send(a, who, text, urgency::ordinary, channel);
}

/// What B has been handed over on that channel of its own.
std::vector<std::string> texts_on(two_ends& ends, channel_number channel) {
  std::vector<std::string> all;
  for (const auto& message : ends[b].delivered)
    if (message.channel == channel)
      all.push_back(testing::text_of(message.payload));
  return all;
}

using texts = std::vector<std::string>;

TEST(channels, of_one_name_belong_together_whatever_their_numbers) {
  connected ends{with_channels({"x/1", "y/1", "z/1"}), with_channels({"z/1", "w/1", "x/1"})};
  ends.send(a, {1, 2}, "to x", urgency::ordinary, 0);
  ends.send(a, {1, 2}, "to z", urgency::ordinary, 2);
  ends.send(b, {2, 1}, "to x", urgency::ordinary, 2);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(texts_on(ends, 2), texts{"to x"});
  EXPECT_EQ(texts_on(ends, 0), texts{"to z"});
  ASSERT_EQ(ends[a].delivered.size(), 1u);
  EXPECT_EQ(ends[a].delivered.front().channel, 0);
}

TEST(channels, of_two_versions_are_two_channels) {
  connected ends{with_channels({"x/1", "y/1"}), with_channels({"x/2", "y/1"})};
  EXPECT_FALSE(ends(a).is_served(0));
  EXPECT_TRUE(ends(a).is_served(1));
  EXPECT_FALSE(ends(b).is_served(0));
}

TEST(channels, that_the_other_end_does_not_have_take_nothing) {
  connected ends{two_channels(), with_channels({"two/1"})};
  ends.send(a, {1, 2}, "lost", urgency::ordinary, 0);
  ASSERT_EQ(ends[a].refused.size(), 1u);
  EXPECT_EQ(ends[a].refused.front().reason, refused::why::unserved);
  EXPECT_EQ(ends[a].refused.front().channel, 0);
  EXPECT_EQ(ends(a).statistics().unserved, 1u);
  EXPECT_TRUE(ends(a).settled());
}

TEST(channels, that_the_other_end_does_not_have_give_back_what_has_waited_for_its_greeting) {
  two_ends ends{two_channels(), with_channels({"two/1"})};
  EXPECT_FALSE(ends[a].core->is_served(1)) << "not known yet";
  ends.send(a, {1, 2}, "first", urgency::ordinary, 0);
  ends.send(a, {1, 2}, "second", urgency::ordinary, 0);
  ends.send(a, {1, 2}, "arrives", urgency::ordinary, 1);
  EXPECT_TRUE(ends[a].refused.empty());
  ends.perform(b);
  EXPECT_TRUE(ends.settle());
  ASSERT_EQ(ends[a].refused.size(), 2u);
  EXPECT_EQ(testing::text_of(ends[a].refused[0].payload), "first");
  EXPECT_EQ(ends[a].refused[1].reason, refused::why::unserved);
  EXPECT_EQ(ends.texts(b), texts{"arrives"});
  EXPECT_FALSE(ends[a].closed);
}

TEST(channels, without_credit_do_not_hold_back_others) {
  connected ends{two_channels()};
  send_many(ends, 15, 0, costs_100);
  ends.deliver();
  EXPECT_EQ(texts_on(ends, 0).size(), 10u) << "the window is full";
  for (int round = 0; round < 30; ++round) {
    ends.send(a, {1, 2}, "goes on", urgency::ordinary, 1);
    ends.deliver();
    ASSERT_EQ(texts_on(ends, 1).size(), round + 1u);
    ends.apply(b, consumed{ends[b].delivered.back().cost, 1});
  }
  EXPECT_GT(ends(a).statistics().channels_passed, 0u);
  EXPECT_EQ(texts_on(ends, 0).size(), 10u);
}

TEST(channels, do_not_lend_credit_to_each_other) {
  connected ends{two_channels()};
  send_many(ends, 15, 0, costs_100);
  ends.deliver();
  ASSERT_EQ(texts_on(ends, 0).size(), 10u);
  send_many(ends, 4, 1, costs_100);
  ends.deliver();
  ends.apply(b, consumed{400, 1});
  ends.deliver();
  EXPECT_EQ(texts_on(ends, 0).size(), 10u);
  ends.apply(b, consumed{400, 0});
  ends.deliver();
  EXPECT_EQ(texts_on(ends, 0).size(), 14u);
}

TEST(channels, have_send_buffers_of_their_own) {
  auto settings = two_channels();
  settings.channels[0].send_buffer_bytes = 300;
  two_ends ends{settings};
  send_many(ends, 4, 0, costs_100);
  ASSERT_EQ(ends[a].refused.size(), 1u);
  EXPECT_EQ(ends[a].refused.front().reason, refused::why::overloaded);
  send_many(ends, 10, 1, costs_100);
  EXPECT_EQ(ends[a].refused.size(), 1u);
}

TEST(channels, have_limits_of_their_own_for_a_message) {
  auto settings = two_channels();
  settings.channels[1].message_bytes = 20;
  connected ends{settings};
  const std::string large(21, 'x');
  send_many(ends, 1, 0, large);
  send_many(ends, 1, 1, large);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), texts{large});
  ASSERT_EQ(ends[a].refused.size(), 1u);
  EXPECT_EQ(ends[a].refused.front().reason, refused::why::too_large);
}

TEST(channels, have_a_passage_of_their_own_for_large_messages) {
  auto settings = two_channels();
  settings.channels[0].receive_window_bytes = 400;
  connected ends{settings};
  const std::string large(250, 'x');
  send_many(ends, 1, 0, std::string(200, 'y'));
  send_many(ends, 1, 0, large); // half of it finds credit
  ends.deliver();
  ASSERT_EQ(texts_on(ends, 0).size(), 1u);
  ASSERT_GT(ends(b).statistics().segments_received, 2u) << "it has begun";
  send_many(ends, 1, 1, large);
  ends.deliver();
  EXPECT_EQ(texts_on(ends, 1), texts{large});
  ends.consume_all(b);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(texts_on(ends, 0).size(), 2u);
}

/// Two large messages that leave in turns, on a wire that takes one frame at a time.
TEST(channels, take_turns) {
  auto settings = two_channels();
  settings.frames_in_flight = 1;
  connected ends{settings};
  for (channel_number channel : {0, 1})
    for (std::uint64_t receiver : {2, 3})
      send_many(ends, 1, channel, std::string(300, 'x'), {1, receiver});
  std::vector<int> order;
  ends.watch = [&](two_ends::side which, const output& output) {
    for (const auto& step : output.frames)
      if (const auto* content = std::get_if<data>(&step.message.content);
          which == a && content != nullptr && content->count > 0)
        order.push_back(content->channel);
  };
  EXPECT_TRUE(ends.settle());
  ASSERT_EQ(ends[b].delivered.size(), 4u);
  // The first frame left before anybody watched.
  for (std::size_t place = 1; place + 4 < order.size(); ++place)
    EXPECT_NE(order[place], order[place - 1]) << "at frame " << place;
}

TEST(channels, with_many_pairs_get_no_more_than_their_turn) {
  auto settings = two_channels();
  settings.frames_in_flight = 1;
  settings.lone_bytes = 90;
  settings.channels[0].receive_window_bytes = 2000;
  connected ends{settings};
  send_many(ends, 1, 0, costs_100); // takes the wire
  for (std::uint64_t sender = 1; sender <= 8; ++sender)
    send_many(ends, 1, 0, std::string(95, 'x'), {sender, 9});
  send_many(ends, 1, 1, "one of another channel");
  EXPECT_TRUE(ends.settle());
  auto all = ends.texts(b);
  auto place = std::ranges::find(all, "one of another channel") - all.begin();
  EXPECT_LE(place, 3) << "not behind all pairs of the first channel";
}

TEST(channels, release_what_is_acknowledged_each_for_itself) {
  connected ends{two_channels()};
  std::vector<std::size_t> bytes(2);
  ends.watch = [&](two_ends::side which, const output& output) {
    for (const auto& step : output.releases)
      if (which == a)
        bytes[step.channel] += step.bytes;
  };
  send_many(ends, 3, 0, costs_100);
  send_many(ends, 1, 1, costs_100);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(bytes, (std::vector<std::size_t>{300, 100}));
}

TEST(channels, say_at_the_end_what_has_become_of_each_message) {
  auto settings = two_channels();
  connected ends{settings};
  const std::string large(250, 'x');
  for (channel_number channel : {0, 1}) {
    send_many(ends, 1, channel, "under way");
    send_many(ends, 1, channel, large);
    send_many(ends, 9, channel, costs_100, {7, 8}); // of which the last ones find no credit
  }
  ends.way_to(b).clear();
  ends.apply(a, abandon{});
  ASSERT_TRUE(ends[a].closed);
  for (channel_number channel : {0, 1}) {
    auto unknown = std::ranges::count(ends[a].closed->losses, channel, &unsettled::channel);
    auto not_sent = std::ranges::count(ends[a].refused, channel, &refused::channel);
    EXPECT_EQ(unknown + not_sent, 11) << "channel " << int{channel};
    auto whole = std::ranges::any_of(ends[a].closed->losses, [&](const unsettled& loss) {
      return loss.channel == channel && testing::text_of(loss.payload) == large;
    });
    EXPECT_TRUE(whole) << "the large one, put together from its chunks";
  }
}

TEST(channels, keep_their_part_of_their_own_window_across_relations) {
  connected ends{two_channels()};
  send_many(ends, 6, 0, costs_100);
  send_many(ends, 2, 1, costs_100);
  ends.deliver();
  for (auto which : {a, b})
    ends.apply(which, abandon{});
  for (auto which : {a, b}) {
    ends.way_to(which).clear();
    ends.start(which);
  }
  ends.shake_hands();
  EXPECT_EQ(ends(b).unconsumed(0), 600u);
  EXPECT_EQ(ends(b).unconsumed(1), 200u);
  send_many(ends, 10, 0, costs_100);
  send_many(ends, 10, 1, costs_100);
  ends.deliver();
  EXPECT_EQ(texts_on(ends, 0).size(), 4u);
  EXPECT_EQ(texts_on(ends, 1).size(), 8u);
}

TEST(channels, grow_by_a_welcome_that_is_repeated) {
  auto settings = small_window();
  settings.channels.front().held_bytes = 1000;
  two_ends ends{small_window(), settings};
  ends.send(a, {1, 2}, costs_100);
  ends.perform(b);
  ends.way_to(a).clear();
  ends.deliver_one(b); // hello: bound
  ends.deliver_one(a); // welcome: up, without credit
  ASSERT_TRUE(ends[a].core->is_established());
  ends.way_to(b).clear();
  ends.apply(b, consumed{1000});
  ends.advance(std::chrono::milliseconds{250}); // says welcome again
  ends.deliver();
  EXPECT_EQ(ends.texts(b), texts{costs_100});
}

TEST(channels, that_this_end_does_not_have_are_a_violation) {
  connected ends{with_channels({"x/1", "y/1"}), with_channels({"y/1"})};
  auto content = testing::segments_of({1}, {"one"});
  content.channel = 0;
  ends.forge(content);
  ASSERT_TRUE(ends[b].closed);
  EXPECT_EQ(ends[b].closed->reason, closed::why::violation);
}

TEST(channels, that_no_greeting_has_named_are_a_violation_and_their_credit_is_ignored) {
  connected ends{two_channels()};
  data content;
  content.credits.set(9, 1'000'000);
  ends.forge(content);
  EXPECT_FALSE(ends[b].closed);
  content = testing::segments_of({1}, {"one"});
  content.channel = 9;
  ends.forge(content);
  ASSERT_TRUE(ends[b].closed);
  EXPECT_EQ(ends[b].closed->reason, closed::why::violation);
}

TEST(channels, are_nothing_before_their_greeting) {
  two_ends ends{two_channels()};
  auto content = testing::segments_of({1}, {"one"});
  link::frame early{ends.identity(a), ends.identity(b), ends.relation(a), ends.relation(b), content};
  ends[b].core->receive(ends.now(), early.source, early);
  ends.perform(b);
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_FALSE(ends[b].core->is_established());
  EXPECT_EQ(ends[b].core->statistics().strays, 1u);
}

TEST(channels_death_test, end_the_process_on_our_own_mistakes) {
  EXPECT_DEATH(two_ends{with_channels({})}, "1 to limits::channels");
  EXPECT_DEATH(two_ends{with_channels({"x/1", "x/1"})}, "a name of its own");
  EXPECT_DEATH(two_ends{with_channels({""})}, "a channel has a name");
  two_ends ends{two_channels()};
  EXPECT_DEATH(ends.send(a, {1, 2}, "x", urgency::ordinary, 2), "a channel of this link");
}

} // namespace
} // namespace chorus::link
