#include <chorus/consensus/generals/information_tree.hpp>

#include <gtest/gtest.h>

namespace chorus::consensus::generals::om {
namespace {

TEST(majority_of_orders, is_what_more_than_half_say_and_retreat_if_there_is_none) {
  EXPECT_EQ(majority(0, 0), order::retreat);
  EXPECT_EQ(majority(0, 1), order::retreat);
  EXPECT_EQ(majority(1, 1), order::attack);
  EXPECT_EQ(majority(1, 2), order::retreat);
  EXPECT_EQ(majority(1, 3), order::retreat);
  EXPECT_EQ(majority(2, 3), order::attack);
  EXPECT_EQ(majority(2, 4), order::retreat);
  EXPECT_EQ(majority(3, 4), order::attack);
}

// Lieutenant 1 of four generals in OM(1).
struct tree_of_a_lieutenant : testing::Test {
  information_tree tree{4, 1, 1};
};

TEST_F(tree_of_a_lieutenant, has_a_place_for_every_path_that_ends_here) {
  EXPECT_TRUE(tree.has_place_for({0}));
  EXPECT_TRUE(tree.has_place_for({0, 2}));
  EXPECT_TRUE(tree.has_place_for({0, 3}));
}

TEST_F(tree_of_a_lieutenant, has_no_place_for_paths_that_nobody_loyal_uses) {
  EXPECT_FALSE(tree.has_place_for({})) << "of nobody";
  EXPECT_FALSE(tree.has_place_for({2})) << "not of the commander";
  EXPECT_FALSE(tree.has_place_for({0, 0})) << "twice through one general";
  EXPECT_FALSE(tree.has_place_for({0, 1})) << "through this lieutenant";
  EXPECT_FALSE(tree.has_place_for({0, 4})) << "through a general who is not of the army";
  EXPECT_FALSE(tree.has_place_for({0, 255}));
  EXPECT_FALSE(tree.has_place_for({0, 2, 3})) << "longer than the rounds";
}

TEST_F(tree_of_a_lieutenant, keeps_the_first_value_of_a_path) {
  EXPECT_TRUE(tree.learn({0}, order::attack));
  EXPECT_FALSE(tree.learn({0}, order::retreat));
  EXPECT_EQ(tree.heard({0}), order::attack);
  EXPECT_EQ(tree.size(), 1u);
}

TEST_F(tree_of_a_lieutenant, hears_retreat_by_silence) {
  EXPECT_EQ(tree.heard({0, 2}), order::retreat);
}

TEST_F(tree_of_a_lieutenant, takes_the_majority_of_what_it_and_the_others_were_told) {
  tree.learn({0}, order::attack);
  tree.learn({0, 2}, order::attack);
  EXPECT_EQ(tree.decide(), order::attack) << "one other is silent";
  tree.learn({0, 3}, order::retreat);
  EXPECT_EQ(tree.decide(), order::attack) << "or says something else";
}

TEST_F(tree_of_a_lieutenant, obeys_the_others_if_it_alone_was_told_something_else) {
  tree.learn({0}, order::retreat);
  tree.learn({0, 2}, order::attack);
  tree.learn({0, 3}, order::attack);
  EXPECT_EQ(tree.decide(), order::attack);
}

TEST(information_tree, believes_the_commander_in_om_0) {
  information_tree tree{3, 1, 0};
  EXPECT_FALSE(tree.has_place_for({0, 2}));
  tree.learn({0}, order::attack);
  EXPECT_EQ(tree.decide(), order::attack);
}

TEST(information_tree, takes_majorities_of_majorities) {
  // Lieutenant 1 of seven in OM(2), to whom only 2 and 3 have relayed anything.
  information_tree tree{7, 1, 2};
  tree.learn({0}, order::attack);
  for (general relay : {2, 3}) {
    tree.learn({0, relay}, order::attack);
    // Five lieutenants judge what `relay` was told: three of them, this one included, say attack.
    tree.learn({0, relay, 5}, order::attack);
    tree.learn({0, relay, 6}, order::attack);
  }
  EXPECT_EQ(tree.decide(), order::retreat) << "three of six are no majority";
  // What 4 was told, by a majority of those whom 4 told: this one was told retreat, and three of the four
  // others were told attack.
  tree.learn({0, 4}, order::retreat);
  for (general witness : {2, 3, 5})
    tree.learn({0, 4, witness}, order::attack);
  EXPECT_EQ(tree.decide(), order::attack) << "four of six are";
}

TEST(information_tree, has_as_many_paths_as_there_are_ways_without_this_lieutenant) {
  information_tree tree{7, 3, 2};
  EXPECT_EQ(tree.paths(1).size(), 1u);
  EXPECT_EQ(tree.paths(2).size(), 5u);
  EXPECT_EQ(tree.paths(3).size(), 5u * 4u);
  for (const auto& by : tree.paths(3))
    EXPECT_TRUE(tree.has_place_for(by));
}

TEST(information_tree, of_a_commander_has_no_place_for_anything) {
  information_tree tree{4, commander, 1};
  EXPECT_FALSE(tree.has_place_for({0}));
  EXPECT_FALSE(tree.has_place_for({0, 2}));
}

} // namespace
} // namespace chorus::consensus::generals::om
