#include "../../runtime/transport/ready_list.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace chorus {
namespace {

peer life(std::uint64_t number) {
  return {{number, number}, {1}};
}

std::vector<peer> owners(ready_list& list) {
  std::vector<peer> owners;
  for (const auto& each : list.take())
    owners.push_back(each->owner());
  return owners;
}

class ready_list_of_links : public ::testing::Test {
protected:
  int wakes = 0;
  ready_list list{[this] { ++wakes; }};
  std::shared_ptr<ready_list::place> first = std::make_shared<ready_list::place>(life(1));
  std::shared_ptr<ready_list::place> second = std::make_shared<ready_list::place>(life(2));
};

TEST_F(ready_list_of_links, gives_each_link_once_in_the_order_of_listing) {
  list.add(second);
  list.add(first);
  list.add(second);
  EXPECT_EQ(wakes, 2) << "not for one that is listed already";
  EXPECT_EQ(owners(list), (std::vector{life(2), life(1)}));
  EXPECT_TRUE(owners(list).empty());
}

TEST_F(ready_list_of_links, keeps_what_is_listed_while_it_is_worked_off_for_the_next_time) {
  list.add(first);
  list.add(second);
  for (const auto& each : list.take())
    if (each == first)
      list.add(each);
  EXPECT_EQ(owners(list), std::vector{life(1)});
}

TEST_F(ready_list_of_links, needs_nobody_to_keep_a_place) {
  list.add(std::make_shared<ready_list::place>(life(3)));
  EXPECT_EQ(owners(list), std::vector{life(3)});
}

TEST_F(ready_list_of_links, lists_nothing_after_its_end) {
  list.add(first);
  list.close();
  list.add(second);
  EXPECT_TRUE(owners(list).empty());
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(second.use_count(), 1);
}

/// Each thread counts up a number of its link and lists it. Whoever takes the list sees the newest number.
TEST(ready_list, loses_nothing_of_many_threads) {
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t rounds = 20'000;
  std::atomic<std::uint64_t> wakes{0};
  ready_list list{[&] { ++wakes; }};
  std::vector<std::atomic<std::uint64_t>> numbers(threads);
  std::vector<std::thread> senders;
  for (std::uint64_t thread = 0; thread < threads; ++thread)
    senders.emplace_back([&, thread, place = std::make_shared<ready_list::place>(life(thread))] {
      for (std::uint64_t round = 0; round < rounds; ++round) {
        numbers[thread].fetch_add(1, std::memory_order_relaxed);
        list.add(place);
      }
    });
  std::vector<std::uint64_t> seen(threads);
  std::uint64_t listed = 0;
  auto take = [&] {
    for (const auto& each : list.take()) {
      auto thread = each->owner().node.high;
      seen[thread] = numbers[thread].load(std::memory_order_relaxed);
      ++listed;
    }
  };
  while (seen != std::vector<std::uint64_t>(threads, rounds))
    take();
  for (auto& sender : senders)
    sender.join();
  take();
  EXPECT_EQ(wakes, listed) << "one wake for each time that a link is listed";
}

} // namespace
} // namespace chorus
