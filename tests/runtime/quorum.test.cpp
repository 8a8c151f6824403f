#include "../support/seeds.hpp"

#include <chorus/runtime/quorum.hpp>
#include <chorus/runtime/strong_integer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace chorus {
namespace {

using id = strong_integer<struct quorum_test_id_tag>;
using log_index = strong_integer<struct quorum_test_index_tag>;
using majority = majority_quorum<id>;
using joint = joint_quorum<id>;

using votes = std::map<id, bool>;
using acknowledgements = std::map<id, log_index>;

majority majority_of_ids(const std::vector<std::uint64_t>& numbers) {
  std::vector<id> voters;
  for (auto number : numbers)
    voters.push_back({number});
  return majority{voters};
}

auto vote_in(const votes& given) {
  return [&given](id voter) {
    auto found = given.find(voter);
    return found == given.end() ? std::nullopt : std::optional{found->second};
  };
}

auto index_in(const acknowledgements& given) {
  return [&given](id voter) {
    auto found = given.find(voter);
    return found == given.end() ? log_index{} : found->second;
  };
}

auto is_in(const std::set<id>& agreeing) {
  return [&agreeing](id voter) { return agreeing.contains(voter); };
}

TEST(majority, is_more_than_half) {
  EXPECT_EQ(majority_of(1), 1u);
  EXPECT_EQ(majority_of(2), 2u);
  EXPECT_EQ(majority_of(3), 2u);
  EXPECT_EQ(majority_of(4), 3u);
  EXPECT_EQ(majority_of(5), 3u);
}

TEST(majority_quorum, gives_an_id_that_is_named_twice_one_vote) {
  auto quorum = majority_of_ids({3, 1, 3});
  EXPECT_EQ(quorum.voters(), (std::vector<id>{{1}, {3}}));
  EXPECT_FALSE(quorum.is_reached(is_in({{3}})));
  EXPECT_TRUE(quorum.contains({3}));
  EXPECT_FALSE(quorum.contains({2}));
}

TEST(majority_quorum, wins_or_loses_a_vote_as_soon_as_the_rest_cannot_change_it) {
  auto quorum = majority_of_ids({1, 2, 3});
  EXPECT_EQ(quorum.outcome(vote_in({})), vote_outcome::pending);
  EXPECT_EQ(quorum.outcome(vote_in({{{1}, true}})), vote_outcome::pending);
  EXPECT_EQ(quorum.outcome(vote_in({{{1}, true}, {{2}, false}})), vote_outcome::pending);
  EXPECT_EQ(quorum.outcome(vote_in({{{1}, true}, {{2}, true}})), vote_outcome::won);
  EXPECT_EQ(quorum.outcome(vote_in({{{1}, false}, {{2}, false}})), vote_outcome::lost);
}

TEST(majority_quorum, of_an_even_number_loses_a_tie) {
  auto quorum = majority_of_ids({1, 2});
  EXPECT_EQ(quorum.outcome(vote_in({{{1}, true}, {{2}, false}})), vote_outcome::lost);
}

TEST(majority_quorum, does_not_count_strangers) {
  auto quorum = majority_of_ids({1, 2, 3});
  EXPECT_EQ(quorum.outcome(vote_in({{{7}, true}, {{8}, true}, {{9}, true}})), vote_outcome::pending);
  EXPECT_EQ(quorum.committed<log_index>(index_in({{{7}, {5}}, {{8}, {5}}, {{9}, {5}}})), log_index{});
}

TEST(majority_quorum, commits_what_a_majority_has_acknowledged) {
  auto quorum = majority_of_ids({1, 2, 3});
  EXPECT_EQ(quorum.committed<log_index>(index_in({})), log_index{});
  EXPECT_EQ(quorum.committed<log_index>(index_in({{{1}, {9}}})), log_index{});
  EXPECT_EQ(quorum.committed<log_index>(index_in({{{1}, {9}}, {{2}, {4}}})), log_index{4});
  EXPECT_EQ(quorum.committed<log_index>(index_in({{{1}, {9}}, {{2}, {4}}, {{3}, {6}}})), log_index{6});
}

TEST(majority_quorum, of_nobody_agrees_to_everything) {
  majority nobody;
  EXPECT_TRUE(nobody.is_reached(is_in({})));
  EXPECT_EQ(nobody.outcome(vote_in({})), vote_outcome::won);
  EXPECT_EQ(nobody.outcome(vote_in({{{1}, false}})), vote_outcome::won);
  EXPECT_EQ(nobody.committed<log_index>(index_in({})), log_index::max());
}

TEST(joint_quorum, needs_both_majorities) {
  joint quorum{majority_of_ids({1, 2, 3}), majority_of_ids({3, 4, 5})};
  votes given{{{1}, true}, {{2}, true}};
  EXPECT_EQ(quorum.outcome(vote_in(given)), vote_outcome::pending);
  given[{4}] = true;
  EXPECT_EQ(quorum.outcome(vote_in(given)), vote_outcome::pending);
  given[{5}] = true;
  EXPECT_EQ(quorum.outcome(vote_in(given)), vote_outcome::won);
  given[{3}] = given[{4}] = false;
  EXPECT_EQ(quorum.outcome(vote_in(given)), vote_outcome::lost);
}

TEST(joint_quorum, loses_at_once_what_one_half_has_lost) {
  joint quorum{majority_of_ids({1}), majority_of_ids({2, 3})};
  EXPECT_EQ(quorum.outcome(vote_in({{{2}, false}})), vote_outcome::lost);
}

TEST(joint_quorum, with_an_empty_half_is_the_other_half) {
  testing::for_each_seed(200, [](random_generator random) {
    auto half = majority_of_ids({1, 2, 3, 4, 5});
    votes vote;
    acknowledgements acknowledged;
    for (const auto& voter : half.voters()) {
      if (random.chance(0.7))
        vote[voter] = random.chance(0.6);
      acknowledged[voter] = {random.below(10)};
    }
    for (const auto& quorum : {joint{half, {}}, joint{{}, half}}) {
      EXPECT_EQ(quorum.outcome(vote_in(vote)), half.outcome(vote_in(vote)));
      EXPECT_EQ(
          quorum.committed<log_index>(index_in(acknowledged)),
          half.committed<log_index>(index_in(acknowledged))
      );
    }
  });
}

// -- naive twins: what the definitions say, word for word (after etcd's quorum/quick_test.go) --------

/// All sets of voters that are more than half of them.
std::vector<std::set<id>> quorums_of(const majority& who) {
  std::vector<std::set<id>> quorums;
  const auto& voters = who.voters();
  for (unsigned subset = 0; subset < (1u << voters.size()); ++subset) {
    std::set<id> members;
    for (std::size_t i = 0; i < voters.size(); ++i) {
      if (subset & (1u << i))
        members.insert(voters[i]);
    }
    if (2 * members.size() > voters.size() || voters.empty())
      quorums.push_back(members);
  }
  return quorums;
}

/// All sets that contain a quorum of each half and nobody else.
std::vector<std::set<id>> quorums_of(const joint& who) {
  std::vector<std::set<id>> quorums;
  for (const auto& incoming : quorums_of(who.incoming)) {
    for (auto both : quorums_of(who.outgoing)) {
      both.insert(incoming.begin(), incoming.end());
      quorums.push_back(both);
    }
  }
  return quorums;
}

template <class Quorum>
bool naive_is_reached(const Quorum& who, const std::set<id>& agreeing) {
  return std::ranges::any_of(quorums_of(who), [&](const auto& members) {
    return std::ranges::includes(agreeing, members);
  });
}

/// Won if some quorum said yes, lost if every quorum has somebody who said no.
template <class Quorum>
vote_outcome naive_outcome(const Quorum& who, const votes& given) {
  std::set<id> agreeing;
  std::set<id> may_agree;
  for (const auto& members : quorums_of(who)) {
    for (auto voter : members) {
      auto vote = vote_in(given)(voter);
      if (vote == std::optional{true})
        agreeing.insert(voter);
      if (vote != std::optional{false})
        may_agree.insert(voter);
    }
  }
  if (naive_is_reached(who, agreeing))
    return vote_outcome::won;
  return naive_is_reached(who, may_agree) ? vote_outcome::pending : vote_outcome::lost;
}

/// The largest index for which some quorum has acknowledged it or more.
template <class Quorum>
log_index naive_committed(const Quorum& who, const acknowledgements& given) {
  log_index largest;
  for (const auto& members : quorums_of(who)) {
    auto least = log_index::max();
    for (auto voter : members)
      least = std::min(least, index_in(given)(voter));
    largest = std::max(largest, least);
  }
  return largest;
}

majority random_majority(random_generator& random) {
  std::vector<id> voters;
  for (auto left = random.below(6); left > 0; --left)
    voters.push_back({1 + random.below(8)});
  return majority{voters};
}

template <class Quorum>
void expect_same_as_naive_twin(const Quorum& quorum, random_generator& random) {
  votes vote;
  acknowledgements acknowledged;
  std::set<id> agreeing;
  for (std::uint64_t voter = 1; voter <= 9; ++voter) {
    if (random.chance(0.7))
      vote[{voter}] = random.chance(0.5);
    if (random.chance(0.8))
      acknowledged[{voter}] = {random.below(6)};
    if (random.chance(0.6))
      agreeing.insert({voter});
  }
  EXPECT_EQ(quorum.is_reached(is_in(agreeing)), naive_is_reached(quorum, agreeing));
  EXPECT_EQ(quorum.outcome(vote_in(vote)), naive_outcome(quorum, vote));
  EXPECT_EQ(
      quorum.template committed<log_index>(index_in(acknowledged)), naive_committed(quorum, acknowledged)
  );
}

TEST(majority_quorum, decides_as_its_naive_twin) {
  testing::for_each_seed(2'000, [](random_generator random) {
    expect_same_as_naive_twin(random_majority(random), random);
  });
}

TEST(joint_quorum, decides_as_its_naive_twin) {
  testing::for_each_seed(1'000, [](random_generator random) {
    auto incoming = random_majority(random);
    auto outgoing = random_majority(random);
    expect_same_as_naive_twin(joint{incoming, outgoing}, random);
  });
}

bool intersect(const std::set<id>& first, const std::set<id>& second) {
  return std::ranges::any_of(first, [&](id voter) { return second.contains(voter); });
}

TEST(quorum_law, two_majorities_of_the_same_voters_share_one) {
  for (std::uint64_t size = 1; size <= 6; ++size) {
    std::vector<id> voters;
    for (std::uint64_t voter = 1; voter <= size; ++voter)
      voters.push_back({voter});
    auto quorums = quorums_of(majority{voters});
    for (const auto& first : quorums) {
      ASSERT_TRUE(majority{voters}.is_reached(is_in(first)));
      for (const auto& second : quorums)
        ASSERT_TRUE(intersect(first, second));
    }
  }
}

// The reason for joint consensus: no decision of the old or the new voters misses a joint one.
TEST(quorum_law, a_joint_quorum_shares_a_voter_with_every_quorum_of_either_half) {
  joint quorum{majority_of_ids({1, 2, 3}), majority_of_ids({3, 4, 5, 6})};
  for (const auto& both : quorums_of(quorum)) {
    ASSERT_TRUE(quorum.is_reached(is_in(both)));
    for (const auto& half : {quorum.incoming, quorum.outgoing}) {
      for (const auto& members : quorums_of(half))
        ASSERT_TRUE(intersect(both, members));
    }
  }
}

} // namespace
} // namespace chorus
