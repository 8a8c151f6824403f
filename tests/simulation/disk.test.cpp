#include "stage.hpp"

#include <chorus/simulation/disk.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace chorus::testing {
namespace {

using simulation::disk;
using simulation::fault;

struct a_disk : ::testing::Test {
  void write(std::uint64_t number) {
    disk_.write(
        persist_token{number},
        bytes_of("record " + std::to_string(number)),
        [this](persist_token token) {
          answered_.push_back(token.value);
          answered_at_.push_back(events_.now());
        }
    );
  }

  void run_for(duration time) {
    auto end = events_.now() + time;
    while (!events_.empty() && events_.next() <= end)
      events_.run_next();
    events_.advance_to(end);
  }

  /// The numbers of the records that are intact; all others are cut off.
  std::vector<std::uint64_t> intact() {
    std::vector<std::uint64_t> numbers;
    for (const auto& record : disk_.records())
      if (record.intact)
        numbers.push_back(std::stoull(text_of(record.bytes).substr(7)));
    return numbers;
  }

  simulation::event_queue events_;
  simulation::fault_counts faults_;
  disk disk_{events_, faults_, random_generator{1}};
  std::vector<std::uint64_t> answered_;
  std::vector<time_point> answered_at_;
};

using numbers = std::vector<std::uint64_t>;

TEST_F(a_disk, answers_when_a_write_is_durable_and_not_before) {
  write(1);
  EXPECT_TRUE(answered_.empty());
  EXPECT_TRUE(disk_.records().empty());
  run_for(2ms);
  EXPECT_EQ(answered_, numbers{1});
  EXPECT_EQ(intact(), numbers{1});
}

TEST_F(a_disk, makes_writes_durable_in_order_and_together) {
  write(1);
  for (std::uint64_t number = 2; number <= 9; ++number)
    write(number); // wait for the first one's sync to end
  run_for(1s);
  EXPECT_EQ(answered_, (numbers{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(intact(), answered_);
  EXPECT_LT(answered_at_[0], answered_at_[1]);
  EXPECT_EQ(answered_at_[1], answered_at_[8]);
}

TEST_F(a_disk, keeps_through_a_crash_what_it_has_answered_for) {
  write(1);
  run_for(1s);
  disk_.crash();
  EXPECT_EQ(intact(), numbers{1});
}

TEST_F(a_disk, keeps_through_a_crash_a_first_part_of_the_rest_and_answers_for_none_of_it) {
  std::size_t lengths = 0;
  for (int times = 0; times < 300; ++times) {
    disk_.wipe();
    auto lost = faults_[fault::unsynced_lost];
    auto torn = faults_[fault::torn_write];
    for (std::uint64_t number = 1; number <= 4; ++number)
      write(number);
    disk_.crash();
    run_for(1s);
    auto kept = intact();
    for (std::size_t place = 0; place < kept.size(); ++place)
      EXPECT_EQ(kept[place], place + 1);
    lost = faults_[fault::unsynced_lost] - lost;
    torn = faults_[fault::torn_write] - torn;
    EXPECT_EQ(kept.size() + lost + torn, 4u);
    EXPECT_EQ(disk_.records().size(), kept.size() + torn);
    if (torn > 0) {
      const auto& last = disk_.records().back();
      EXPECT_FALSE(last.intact);
      auto whole = "record " + std::to_string(kept.size() + 1);
      EXPECT_LT(last.bytes.size(), whole.size());
      EXPECT_TRUE(whole.starts_with(text_of(last.bytes)));
    }
    lengths |= std::size_t{1} << kept.size();
  }
  EXPECT_TRUE(answered_.empty());
  EXPECT_EQ(lengths, 0b11111u); // from nothing to everything
  EXPECT_GT(faults_[fault::torn_write], 0u);
}

TEST_F(a_disk, works_after_a_crash_in_the_middle_of_a_sync) {
  write(1);
  disk_.crash();
  disk_.wipe();
  write(2);
  run_for(1s);
  EXPECT_EQ(answered_, numbers{2});
  EXPECT_EQ(intact(), numbers{2});
}

TEST_F(a_disk, stops_answering_when_an_answer_makes_its_node_crash) {
  write(1); // the two that follow become durable together
  disk_.write(persist_token{2}, bytes_of("record 2"), [this](persist_token) { disk_.crash(); });
  write(3);
  run_for(1s);
  EXPECT_EQ(answered_, numbers{1});
  EXPECT_EQ(intact(), (numbers{1, 2, 3}));
}

TEST_F(a_disk, may_be_written_to_from_within_an_answer) {
  disk_.write(persist_token{1}, bytes_of("record 1"), [this](persist_token) { write(2); });
  run_for(1s);
  EXPECT_EQ(intact(), (numbers{1, 2}));
  EXPECT_EQ(answered_, numbers{2});
}

TEST_F(a_disk, that_is_full_lets_writes_wait_until_there_is_room) {
  disk_.set_full(true);
  EXPECT_EQ(faults_[fault::disk_full], 0u); // nobody has noticed
  write(1);
  write(2);
  run_for(1h);
  EXPECT_TRUE(answered_.empty());
  EXPECT_TRUE(disk_.records().empty());
  EXPECT_EQ(faults_[fault::disk_full], 2u);
  disk_.set_full(false);
  run_for(1s);
  EXPECT_EQ(answered_, (numbers{1, 2}));
  EXPECT_EQ(intact(), (numbers{1, 2}));
}

TEST_F(a_disk, that_becomes_full_counts_the_writes_that_wait_already) {
  write(1); // is on its way
  write(2);
  disk_.set_full(true);
  disk_.set_full(true);
  EXPECT_EQ(faults_[fault::disk_full], 1u);
  run_for(1s);
  EXPECT_EQ(answered_, numbers{1});
}

TEST_F(a_disk, that_becomes_full_ends_the_sync_that_has_begun) {
  write(1);
  disk_.set_full(true);
  run_for(1s);
  EXPECT_EQ(answered_, numbers{1});
}

TEST_F(a_disk, that_is_full_has_no_room_for_what_waits_when_its_node_crashes) {
  disk_.set_full(true);
  for (int times = 0; times < 50; ++times) {
    write(1);
    disk_.crash();
  }
  EXPECT_TRUE(disk_.records().empty());
  EXPECT_EQ(faults_[fault::unsynced_lost], 50u);
}

TEST_F(a_disk, that_is_slow_takes_that_many_times_as_long) {
  disk_.set_slowness(1000);
  write(1);
  run_for(200ms - 1ns);
  EXPECT_TRUE(answered_.empty());
  run_for(2s);
  EXPECT_EQ(answered_, numbers{1});
  EXPECT_EQ(faults_[fault::disk_slow], 1u);
  disk_.set_slowness(1);
  write(2);
  run_for(2ms);
  EXPECT_EQ(answered_, (numbers{1, 2}));
  EXPECT_EQ(faults_[fault::disk_slow], 1u);
  EXPECT_DEATH(disk_.set_slowness(0), "faster than it is");
}

TEST_F(a_disk, rots_by_one_bit_of_one_record_that_says_so) {
  EXPECT_FALSE(disk_.rot());
  EXPECT_EQ(faults_[fault::bit_rot], 0u);
  write(1);
  write(2);
  run_for(1s);
  auto before = disk_.records();
  EXPECT_TRUE(disk_.rot());
  EXPECT_EQ(faults_[fault::bit_rot], 1u);
  int bits = 0;
  for (std::size_t place = 0; place < before.size(); ++place) {
    const auto& now = disk_.records()[place];
    EXPECT_EQ(now.intact, now.bytes == before[place].bytes);
    for (std::size_t at = 0; at < now.bytes.size(); ++at)
      for (auto differ = std::to_integer<unsigned>(now.bytes[at] ^ before[place].bytes[at]); differ > 0;
           differ >>= 1)
        bits += static_cast<int>(differ & 1u);
  }
  EXPECT_EQ(bits, 1);
}

TEST_F(a_disk, that_is_wiped_forgets_what_is_durable_and_writes_on) {
  write(1);
  run_for(1s);
  EXPECT_TRUE(disk_.wipe());
  EXPECT_TRUE(disk_.records().empty());
  EXPECT_FALSE(disk_.wipe());
  EXPECT_EQ(faults_[fault::disk_lost], 1u);
  write(2);
  run_for(1s);
  EXPECT_EQ(intact(), numbers{2});
}

TEST_F(a_disk, lets_as_many_writes_wait_as_its_limit_and_not_one_more) {
  disk_.set_full(true);
  for (std::size_t count = 0; count < disk::limit_waiting; ++count)
    disk_.write(persist_token{count}, {}, [](persist_token) {});
  EXPECT_DEATH(disk_.write(persist_token{1}, {}, [](persist_token) {}), "without end");
}

} // namespace
} // namespace chorus::testing
