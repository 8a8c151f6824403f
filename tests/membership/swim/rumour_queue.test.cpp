#include <chorus/membership/swim/rumour_queue.hpp>
#include <chorus/membership/swim/wire.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

constexpr node_id nobody{};
constexpr std::size_t plenty = 1 << 20;

peer life(std::uint64_t number) {
  return {{0, number}, {1}};
}

rumour left_by(std::uint64_t number) {
  return left{life(number)};
}

std::vector<std::uint64_t> subjects(const std::vector<rumour>& rumours) {
  std::vector<std::uint64_t> numbers;
  for (const auto& one : rumours)
    numbers.push_back(subject_of(one).node.low);
  return numbers;
}

using numbers = std::vector<std::uint64_t>;

TEST(rumour_queue, says_each_rumour_as_often_as_it_is_told_to_and_no_more) {
  rumour_queue queue;
  queue.put(left_by(1));
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(subjects(queue.take(plenty, 3, nobody)), numbers{1});
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.take(plenty, 3, nobody).empty());
}

TEST(rumour_queue, says_the_same_to_several_and_counts_it_at_the_last) {
  rumour_queue queue;
  queue.put(left_by(1));
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(subjects(queue.take(plenty, 5, nobody, 0)), numbers{1});
  EXPECT_TRUE(queue.has_news());
  EXPECT_EQ(subjects(queue.take(plenty, 5, nobody, 4)), numbers{1});
  EXPECT_FALSE(queue.has_news());
  EXPECT_EQ(subjects(queue.take(plenty, 5, nobody, 4)), numbers{1});
  EXPECT_TRUE(queue.empty());
}

TEST(rumour_queue, repeats_four_times_for_each_digit_of_the_cluster) {
  EXPECT_EQ(rumour_queue::repetitions(1), 4u);
  EXPECT_EQ(rumour_queue::repetitions(9), 4u);
  EXPECT_EQ(rumour_queue::repetitions(10), 8u);
  EXPECT_EQ(rumour_queue::repetitions(99), 8u);
  EXPECT_EQ(rumour_queue::repetitions(100), 12u);
}

TEST(rumour_queue, says_first_what_was_said_least_often_and_of_that_the_newest) {
  rumour_queue queue;
  queue.put(left_by(1));
  queue.put(left_by(2));
  EXPECT_EQ(subjects(queue.take(plenty, 9, nobody)), (numbers{2, 1}));
  queue.put(left_by(3));
  EXPECT_TRUE(queue.has_news());
  EXPECT_EQ(subjects(queue.take(plenty, 9, nobody)), (numbers{3, 2, 1}));
  EXPECT_FALSE(queue.has_news());
}

TEST(rumour_queue, lets_a_newer_rumour_take_the_place_of_the_older_about_the_same_node) {
  rumour_queue queue;
  queue.put(suspect{life(1), {}, {{life(2), evidence::silence}}});
  queue.take(plenty, 2, nobody);
  queue.put(left_by(1));
  const auto taken = queue.take(plenty, 2, nobody);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<left>(taken[0]));
  EXPECT_EQ(queue.take(plenty, 2, nobody).size(), 1u) << "and is said as often as a new one";
}

TEST(rumour_queue, fills_a_message_and_not_a_byte_more) {
  rumour_queue queue;
  for (std::uint64_t n = 1; n <= 3; ++n)
    queue.put(left_by(n));
  const auto each = encoded_size(left_by(1));
  EXPECT_EQ(queue.take(2 * each, 9, nobody).size(), 2u);
  EXPECT_EQ(queue.take(2 * each - 1, 9, nobody).size(), 1u);
  EXPECT_TRUE(queue.take(each - 1, 9, nobody).empty());
}

TEST(rumour_queue, tells_nobody_about_itself_and_counts_it_as_said) {
  rumour_queue queue;
  queue.put(left_by(1));
  EXPECT_TRUE(queue.take(plenty, 1, {0, 1}).empty());
  EXPECT_TRUE(queue.empty());
}

TEST(rumour_queue, forgets_what_was_said_most_often_when_there_are_too_many) {
  rumour_queue queue;
  queue.put(left_by(1));
  queue.take(plenty, 9, nobody);
  for (std::uint64_t n = 2; n <= rumour_queue::limit; ++n)
    EXPECT_TRUE(queue.put(left_by(n)));
  EXPECT_TRUE(queue.contains({0, 1}));
  EXPECT_FALSE(queue.put(left_by(rumour_queue::limit + 1)));
  EXPECT_FALSE(queue.contains({0, 1}));
  EXPECT_EQ(queue.size(), rumour_queue::limit);
}

} // namespace
} // namespace chorus::membership::swim
