#include "connected.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace chorus::link {

namespace {

using namespace chorus::testing;
using texts = std::vector<std::string>;

constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;
constexpr pair who{1, 2};

} // namespace

// -- the usual life --------------------------------------------------------------------------------

TEST(link, both_ends_are_established_once_by_a_handshake) {
  connected ends;
  EXPECT_EQ(ends[a].established, 1);
  EXPECT_EQ(ends[b].established, 1);
  EXPECT_TRUE(ends.settle());
}

TEST(link, waits_for_nothing_when_nothing_is_to_be_done) {
  connected ends;
  EXPECT_EQ(ends(a).next_deadline(), std::nullopt);
  EXPECT_TRUE(ends(a).drain().empty());
}

TEST(link, a_message_arrives_and_is_acknowledged_and_its_room_is_released) {
  connected ends;
  ends.send(a, who, "hello");
  EXPECT_FALSE(ends(a).settled());
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), texts{"hello"});
  EXPECT_TRUE(ends(a).settled());
  EXPECT_EQ(ends[a].released_bytes, 5 + message_overhead);
}

TEST(link, messages_sent_before_the_handshake_arrive_after_it_in_order) {
  two_ends ends;
  ends.send(a, who, "one");
  ends.send(a, who, "two");
  ends.perform(b);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), (texts{"one", "two"}));
}

TEST(link, what_was_sent_in_one_batch_travels_in_one_frame) {
  connected ends;
  for (auto text : {"one", "two", "three"})
    ends(a).apply(ends.now(), send{who, urgency::ordinary, bytes_of(text)});
  ends.perform(a);
  EXPECT_EQ(ends.way_to(b).size(), 1u);
  ends.deliver();
  EXPECT_EQ(ends.texts(b), (texts{"one", "two", "three"}));
}

TEST(link, no_frame_is_larger_than_the_limit) {
  connected ends;
  for (int i = 0; i < 10'000; ++i)
    ends(a).apply(ends.now(), send{who, urgency::ordinary, bytes_of(std::string(100, 'x'))});
  ends.perform(a);
  for (const auto& packet : ends.way_to(b))
    EXPECT_LE(packet.head.size() + packet.body.size(), limits::frame_bytes);
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 10'000u);
}

TEST(link, a_piece_as_large_as_the_limit_has_its_own_frame_and_is_not_copied) {
  connected ends;
  const auto large = bytes_of(std::string(limits::lone_bytes, 'x'));
  const auto small = bytes_of(std::string(limits::lone_bytes - 1, 'y'));
  for (const auto& payload : {small, large, small})
    ends(a).apply(ends.now(), send{who, urgency::ordinary, payload});
  ends.perform(a);
  ASSERT_EQ(ends.way_to(b).size(), 3u);
  EXPECT_EQ(ends.way_to(b)[1].body.view().data(), large.view().data());
  EXPECT_NE(ends.way_to(b)[0].body.view().data(), small.view().data());
  ends.deliver();
  EXPECT_EQ(ends.texts(b), (texts{text_of(small), text_of(large), text_of(small)}));
  EXPECT_EQ(ends[b].delivered[1].payload.view().data(), large.view().data());
}

TEST(link, large_pieces_count_as_frames_in_flight) {
  config settings;
  settings.frames_in_flight = 3;
  connected ends{settings};
  for (int i = 0; i < 5; ++i)
    ends(a).apply(ends.now(), send{who, urgency::ordinary, bytes_of(std::string(limits::lone_bytes, 'x'))});
  ends.perform(a);
  EXPECT_EQ(ends.way_to(b).size(), 3u);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends[b].delivered.size(), 5u);
}

TEST(link, a_lost_large_piece_is_sent_again_and_one_under_way_at_the_end_is_unknown) {
  connected ends;
  ends.send(a, who, std::string(limits::lone_bytes, 'x'));
  ends.way_to(b).clear();
  ends.apply(a, reconnected{});
  EXPECT_TRUE(ends.settle());
  ASSERT_EQ(ends[b].delivered.size(), 1u);
  ends.send(a, who, std::string(limits::lone_bytes, 'y'));
  ends.way_to(b).clear();
  ends.apply(a, close{});
  ASSERT_EQ(ends[a].closed->losses.size(), 1u);
  EXPECT_EQ(text_of(ends[a].closed->losses.front().payload), std::string(limits::lone_bytes, 'y'));
}

TEST(link, a_large_message_lets_other_pairs_pass_while_its_own_pair_waits) {
  connected ends;
  const std::string large(1'000'000, 'x');
  for (const auto& [pair, text] : {std::pair{who, large}, {who, "after"}, {{3, 4}, "beside"}})
    ends(a).apply(ends.now(), send{pair, urgency::ordinary, bytes_of(text)});
  ends.perform(a);
  EXPECT_TRUE(ends.settle());
  ASSERT_EQ(ends[b].delivered.size(), 3u);
  EXPECT_EQ(ends.texts(b)[0], "beside");
  EXPECT_TRUE(ends.texts(b)[1] == large);
  EXPECT_EQ(ends.texts(b)[2], "after");
}

// -- acknowledgements ------------------------------------------------------------------------------

TEST(link, an_acknowledgement_waits_for_company_but_not_for_long) {
  connected ends;
  ends.send(a, who, "hello");
  ends.deliver();
  EXPECT_EQ(ends(b).next_deadline(), ends.now() + config{}.acknowledge_within);
  ends.advance(config{}.acknowledge_within - duration{1});
  EXPECT_TRUE(ends.way_to(a).empty());
  ends.advance(duration{1});
  EXPECT_EQ(ends.way_to(a).size(), 1u);
}

TEST(link, an_acknowledgement_rides_along_with_a_message) {
  connected ends;
  ends.send(a, who, "question");
  ends.deliver();
  ends.send(b, {2, 1}, "answer");
  ends.deliver();
  EXPECT_TRUE(ends(a).settled());
  EXPECT_EQ(ends(b).statistics().acknowledgements, 1u) << "that of the handshake";
}

TEST(link, a_quarter_of_the_window_is_acknowledged_at_once) {
  connected ends{small_window()};
  for (int i = 0; i < 2; ++i)
    ends.send(a, who, costs_100);
  ends.deliver();
  EXPECT_EQ(ends(b).statistics().acknowledgements, 1u) << "that of the handshake";
  ends.send(a, who, costs_100);
  ends.deliver();
  EXPECT_EQ(ends(b).statistics().acknowledgements, 2u);
}

TEST(link, a_quarter_of_the_frames_in_flight_is_acknowledged_at_once) {
  config settings;
  settings.frames_in_flight = 8;
  connected ends{settings};
  ends.send(a, who, "one");
  ends.deliver();
  EXPECT_FALSE(ends(a).settled());
  ends.send(a, who, "two");
  ends.deliver();
  EXPECT_TRUE(ends(a).settled());
}

TEST(link, a_frame_that_begins_with_what_is_known_is_taken_from_there) {
  connected ends;
  ends.forge(segments_of({1}, {"one", "two"}));
  ends.forge(segments_of({2}, {"two", "three"}));
  EXPECT_EQ(ends.texts(b), (texts{"one", "two", "three"}));
  EXPECT_EQ(ends(b).statistics().duplicates, 1u);
  EXPECT_EQ(ends(b).statistics().overlaps, 1u);
}

TEST(link, a_frame_behind_a_gap_is_dropped_and_answered_at_once) {
  connected ends;
  ends.forge(segments_of({2}, {"two"}));
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_EQ(std::get<data>(ends.on_the_way(a).content).acknowledged, sequence{0});
  EXPECT_EQ(ends(b).statistics().gaps, 1u);
}

TEST(link, old_news_change_nothing) {
  connected ends;
  ends.send(b, {2, 1}, "one");
  ends.send(b, {2, 1}, "two");
  data newer;
  newer.acknowledged = {2};
  ends.forge(newer);
  EXPECT_TRUE(ends(b).settled());
  data older;
  older.acknowledged = {1};
  ends.forge(older);
  EXPECT_TRUE(ends(b).settled());
  EXPECT_FALSE(ends(b).has_ended());
}

// -- limits ----------------------------------------------------------------------------------------

TEST(link, takes_a_message_of_the_largest_size_and_none_over_it) {
  connected ends{small_window()};
  ends.send(a, who, std::string(300, 'x'));
  EXPECT_TRUE(ends[a].refused.empty());
  ends.send(a, who, std::string(301, 'x'));
  ASSERT_EQ(ends[a].refused.size(), 1u);
  EXPECT_EQ(ends[a].refused[0].reason, refused::why::too_large);
  EXPECT_EQ(ends[a].refused[0].payload.size(), 301u);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), texts{std::string(300, 'x')});
}

TEST(link, the_send_buffer_is_full_at_its_limit_and_the_reserve_at_its_own) {
  config settings;
  settings.channels.front().send_buffer_bytes = 200;
  settings.channels.front().send_reserve_bytes = 100;
  connected ends{settings};
  ends.send(a, who, costs_100);
  ends.send(a, who, costs_100 + "x");
  EXPECT_EQ(ends[a].refused.size(), 1u);
  ends.send(a, who, costs_100);
  EXPECT_EQ(ends[a].refused.size(), 1u);
  ends.send(a, who, costs_100 + "x", urgency::reserved);
  EXPECT_EQ(ends[a].refused.size(), 2u);
  ends.send(a, who, costs_100, urgency::reserved);
  EXPECT_EQ(ends[a].refused.size(), 2u);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends[b].delivered.size(), 3u);
}

TEST(link, no_more_frames_are_in_flight_than_allowed_and_the_rest_is_batched) {
  config settings;
  settings.frames_in_flight = 3;
  connected ends{settings};
  for (int i = 0; i < 10; ++i)
    ends.send(a, who, std::to_string(i));
  EXPECT_EQ(ends.way_to(b).size(), 3u);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends[b].delivered.size(), 10u);
  EXPECT_EQ(ends(a).statistics().frames_resent, 0u);
  EXPECT_LE(ends(a).statistics().frames_sent, 8u);
}

TEST(link, the_window_takes_what_it_promises_and_not_one_message_more) {
  connected ends{small_window()};
  for (int i = 0; i < 11; ++i)
    ends.send(a, who, costs_100);
  EXPECT_TRUE(ends.way_to(b).size() == 10u);
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 10u);
  ends.apply(b, consumed{100});
  ends.apply(b, consumed{100});
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 10u) << "less than a quarter is not worth a frame";
  ends.apply(b, consumed{100});
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 11u);
}

TEST(link, the_reserve_is_for_reserved_messages_and_has_an_end_too) {
  connected ends{small_window()};
  for (int i = 0; i < 11; ++i)
    ends.send(a, who, costs_100);
  for (std::uint64_t i = 0; i < 3; ++i)
    ends.send(a, {10 + i, 2}, costs_100, urgency::reserved);
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 12u);
  EXPECT_EQ(ends(a).statistics().beyond_credit, 2u);
}

TEST(link, an_enormous_credit_is_no_credit_at_all) {
  connected ends;
  data content;
  content.credits.set(0, std::numeric_limits<std::uint64_t>::max());
  ends.forge(content);
  ends.send(b, {2, 1}, "ordinary");
  ends.send(b, {2, 1}, "reserved", urgency::reserved);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(a), (texts{"ordinary", "reserved"}));
}

TEST(link_death_test, ends_the_process_on_our_own_mistakes) {
  auto begin = [](auto change) {
    config settings;
    change(settings);
    two_ends ends{settings};
  };
  EXPECT_DEATH(
      begin([](config& c) { c.channels.front().message_bytes = c.channels.front().receive_window_bytes; }),
      "fits into the window"
  );
  EXPECT_DEATH(begin([](config& c) { c.chunk_bytes = c.frame_bytes; }), "fits into a frame");
  EXPECT_DEATH(begin([](config& c) { c.chunk_bytes = 0; }), "a chunk carries something");
  EXPECT_DEATH(begin([](config& c) { c.frames_in_flight = 0; }), "something may be under way");
  EXPECT_DEATH(begin([](config& c) { c.resend_after = duration{0}; }), "a resend takes time");
  connected ends;
  ends.send(a, who, "hello");
  ends.deliver();
  EXPECT_DEATH(ends.apply(b, consumed{5 + message_overhead + 1}), "only what was delivered");
}

} // namespace chorus::link
