#include "../../actors/remoting/writable_waiters.hpp"

#include "silent_actors.hpp"

#include <gtest/gtest.h>

namespace chorus {
namespace {

class waiters_of_links : public testing::Test {
protected:
  silent_actors actors_{3};
  std::shared_ptr<outbox> one_ = make_link();
  std::shared_ptr<outbox> other_ = make_link();
  writable_waiters table_;
};

TEST_F(waiters_of_links, wait_once_however_often_they_ask) {
  EXPECT_TRUE(table_.add(one_, {actors_.at(0), actors_.at(1)}));
  EXPECT_TRUE(table_.add(one_, {actors_.at(0), actors_.at(1)}));
  auto told = table_.take(one_);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].subscriber, actors_.at(0));
  EXPECT_EQ(told[0].receiver, actors_.at(1));
  EXPECT_TRUE(table_.take(one_).empty());
}

TEST_F(waiters_of_links, are_kept_apart_by_subscriber_receiver_and_link) {
  EXPECT_TRUE(table_.add(one_, {actors_.at(0), actors_.at(1)}));
  EXPECT_TRUE(table_.add(one_, {actors_.at(0), actors_.at(2)}));
  EXPECT_TRUE(table_.add(one_, {actors_.at(2), actors_.at(1)}));
  EXPECT_TRUE(table_.add(other_, {actors_.at(0), actors_.at(1)}));
  EXPECT_EQ(table_.take(one_).size(), 3u);
  EXPECT_EQ(table_.take(other_).size(), 1u);
}

TEST_F(waiters_of_links, may_give_up) {
  EXPECT_TRUE(table_.add(one_, {actors_.at(0), actors_.at(1)}));
  EXPECT_TRUE(table_.add(one_, {actors_.at(2), actors_.at(1)}));
  table_.remove(one_, {actors_.at(0), actors_.at(1)});
  table_.remove(other_, {actors_.at(2), actors_.at(1)});
  auto told = table_.take(one_);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].subscriber, actors_.at(2));
}

TEST_F(waiters_of_links, are_limited_in_number) {
  silent_actors many{writable_waiters::limit / 256};
  for (std::size_t i = 0; i < 256; ++i) {
    auto link = make_link();
    for (std::size_t j = 0; j < writable_waiters::limit / 256; ++j)
      ASSERT_TRUE(table_.add(link, {many.at(j), actors_.at(1)}));
  }
  EXPECT_FALSE(table_.add(one_, {actors_.at(0), actors_.at(1)}));
}

} // namespace
} // namespace chorus
