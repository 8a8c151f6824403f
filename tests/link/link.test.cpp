#include "../../runtime/link/segment.hpp"
#include "two_ends.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace chorus::link {

namespace {

using chorus::testing::bytes_of;
using chorus::testing::two_ends;
using std::chrono::milliseconds;
using texts = std::vector<std::string>;

constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;
constexpr pair who{1, 2};

/// Two ends after the handshake, with a hand in the wire.
struct connected : two_ends {
  explicit connected(config settings = {}) : two_ends(settings) {
    perform(a);
    perform(b);
    deliver();
  }

  core& operator()(side which) { return *(*this)[which].core; }

  /// A frame from A to B that A has not sent.
  void forge(decltype(frame::content) content) { forge({identity(a), identity(b), std::move(content)}); }

  void forge(const frame& what) {
    (*this)(b).receive(now(), what.source, what);
    perform(b);
  }

  /// The frame on the way to that end.
  frame on_the_way(side to) {
    auto& packet = way_to(to).front();
    return *wire::decode(shared_bytes{packet.head}, packet.body);
  }
};

/// A message costs 100 bytes; the window takes ten of them, the reserve two more.
config small_window() {
  config settings;
  settings.message_bytes = 300;
  settings.chunk_bytes = 100;
  settings.frame_bytes = 300;
  settings.receive_window_bytes = 1000;
  settings.receive_reserve_bytes = 200;
  return settings;
}

const std::string costs_100(100 - message_overhead, 'x');

data segments_of(sequence first, std::vector<std::string> payloads) {
  byte_buffer bytes;
  for (const auto& payload : payloads)
    append_segment(bytes, part::whole, who, 0, as_bytes(payload));
  data content;
  content.first = first;
  content.count = static_cast<std::uint32_t>(payloads.size());
  content.segments = shared_bytes{std::move(bytes)};
  return content;
}

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
  EXPECT_EQ(ends(b).statistics().acknowledgements, 0u);
}

TEST(link, a_quarter_of_the_window_is_acknowledged_at_once) {
  connected ends{small_window()};
  for (int i = 0; i < 2; ++i)
    ends.send(a, who, costs_100);
  ends.deliver();
  EXPECT_EQ(ends(b).statistics().acknowledgements, 0u);
  ends.send(a, who, costs_100);
  ends.deliver();
  EXPECT_EQ(ends(b).statistics().acknowledgements, 1u);
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
  settings.send_buffer_bytes = 200;
  settings.send_reserve_bytes = 100;
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
  content.credit = std::numeric_limits<std::uint64_t>::max();
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
  EXPECT_DEATH(begin([](config& c) { c.message_bytes = c.receive_window_bytes; }), "fits into the window");
  EXPECT_DEATH(begin([](config& c) { c.chunk_bytes = c.frame_bytes; }), "fits into a frame");
  EXPECT_DEATH(begin([](config& c) { c.chunk_bytes = 0; }), "a chunk carries something");
  EXPECT_DEATH(begin([](config& c) { c.frames_in_flight = 0; }), "something may be under way");
  EXPECT_DEATH(begin([](config& c) { c.resend_after = duration{0}; }), "a resend takes time");
  connected ends;
  ends.send(a, who, "hello");
  ends.deliver();
  EXPECT_DEATH(ends.apply(b, consumed{5 + message_overhead + 1}), "only what was delivered");
}

// -- a peer that breaks the protocol ---------------------------------------------------------------

struct link_violation : ::testing::Test {
  connected ends{small_window()};

  void expect_end() {
    ASSERT_TRUE(ends[b].closed);
    EXPECT_EQ(ends[b].closed->reason, closed::why::violation);
    EXPECT_EQ(ends(b).statistics().violations, 1u);
    ends.deliver();
    ASSERT_TRUE(ends[a].closed) << "the other end is told";
    EXPECT_EQ(ends[a].closed->reason, closed::why::violation);
  }
};

TEST_F(link_violation, is_to_acknowledge_what_was_never_sent) {
  ends.send(b, {2, 1}, "one");
  data content;
  content.acknowledged = {1};
  ends.forge(content);
  EXPECT_FALSE(ends[b].closed);
  content.acknowledged = {2};
  ends.forge(content);
  expect_end();
}

TEST_F(link_violation, is_to_send_beyond_credit_and_reserve) {
  const auto twelve = std::vector<std::string>(12, costs_100);
  ends.forge(segments_of({1}, twelve));
  EXPECT_EQ(ends[b].delivered.size(), 12u);
  EXPECT_FALSE(ends[b].closed);
  ends.forge(segments_of({13}, {""}));
  EXPECT_EQ(ends[b].delivered.size(), 12u);
  expect_end();
}

TEST_F(link_violation, is_a_segment_that_is_none) {
  auto content = segments_of({1}, {"one"});
  content.segments = bytes_of(std::string(content.segments.size(), '\xFF'));
  ends.forge(content);
  EXPECT_TRUE(ends[b].delivered.empty());
  expect_end();
}

TEST_F(link_violation, is_to_announce_more_segments_than_there_are) {
  auto content = segments_of({1}, {"one, two and three are in one segment here"});
  content.count = 2;
  ends.forge(content);
  EXPECT_EQ(ends.texts(b).size(), 1u) << "what came before the fault is delivered";
  expect_end();
}

TEST_F(link_violation, is_to_announce_fewer_segments_than_there_are) {
  auto content = segments_of({1}, {"one", "two"});
  content.count = 1;
  ends.forge(content);
  expect_end();
}

TEST_F(link_violation, is_a_chunk_out_of_place) {
  byte_buffer bytes;
  append_segment(bytes, part::middle, who, 0, as_bytes("chunk"));
  data content;
  content.first = {1};
  content.count = 1;
  content.segments = shared_bytes{std::move(bytes)};
  ends.forge(content);
  expect_end();
}

// -- who may say what ------------------------------------------------------------------------------

TEST(link, data_before_the_handshake_is_ignored) {
  connected ends;
  ends.start(b);
  ends.forge(segments_of({1}, {"early"}));
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_EQ(ends(b).statistics().early, 1u);
}

TEST(link, frames_of_another_node_are_ignored_whatever_they_say) {
  connected ends;
  const peer stranger{{9, 9}, {1}};
  for (const auto& content : std::vector<decltype(frame::content)>{
           segments_of({1}, {"one"}),
           hello{"elsewhere", 1},
           goodbye{},
           refusal{refusal::why::declared_failed, {1}}}) {
    ends.forge({stranger, ends.identity(b), content});
    ends.forge({ends.identity(a), stranger, content});
  }
  EXPECT_EQ(ends(b).statistics().strays, 8u);
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_TRUE(ends.way_to(a).empty());
}

TEST(link, frames_of_another_life_of_the_other_node_are_ignored) {
  connected ends;
  for (std::uint64_t life : {0, 2}) {
    const peer other_life{ends.identity(a).node, {life}};
    ends.forge({other_life, ends.identity(b), segments_of({1}, {"one"})});
    ends.forge({other_life, ends.identity(b), goodbye{}});
  }
  EXPECT_EQ(ends(b).statistics().strays, 4u);
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_TRUE(ends[b].delivered.empty());
}

TEST(link, frames_for_another_life_of_this_node_are_refused_with_the_present_one) {
  connected ends;
  ends.restart(b);
  const peer earlier{ends.identity(b).node, {1}};
  ends.forge({ends.identity(a), earlier, segments_of({1}, {"late"})});
  EXPECT_TRUE(ends[b].delivered.empty());
  auto answer = ends.on_the_way(a);
  EXPECT_EQ(answer.destination, ends.identity(a));
  EXPECT_EQ(std::get<refusal>(answer.content).reason, refusal::why::wrong_incarnation);
  EXPECT_EQ(std::get<refusal>(answer.content).current, incarnation{2});
}

TEST(link, refusals_and_goodbyes_for_another_life_are_not_answered) {
  connected ends;
  ends.restart(b);
  ends.perform(b);
  ends.way_to(a).clear();
  const peer earlier{ends.identity(b).node, {1}};
  ends.forge({ends.identity(a), earlier, refusal{refusal::why::violation, {1}}});
  ends.forge({ends.identity(a), earlier, goodbye{}});
  EXPECT_TRUE(ends.way_to(a).empty());
  EXPECT_FALSE(ends(b).has_ended());
}

TEST(link, every_refusal_ends_the_link_for_its_reason) {
  for (auto [said, ended] :
       {std::pair{refusal::why::wrong_cluster, closed::why::wrong_cluster},
        {refusal::why::wrong_version, closed::why::wrong_version},
        {refusal::why::wrong_incarnation, closed::why::peer_restarted},
        {refusal::why::declared_failed, closed::why::declared_failed},
        {refusal::why::violation, closed::why::violation}}) {
    connected ends;
    const peer new_life{ends.identity(a).node, {2}};
    ends.forge({new_life, ends.identity(b), refusal{said, new_life.incarnation}});
    ASSERT_TRUE(ends[b].closed);
    EXPECT_EQ(ends[b].closed->reason, ended);
  }
}

TEST(link, a_stale_refusal_ends_nothing) {
  connected ends;
  const peer earlier_b{ends.identity(b).node, {0}};
  const peer earlier_a{ends.identity(a).node, {0}};
  ends.forge({ends.identity(a), earlier_b, refusal{refusal::why::declared_failed, {1}}});
  ends.forge({earlier_a, ends.identity(b), refusal{refusal::why::declared_failed, {0}}});
  ends.forge({ends.identity(a), ends.identity(b), refusal{refusal::why::wrong_incarnation, {1}}});
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_EQ(ends(b).statistics().refusals_ignored, 3u);
}

// -- the end ---------------------------------------------------------------------------------------

TEST(link, the_end_tells_for_each_pair_what_is_unknown_and_what_was_not_sent) {
  auto settings = small_window();
  settings.frames_in_flight = 2;
  connected ends{settings};
  ends.send(a, {1, 1}, "acknowledged");
  EXPECT_TRUE(ends.settle());
  ends.send(a, {2, 1}, "in a frame");
  ends.send(a, {3, 1}, std::string(250, 'x')); // only its first chunks leave
  ends.send(a, {2, 1}, "queued");
  ends.send(a, {3, 1}, "queued");
  ends.apply(a, peer_failed{});
  ASSERT_TRUE(ends[a].closed);
  const auto& losses = ends[a].closed->losses;
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_EQ(losses[0].pair, (pair{2, 1}));
  EXPECT_EQ(losses[0].outcome_unknown, 1u);
  EXPECT_EQ(losses[0].not_sent, 1u);
  EXPECT_EQ(losses[1].pair, (pair{3, 1}));
  EXPECT_EQ(losses[1].outcome_unknown, 1u);
  EXPECT_EQ(losses[1].not_sent, 1u);
}

TEST(link, a_large_message_of_which_the_last_chunk_is_unacknowledged_counts_once) {
  connected ends{small_window()};
  ends.send(a, who, std::string(250, 'x'));
  ends.apply(a, peer_failed{});
  ASSERT_EQ(ends[a].closed->losses.size(), 1u);
  EXPECT_EQ(ends[a].closed->losses[0].outcome_unknown, 1u);
  EXPECT_EQ(ends[a].closed->losses[0].not_sent, 0u);
}

TEST(link, what_was_not_drained_was_not_sent) {
  connected ends;
  ends(a).apply(ends.now(), send{who, urgency::ordinary, bytes_of("still here")});
  ends.apply(a, close{});
  ASSERT_EQ(ends[a].closed->losses.size(), 1u);
  EXPECT_EQ(ends[a].closed->losses[0].not_sent, 1u);
  EXPECT_EQ(ends.way_to(b).size(), 1u) << "only the goodbye";
}

TEST(link, after_its_end_it_refuses_messages_and_ignores_everything_else) {
  connected ends;
  ends.apply(b, close{});
  EXPECT_TRUE(ends(b).has_ended());
  EXPECT_TRUE(ends(b).settled());
  EXPECT_FALSE(ends(b).is_established());
  EXPECT_EQ(ends(b).next_deadline(), std::nullopt);
  ends.way_to(a).clear();
  ends[b].closed.reset();
  ends.send(b, {2, 1}, "late");
  ASSERT_EQ(ends[b].refused.size(), 1u);
  EXPECT_EQ(ends[b].refused[0].reason, refused::why::closed);
  for (const input& what : std::vector<input>{consumed{1}, reconnected{}, close{}, peer_failed{}})
    ends.apply(b, what);
  ends.forge(segments_of({1}, {"late"}));
  ends.forge(hello{"tests", 1});
  ends(b).tick(ends.now() + std::chrono::hours{1});
  ends.perform(b);
  EXPECT_TRUE(ends.way_to(a).empty());
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_FALSE(ends[b].closed);
}

TEST(link, gives_up_a_handshake_that_nobody_answers) {
  two_ends ends;
  ends.perform(a);
  ends.advance(config{}.give_up_after - duration{1});
  EXPECT_FALSE(ends[a].closed);
  ends.advance(duration{1});
  ASSERT_TRUE(ends[a].closed);
  EXPECT_EQ(ends[a].closed->reason, closed::why::unresponsive);
}

TEST(link, every_reason_has_a_name) {
  EXPECT_EQ(to_string(closed::why::closed_here), "closed here");
  EXPECT_EQ(to_string(closed::why::wrong_version), "wrong version");
  EXPECT_EQ(to_string(static_cast<closed::why>(99)), "unknown");
}

} // namespace chorus::link
