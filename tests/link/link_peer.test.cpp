#include "connected.hpp"

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

using namespace chorus::testing;

constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;
constexpr pair who{1, 2};

} // namespace

// -- a peer that breaks the protocol ---------------------------------------------------------------

struct link_violation : ::testing::Test {
  connected ends{small_window()};

  void expect_end() {
    ASSERT_TRUE(ends[b].closed);
    EXPECT_EQ(ends[b].closed->reason, closed::why::violation);
    EXPECT_EQ(ends(b).statistics().violations, 1u);
    auto& way = ends.way_to(a);
    way.erase(way.begin(), way.end() - 1);
    ends.deliver();
    ASSERT_TRUE(ends[a].closed) << "the other end is told by the last frame";
    EXPECT_EQ(ends[a].closed->reason, closed::why::ended_by_peer);
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

TEST(link, is_up_by_data_that_names_its_relation) {
  two_ends ends;
  ends.perform(a);
  ends.deliver_one(b); // the hello
  ASSERT_EQ(ends[b].established, 0);
  link::frame soon{
      ends.identity(a), ends.identity(b), ends.relation(a), ends.relation(b), segments_of({1}, {"soon"})};
  ends[b].core->receive(ends.now(), soon.source, soon);
  ends.perform(b);
  EXPECT_EQ(ends[b].established, 1);
  EXPECT_EQ(ends.texts(b), std::vector<std::string>{"soon"});
}

TEST(link, frames_of_another_node_are_ignored_whatever_they_say) {
  connected ends;
  const peer stranger{{9, 9}, {1}};
  for (const auto& content : std::vector<decltype(frame::content)>{
           segments_of({1}, {"one"}),
           hello{"elsewhere", 0, offered(1)},
           goodbye{},
           over{},
           refusal{refusal::why::wrong_incarnation, {2}}}) {
    ends.forge(ends.from_a(stranger, ends.identity(b), content));
    ends.forge(ends.from_a(ends.identity(a), stranger, content));
  }
  EXPECT_EQ(ends(b).statistics().strays, 10u);
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_TRUE(ends.way_to(a).empty());
}

TEST(link, frames_of_another_life_of_the_other_node_are_ignored) {
  connected ends;
  for (std::uint64_t life : {0, 2}) {
    const peer other_life{ends.identity(a).node, {life}};
    ends.forge(ends.from_a(other_life, ends.identity(b), segments_of({1}, {"one"})));
    ends.forge(ends.from_a(other_life, ends.identity(b), goodbye{}));
  }
  EXPECT_EQ(ends(b).statistics().strays, 4u);
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_TRUE(ends[b].delivered.empty());
}

TEST(link, frames_for_another_life_of_this_node_are_refused_with_the_present_one) {
  connected ends;
  ends.restart(b);
  const peer earlier{ends.identity(b).node, {1}};
  ends.forge(ends.from_a(ends.identity(a), earlier, segments_of({1}, {"late"})));
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
  ends.forge(ends.from_a(ends.identity(a), earlier, refusal{refusal::why::wrong_version, {1}}));
  ends.forge(ends.from_a(ends.identity(a), earlier, goodbye{}));
  EXPECT_TRUE(ends.way_to(a).empty());
  EXPECT_FALSE(ends(b).has_ended());
}

TEST(link, every_refusal_ends_the_link_for_its_reason) {
  for (auto [said, ended] :
       {std::pair{refusal::why::wrong_cluster, closed::why::wrong_cluster},
        {refusal::why::wrong_version, closed::why::wrong_version},
        {refusal::why::wrong_incarnation, closed::why::peer_restarted}}) {
    connected ends;
    const peer later_life{ends.identity(a).node, {2}};
    ends.forge(ends.from_a(later_life, ends.identity(b), refusal{said, later_life.incarnation}));
    ASSERT_TRUE(ends[b].closed);
    EXPECT_EQ(ends[b].closed->reason, ended);
  }
}

TEST(link, a_stale_refusal_ends_nothing) {
  connected ends;
  const peer earlier_b{ends.identity(b).node, {0}};
  const peer earlier_a{ends.identity(a).node, {0}};
  const peer later_a{ends.identity(a).node, {2}};
  const refusal restarted{refusal::why::wrong_incarnation, {2}};
  ends.forge(ends.from_a(later_a, earlier_b, restarted));
  ends.forge(ends.from_a(earlier_a, ends.identity(b), restarted));
  ends.forge(ends.from_a(ends.identity(a), ends.identity(b), refusal{refusal::why::wrong_incarnation, {1}}));
  auto of_another_relation = ends.from_a(later_a, ends.identity(b), restarted);
  of_another_relation.destination_relation = of_another_relation.destination_relation.next();
  ends.forge(of_another_relation);
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_EQ(ends(b).statistics().refusals_ignored, 4u);
}

// -- relations -------------------------------------------------------------------------------------

TEST(link, a_hello_alone_establishes_nothing) {
  two_ends ends;
  ends.perform(a);
  ends.deliver_one(b);
  EXPECT_EQ(ends[b].established, 0);
  EXPECT_FALSE(ends[b].core->is_established());
  ends.deliver_one(a);
  EXPECT_EQ(ends[a].established, 1);
  ends.deliver_one(b);
  EXPECT_EQ(ends[b].established, 1) << "the welcome is confirmed at once";
}

TEST(link, repeats_its_welcome_until_it_is_confirmed) {
  two_ends ends;
  ends.perform(a);
  ends.deliver_one(b);
  for (auto lost : {"first", "second"}) {
    ASSERT_FALSE(ends.way_to(a).empty()) << lost;
    ends.way_to(a).clear();
    ends.way_to(b).clear();
    ends.advance(std::chrono::seconds{1});
  }
  ends.deliver();
  EXPECT_EQ(ends[a].established, 1);
  EXPECT_EQ(ends[b].established, 1);
}

TEST(link, takes_nothing_of_another_relation_and_says_that_it_is_over) {
  connected ends;
  auto late = ends.from_a(ends.identity(a), ends.identity(b), segments_of({1}, {"late"}));
  late.destination_relation = late.destination_relation.next();
  ends.forge(late);
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_TRUE(std::holds_alternative<over>(ends.on_the_way(a).content));
  EXPECT_EQ(ends.on_the_way(a).destination_relation, late.source_relation);
}

TEST(link, takes_nothing_of_a_second_partner) {
  connected ends;
  auto foreign = ends.from_a(ends.identity(a), ends.identity(b), segments_of({1}, {"foreign"}));
  foreign.source_relation = foreign.source_relation.next();
  ends.forge(foreign);
  EXPECT_TRUE(ends[b].delivered.empty());
  EXPECT_TRUE(ends.way_to(a).empty());
  EXPECT_FALSE(ends(b).has_ended());
}

TEST(link, ends_when_the_other_end_begins_a_later_relation) {
  connected ends;
  ends.start(a);
  ends.perform(a);
  ends.deliver_one(b);
  ASSERT_TRUE(ends[b].closed);
  EXPECT_EQ(ends[b].closed->reason, closed::why::superseded);
}

TEST(link, ignores_a_hello_of_an_earlier_relation) {
  connected ends;
  auto old = ends.from_a(ends.identity(a), ends.identity(b), hello{"tests", 0, offered(1)});
  ends.start(a);
  ends.perform(a);
  ends.start(b);
  ends.deliver();
  ASSERT_TRUE(ends(b).is_established());
  ends.forge(old);
  EXPECT_TRUE(ends(b).is_established());
  EXPECT_EQ(ends(b).statistics().stale_hellos, 1U);
}

TEST(link, ignores_the_end_of_an_earlier_relation) {
  connected ends;
  auto late = ends.from_a(ends.identity(a), ends.identity(b), over{});
  late.destination_relation = {99};
  ends.forge(late);
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_EQ(ends(b).statistics().overs_ignored, 1U);
}

TEST(link, goes_on_when_the_end_of_a_relation_before_its_partner_comes_late) {
  two_ends ends;
  ends.perform(b); // B's hello, which two relations of A answer
  ends.deliver_one(a);
  ends.way_to(b).clear();
  ends.apply(a, abandon{});
  auto late = ends.way_to(b).front();
  ends.way_to(b).clear();
  ends.start(a);
  ends.advance(config{}.resend_after);
  ends.deliver();
  ASSERT_TRUE(ends[b].core->is_established());
  ends.way_to(b).push_back(late);
  ends.deliver();
  EXPECT_FALSE(ends[b].closed);
  EXPECT_EQ(ends[b].core->statistics().overs_ignored, 1U);
}

TEST(link, that_begins_with_a_hello_of_an_earlier_relation_gives_way_to_the_present_one) {
  two_ends ends;
  ends.perform(a);
  auto old = ends.way_to(b).front(); // comes late
  ends.way_to(b).clear();
  ends.start(a);
  ends.perform(a);
  ends.way_to(b).push_front(old);
  ends.deliver_one(b);
  ends.deliver_one(b);
  ASSERT_TRUE(ends[b].closed) << "it was bound to a relation that is over";
  EXPECT_EQ(ends[b].established, 0);
  ends.start(b);
  ends.way_to(a).clear();
  ends.advance(std::chrono::seconds{1}); // the hello is said again
  ends.deliver();
  EXPECT_TRUE(ends[a].core->is_established());
  EXPECT_TRUE(ends[b].core->is_established());
  EXPECT_EQ(ends[a].core->relation_there(), ends.relation(b));
  EXPECT_EQ(ends[b].core->relation_there(), ends.relation(a));
}

// -- the end ---------------------------------------------------------------------------------------

TEST(link, at_its_end_gives_back_what_was_not_sent_and_what_is_unknown) {
  auto settings = small_window();
  settings.frames_in_flight = 2;
  connected ends{settings};
  ends.send(a, {1, 1}, "acknowledged");
  EXPECT_TRUE(ends.settle());
  ends.send(a, {2, 1}, "in a frame");
  ends.send(a, {3, 1}, std::string(250, 'x')); // only its first chunks leave, so it is not delivered
  ends.send(a, {2, 1}, "queued");
  ends.send(a, {3, 1}, "queued behind");
  ends.apply(a, abandon{});
  ASSERT_TRUE(ends[a].closed);
  const auto& losses = ends[a].closed->losses;
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].pair, (pair{2, 1}));
  EXPECT_EQ(text_of(losses[0].payload), "in a frame");
  const auto& refusals = ends[a].refused;
  ASSERT_EQ(refusals.size(), 3u);
  EXPECT_EQ(text_of(refusals[0].payload), "queued");
  EXPECT_EQ(text_of(refusals[1].payload), std::string(250, 'x'));
  EXPECT_EQ(text_of(refusals[2].payload), "queued behind");
  for (const auto& message : refusals)
    EXPECT_EQ(message.reason, refused::why::closed);
}

TEST(link, gives_back_as_a_whole_a_large_message_of_which_the_last_chunk_is_unacknowledged) {
  connected ends{small_window()};
  ends.send(a, who, std::string(250, 'x'));
  ASSERT_TRUE(ends.deliver_one(b)); // the first chunk, which is acknowledged
  ends.advance(link::config{}.acknowledge_within);
  ASSERT_TRUE(ends.deliver_one(a));
  ends.apply(a, abandon{});
  ASSERT_EQ(ends[a].closed->losses.size(), 1u);
  EXPECT_EQ(text_of(ends[a].closed->losses[0].payload), std::string(250, 'x'));
  EXPECT_TRUE(ends[a].refused.empty());
}

TEST(link, what_was_not_drained_was_not_sent) {
  connected ends;
  ends(a).apply(ends.now(), send{who, urgency::ordinary, bytes_of("still here")});
  ends.apply(a, close{});
  EXPECT_TRUE(ends[a].closed->losses.empty());
  ASSERT_EQ(ends[a].refused.size(), 1u);
  EXPECT_EQ(text_of(ends[a].refused[0].payload), "still here");
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
  for (const input& what : std::vector<input>{reconnected{}, close{}, abandon{}})
    ends.apply(b, what);
  ends.forge(segments_of({1}, {"late"}));
  ends.forge(hello{"tests", 0, offered(1)});
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
  auto patience = std::chrono::round<std::chrono::seconds>(config{}.give_up_after).count();
  EXPECT_NE(
      explain(closed::why::unresponsive).find(' ' + std::to_string(patience) + " s"), std::string::npos
  );
}

} // namespace chorus::link
