#include <chorus/membership/swim/check.hpp>
#include <chorus/membership/swim/core.hpp>
#include <chorus/runtime/limits.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

member someone(const std::string& name, std::uint64_t number, std::uint64_t life = 1) {
  return {{{0, number}, {life}}, name, {name, 4000}};
}

const member a = someone("a", 1);
const member b = someone("b", 2);
const member c = someone("c", 3);

/// The core is `b`; `a` is a member.
struct hostile_content : testing::Test {
  time_point now{1h};
  core swim{now, {.self = b}};

  void SetUp() override {
    hear(a.who, {gossip{}, {alive{a, {}}}});
    swim.drain();
  }

  void hear(const peer& from, const message& what) { swim.receive(now, from, what); }

  bool is_refused(const peer& from, const message& what) {
    swim.drain();
    const auto before = swim.counters().messages_invalid;
    hear(from, what);
    return swim.counters().messages_invalid == before + 1 && swim.drain().empty();
  }

  bool is_refused(const rumour& what) {
    return is_refused(a.who, {gossip{}, {what}}) && is_refused(a.who, {page{{what}}, {}});
  }

  bool is_refused_with(const std::function<void(member&)>& change) {
    auto bad = c;
    change(bad);
    return is_refused(alive{bad, {}}) && is_refused(bad.who, {hello{bad}, {}})
           && is_refused(a.who, {refusal{b.who, refusal::why::name_taken, bad}, {}});
  }
};

TEST_F(hostile_content, is_refused_from_nobody) {
  EXPECT_TRUE(is_refused({}, {gossip{}, {}}));
  EXPECT_TRUE(is_refused({{0, 1}, {}}, {gossip{}, {}}));
}

TEST_F(hostile_content, is_refused_when_a_hello_is_of_somebody_else) {
  EXPECT_TRUE(is_refused(a.who, {hello{c}, {}}));
  EXPECT_TRUE(is_refused({{0, 3}, {2}}, {hello{c}, {}}));
}

TEST_F(hostile_content, is_refused_with_members_beyond_the_limits) {
  EXPECT_TRUE(is_refused_with([](member& who) { who.name.clear(); }));
  EXPECT_TRUE(is_refused_with([](member& who) { who.name.assign(limits::name_bytes + 1, 'n'); }));
  EXPECT_TRUE(is_refused_with([](member& who) { who.where.port = 0; }));
  EXPECT_TRUE(is_refused_with([](member& who) { who.where.host.clear(); }));
  EXPECT_TRUE(is_refused_with([](member& who) { who.where.host.assign(limits::name_bytes + 1, 'h'); }));
  EXPECT_TRUE(is_refused_with([](member& who) { who.about.version.assign(limits::metadata_bytes, 'v'); }));
  EXPECT_TRUE(is_refused(alive{{}, {}}));
  auto longest = c;
  longest.name.assign(limits::name_bytes, 'n');
  longest.where.host.assign(limits::name_bytes, 'h');
  longest.about.version.assign(limits::metadata_bytes - 4, 'v');
  EXPECT_FALSE(is_refused(a.who, {gossip{}, {alive{longest, {}}}}));
}

TEST_F(hostile_content, is_refused_with_made_up_refutations) {
  EXPECT_TRUE(is_refused(alive{c, refutation_limit.next()}));
  EXPECT_TRUE(is_refused(suspect{a.who, refutation_limit.next(), {{c.who, evidence::silence}}}));
  EXPECT_TRUE(is_refused(failed{a.who, refutation_limit.next(), c.who}));
  EXPECT_FALSE(is_refused(a.who, {gossip{}, {alive{c, refutation_limit}}}));
}

TEST_F(hostile_content, that_accuses_this_node_of_more_than_it_said_is_ignored) {
  constexpr chorus::refutation one{1};
  hear(a.who, {gossip{}, {suspect{b.who, one, {{a.who, evidence::silence}}}}});
  hear(a.who, {gossip{}, {failed{b.who, one, a.who}}});
  hear(a.who, {gossip{}, {alive{b, refutation_limit}}});
  hear(a.who, {hello{.self = a, .failed = failure{b.who, refutation_limit}}, {}});
  EXPECT_EQ(swim.counters().accusations_above, 4u);
  EXPECT_EQ(swim.counters().refutations, 0u);
  hear(a.who, {gossip{}, {suspect{b.who, {}, {{a.who, evidence::silence}}}}});
  EXPECT_EQ(swim.counters().refutations, 1u);
}

TEST_F(hostile_content, is_refused_with_suspicions_without_a_voice_or_with_too_many) {
  EXPECT_TRUE(is_refused(suspect{a.who, {}, {}}));
  EXPECT_TRUE(is_refused(suspect{a.who, {}, {{{}, evidence::silence}}}));
  EXPECT_TRUE(is_refused(suspect{a.who, {}, {{c.who, static_cast<evidence>(4)}}}));
  std::vector<voice> voices;
  for (std::uint64_t n = 10; n < 10 + suspect::voices_limit + 1; ++n)
    voices.push_back({{{0, n}, {1}}, evidence::silence});
  EXPECT_TRUE(is_refused(suspect{a.who, {}, voices}));
  voices.pop_back();
  EXPECT_FALSE(is_refused(a.who, {gossip{}, {suspect{a.who, {}, voices}}}));
}

TEST_F(hostile_content, of_a_member_that_accuses_itself_is_no_suspicion) {
  hear(a.who, {gossip{}, {suspect{a.who, {}, {{a.who, evidence::silence}}}}});
  EXPECT_FALSE(swim.is_suspected(a.who.node));
  EXPECT_TRUE(swim.drain().empty());
}

TEST_F(hostile_content, is_refused_with_an_impossible_failure) {
  EXPECT_TRUE(is_refused(c.who, {hello{.self = c, .failed = failure{{}, {}}}, {}}));
  EXPECT_TRUE(is_refused(c.who, {hello{.self = c, .failed = failure{b.who, refutation_limit.next()}}, {}}));
}

TEST_F(hostile_content, is_refused_when_a_refusal_makes_no_sense) {
  EXPECT_TRUE(is_refused(a.who, {refusal{b.who, static_cast<refusal::why>(4), a}, {}}));
  EXPECT_TRUE(is_refused(a.who, {refusal{b.who, refusal::why::name_taken, b}, {}}));
}

TEST_F(hostile_content, cannot_make_the_cluster_larger_than_it_may_be) {
  for (std::uint64_t n = 100; n < 100 + 2 * limits::members; ++n)
    hear(a.who, {gossip{}, {alive{someone("m" + std::to_string(n), n), {}}}});
  EXPECT_EQ(swim.members().size(), limits::members - 1);
  EXPECT_GT(swim.counters().introductions_dropped, 0u);
}

TEST_F(hostile_content, cannot_make_more_probes_than_there_may_be) {
  for (std::uint64_t n = 100; n < 100 + core::probes_limit; ++n)
    hear(a.who, {gossip{}, {alive{someone("m" + std::to_string(n), n), {}}}});
  swim.drain();
  for (std::uint16_t n = 0; n < 4 * core::probes_limit; ++n)
    hear(a.who, {ping_request{{n}, {{0, 100u + n % 50u}, {1}}}, {}});
  EXPECT_LE(swim.counters().probes_sent, core::probes_limit);
}

TEST_F(hostile_content, is_refused_with_an_abstention_about_nobody) {
  EXPECT_TRUE(is_refused(a.who, {abstention{}, {}}));
  EXPECT_TRUE(is_refused(a.who, {abstention{{c.who, {}}}, {}}));
  EXPECT_TRUE(is_refused(a.who, {abstention{std::vector(abstention::subjects_limit + 1, c.who)}, {}}));
}

TEST_F(hostile_content, of_strangers_or_about_members_that_are_not_suspected_is_no_abstention) {
  hear(a.who, {gossip{}, {alive{c, {}}}});
  hear(a.who, {abstention{{c.who}}, {}});
  hear(a.who, {gossip{}, {suspect{c.who, {}, {{a.who, evidence::silence}}}}});
  hear({{0, 4}, {1}}, {abstention{{c.who}}, {}});
  hear(a.who, {abstention{{c.who}}, {}});
  EXPECT_EQ(swim.counters().abstentions, 0u) << "a has accused";
  EXPECT_TRUE(swim.why_suspected(c.who.node)->abstentions.empty());
}

TEST_F(hostile_content, about_a_suspected_stranger_is_answered_with_an_abstention) {
  hear(a.who, {gossip{}, {suspect{c.who, {}, {{a.who, evidence::refused}}}}});
  const auto said = swim.drain();
  ASSERT_EQ(said.messages.size(), 1u);
  EXPECT_EQ(said.messages.front().to, a.who);
  ASSERT_TRUE(std::holds_alternative<abstention>(said.messages.front().message.what));
  EXPECT_TRUE(said.changes.empty());
}

TEST_F(hostile_content, about_many_suspected_strangers_is_answered_with_as_few_datagrams_as_carry_them) {
  constexpr std::uint64_t strangers = abstention::subjects_limit + 1;
  message told{gossip{}, {}};
  for (std::uint64_t n = 100; n < 100 + strangers; ++n)
    told.rumours.push_back(suspect{{{0, n}, {1}}, {}, {{a.who, evidence::refused}}});
  hear(a.who, told);
  const auto said = swim.drain();
  ASSERT_EQ(said.messages.size(), 2u);
  EXPECT_EQ(std::get<abstention>(said.messages[0].message.what).subjects.size(), strangers - 1);
  EXPECT_EQ(std::get<abstention>(said.messages[1].message.what).subjects.size(), 1u);
}

TEST_F(hostile_content, about_strangers_changes_nothing) {
  hear(a.who, {gossip{}, {failed{c.who, {}, a.who}}});
  hear(a.who, {ack{{7}}, {}});
  hear(a.who, {nack{{7}}, {}});
  hear(a.who, {indirect_ack{{7}}, {}});
  EXPECT_TRUE(swim.drain().empty());
  EXPECT_EQ(swim.members().size(), 1u);
}

TEST_F(hostile_content, of_strangers_is_not_answered_but_their_hello_is) {
  hear(c.who, {ping{{7}}, {}});
  hear(c.who, {ping_request{{7}, a.who}, {}});
  hear(c.who, {summary{7, false}, {}});
  EXPECT_TRUE(swim.drain().empty());
  hear(c.who, {hello{.self = c, .asked_at = b.where}, {}});
  EXPECT_EQ(swim.drain().contacts.size(), 1u);
}

TEST_F(hostile_content, that_is_our_own_coming_back_changes_nothing) {
  hear(b.who, {hello{.self = b, .asked_at = b.where}, {}});
  EXPECT_TRUE(swim.drain().empty());
  EXPECT_FALSE(swim.is_suspected(b.who.node));
}

} // namespace
} // namespace chorus::membership::swim
