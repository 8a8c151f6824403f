#include "../../actors/remoting/lost_messages.hpp"

#include "silent_actors.hpp"

#include <caf/actor_cast.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace chorus {
namespace {

using namespace std::chrono_literals;
using effect = lost_messages::effect;

constexpr time_point start{1h};

class lost_messages_table : public testing::Test {
protected:
  lost_messages::loss loss(
      std::size_t sender,
      std::size_t receiver,
      errc code = errc::overloaded,
      const std::shared_ptr<outbox>& link = nullptr
  ) {
    return {
        caf::actor_cast<caf::strong_actor_ptr>(actors_.at(sender)), actors_.at(receiver), link, {code, ""}};
  }

  silent_actors actors_{4};
  lost_messages table_;
};

TEST_F(lost_messages_table, opens_a_record_for_the_first_loss_and_counts_further_ones_in_it) {
  EXPECT_EQ(table_.add(start, loss(0, 1)), effect::opened_first);
  EXPECT_EQ(table_.add(start + 1ms, loss(0, 1)), effect::counted);
  EXPECT_EQ(table_.add(start + 2ms, loss(0, 1)), effect::counted);
  auto told = table_.take_all();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].count, 3u);
  EXPECT_EQ(told[0].first, start);
  EXPECT_EQ(told[0].what.sender, actors_.at(0));
  EXPECT_EQ(told[0].what.receiver, actors_.at(1));
  EXPECT_EQ(told[0].what.reason.code, errc::overloaded);
}

TEST_F(lost_messages_table, keeps_senders_receivers_and_reasons_apart) {
  EXPECT_EQ(table_.add(start, loss(0, 1)), effect::opened_first);
  EXPECT_EQ(table_.add(start, loss(0, 2)), effect::opened);
  EXPECT_EQ(table_.add(start, loss(3, 1)), effect::opened);
  EXPECT_EQ(table_.add(start, loss(0, 1, errc::too_large)), effect::opened);
  auto anonymous = loss(0, 1);
  anonymous.sender = nullptr;
  EXPECT_EQ(table_.add(start, anonymous), effect::opened);
  EXPECT_EQ(table_.take_all().size(), 5u);
}

TEST_F(lost_messages_table, tells_every_loss_once) {
  table_.add(start, loss(0, 1));
  EXPECT_EQ(table_.take_all().size(), 1u);
  EXPECT_TRUE(table_.take_all().empty());
  EXPECT_EQ(table_.add(start + 1s, loss(0, 1)), effect::opened_first) << "a new record, a new time to tell";
  EXPECT_EQ(table_.take_all().at(0).first, start + 1s);
}

TEST_F(lost_messages_table, tells_those_of_one_link_alone) {
  auto one = make_link();
  auto other = make_link();
  table_.add(start, loss(0, 1, errc::overloaded, one));
  table_.add(start, loss(0, 2, errc::overloaded, other));
  table_.add(start, loss(3, 1, errc::overloaded, one));
  auto told = table_.take(one);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].what.link, one);
  EXPECT_EQ(told[1].what.link, one);
  EXPECT_TRUE(table_.take(one).empty());
  EXPECT_EQ(table_.take_all().size(), 1u);
}

TEST_F(lost_messages_table, counts_what_is_beyond_its_limit_in_one_record_of_nobody) {
  constexpr std::size_t side = 65;
  static_assert(side * side >= lost_messages::limit + 2);
  silent_actors pairs{side};
  auto lose = [&](std::size_t pair) {
    auto sender = caf::actor_cast<caf::strong_actor_ptr>(pairs.at(pair / side));
    return table_.add(start, {sender, pairs.at(pair % side), nullptr, {errc::io, ""}});
  };
  for (std::size_t pair = 0; pair < lost_messages::limit + 2; ++pair)
    lose(pair);
  EXPECT_EQ(lose(0), effect::counted) << "in the record that it has";
  auto told = table_.take_all();
  ASSERT_EQ(told.size(), lost_messages::limit + 1);
  auto nobody = [](auto& record) { return !record.what.receiver; };
  auto rest = std::find_if(told.begin(), told.end(), nobody);
  ASSERT_NE(rest, told.end());
  EXPECT_FALSE(rest->what.sender);
  EXPECT_EQ(rest->count, 2u);
  EXPECT_EQ(rest->what.reason.code, errc::overloaded);
  std::uint64_t sum = 0;
  for (auto& record : told)
    sum += record.count;
  EXPECT_EQ(sum, lost_messages::limit + 3);
}

TEST_F(lost_messages_table, opens_nothing_more_once_closed) {
  table_.add(start, loss(0, 1));
  EXPECT_EQ(table_.close().size(), 1u);
  EXPECT_EQ(table_.add(start, loss(0, 1)), effect::counted);
  EXPECT_TRUE(table_.take_all().empty());
}

} // namespace
} // namespace chorus
