#include "../../actors/seed_reasons.hpp"

#include <gtest/gtest.h>

/// Why a node is alone, as far as it is known.
namespace chorus {
namespace {

using namespace std::chrono_literals;

struct seeds_of_a_node : testing::Test {
  seeds_of_a_node() {
    reasons.add(first);
    reasons.add(second);
  }

  const address first{"ada", 4000};
  const address second{"ben", 4000};
  const time_point start{1h};
  seed_reasons reasons;
};

TEST_F(seeds_of_a_node, have_no_reasons_at_first) {
  EXPECT_EQ(reasons.why_silent(), "");
  EXPECT_FALSE(reasons.why_refused());
}

TEST_F(seeds_of_a_node, are_named_with_their_latest_reasons) {
  reasons.is_silent(start, first, "nobody listens");
  reasons.is_silent(start, second, "nobody listens");
  reasons.is_silent(start, second, "no answer");
  EXPECT_EQ(reasons.why_silent(), "ada:4000: nobody listens; ben:4000: no answer");
}

TEST_F(seeds_of_a_node, that_refuse_the_connection_are_named_at_once) {
  reasons.is_silent(start, first, "nobody listens");
  reasons.refused_connection(start, first, "another cluster");
  reasons.refused_connection(start, {"no-seed", 1}, "another version");
  EXPECT_EQ(reasons.why_silent(), "ada:4000: another cluster");
  EXPECT_EQ(reasons.why_refused_connection(start, first), "another cluster");
  EXPECT_EQ(
      reasons.why_refused_connection(start + seed_reasons::refusal_lasts - 1ns, first), "another cluster"
  );
  EXPECT_FALSE(reasons.why_refused_connection(start + seed_reasons::refusal_lasts, first));
  EXPECT_FALSE(reasons.why_refused_connection(start, second));
  EXPECT_FALSE(reasons.why_refused_connection(start, {"no-seed", 1}));
}

TEST_F(seeds_of_a_node, have_no_reasons_any_more_once_a_member_is_up) {
  reasons.is_silent(start, first, "nobody listens");
  reasons.refused_connection(start, second, "another cluster");
  reasons.refused(start, "the name is taken");
  reasons.member_is_up();
  EXPECT_EQ(reasons.why_silent(), "");
  EXPECT_FALSE(reasons.why_refused_connection(start, second));
  EXPECT_FALSE(reasons.why_refused());
}

TEST_F(seeds_of_a_node, that_are_the_node_itself_stay_so) {
  reasons.is_self(first);
  reasons.member_is_up();
  EXPECT_EQ(reasons.why_silent(), "ada:4000: it is this node itself");
}

TEST_F(seeds_of_a_node, that_refuse_the_node_are_quoted_until_they_are_silent) {
  reasons.refused(start, "the name is taken");
  reasons.refused(start + 1s, "the cluster is full");
  EXPECT_EQ(reasons.why_refused(), "the cluster is full");
  reasons.is_silent(start + 1s + seed_reasons::refusal_lasts - 1ns, first, "no answer");
  EXPECT_EQ(reasons.why_refused(), "the cluster is full") << "it may be the other one that refuses";
  reasons.is_silent(start + 1s + seed_reasons::refusal_lasts, first, "no answer");
  EXPECT_FALSE(reasons.why_refused());
}

} // namespace
} // namespace chorus
