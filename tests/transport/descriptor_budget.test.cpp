#include "../../runtime/transport/descriptor_budget.hpp"

#include <chorus/runtime/transport/descriptor.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>
#include <vector>

namespace chorus {
namespace {

using budget = descriptor_budget;

constexpr std::size_t in_use = 5;

TEST(descriptor_budget, names_what_there_is_and_what_there_has_to_be) {
  for (std::size_t limit : {8, 12, 16, 40}) {
    auto opened = budget::open({limit, in_use}, 100);
    ASSERT_FALSE(opened) << limit;
    EXPECT_EQ(opened.failure().code, errc::io);
    auto text = opened.failure().what;
    EXPECT_NE(text.find("may have " + std::to_string(limit) + " file descriptors"), std::string::npos)
        << text;
    auto number = text.find("at least ") + 9;
    auto needed = std::stoul(text.substr(number));
    EXPECT_FALSE(budget::open({needed - 1, in_use}, 100));
    EXPECT_TRUE(budget::open({needed, in_use}, 100));
  }
}

TEST(descriptor_budget, is_about_what_is_not_in_use) {
  EXPECT_TRUE(budget::open({256, in_use}, 100));
  EXPECT_FALSE(budget::open({256, 200}, 100));
  EXPECT_FALSE(budget::open({256, 256}, 100));
}

TEST(descriptor_budget, leaves_a_part_to_the_application_and_shares_the_rest) {
  for (std::size_t limit : {64, 256, 1024, 4096, 1 << 20}) {
    auto opened = *budget::open({limit, in_use}, 4096);
    EXPECT_LE(opened.connections_limit(), 4096u);
    EXPECT_LE(
        opened.peers() * budget::of_peer + in_use + budget::own + limit / budget::application_part, limit
    );
    EXPECT_LE(opened.limit_for(opened.peers()), limit);
    EXPECT_GT(opened.limit_for(opened.peers() + 1), limit);
  }
}

/// As many as there is room for.
template <class Take>
std::vector<budget::lease> take_all(Take&& take) {
  std::vector<budget::lease> all;
  while (auto next = take())
    all.push_back(std::move(*next));
  return all;
}

/// The number that README, ARCHITECTURE and the message name.
TEST(descriptor_budget, has_room_for_one_more_peer_in_each_limit_of_a_peer) {
  for (std::size_t used : {3, 5, 15, 40}) {
    auto opened = *budget::open({1024, used}, 1);
    auto least = opened.limit_for(budget::least_peers);
    for (std::size_t more = 1; more <= 200; ++more)
      EXPECT_LE(opened.limit_for(budget::least_peers + more), least + more * budget::limit_of_peer)
          << used << " in use, peers: " << more;
  }
  EXPECT_NE(
      budget::open({40, in_use}, 1).failure().what.find(std::to_string(budget::limit_of_peer) + " more"),
      std::string::npos
  );
}

struct a_budget : ::testing::Test {
  std::size_t peers_with_both_lanes(std::size_t connections) {
    content.set_connections(connections);
    auto messages = take_all([&] { return content.take_for_messages(); });
    auto datagrams = take_all([&] { return content.take_for_datagrams(); });
    EXPECT_GE(
        3 * datagrams.size() * budget::of_datagram_lane,
        messages.size() * budget::of_message_lane - budget::of_message_lane
    );
    return messages.size();
  }

  budget content = *budget::open({256, in_use}, 4096);
};

TEST_F(a_budget, keeps_room_for_datagrams) {
  EXPECT_GE(peers_with_both_lanes(0), content.peers());
}

TEST_F(a_budget, gives_lanes_what_connections_of_others_leave) {
  auto alone = peers_with_both_lanes(0);
  auto besieged = peers_with_both_lanes(content.connections_limit());
  EXPECT_LT(besieged, alone);
  EXPECT_GE(besieged, alone / 2 - 1);
  EXPECT_EQ(peers_with_both_lanes(10 * content.connections_limit()), besieged) << "never less than half";
}

TEST_F(a_budget, takes_back_what_is_given_back) {
  auto first = take_all([&] { return content.take_for_messages(); }).size();
  EXPECT_EQ(take_all([&] { return content.take_for_messages(); }).size(), first);
}

TEST_F(a_budget, asks_for_as_much_as_lets_in_who_was_refused) {
  EXPECT_FALSE(content.take_shortage());
  auto messages = take_all([&] { return content.take_for_messages(); });
  auto datagrams = take_all([&] { return content.take_for_datagrams(); });
  auto shortage = content.take_shortage();
  EXPECT_GE(shortage.messages, 1u);
  EXPECT_LE(shortage.messages, budget::of_message_lane);
  EXPECT_LE(shortage.all, budget::of_message_lane + budget::of_datagram_lane);
  EXPECT_FALSE(content.take_shortage()) << "told once";
  messages.pop_back();
  EXPECT_TRUE(content.take_for_messages());
}

TEST_F(a_budget, lets_any_lane_make_room_for_datagrams) {
  auto datagrams = take_all([&] { return content.take_for_datagrams(); });
  auto shortage = content.take_shortage();
  EXPECT_EQ(shortage.messages, 0u);
  EXPECT_GE(shortage.all, 1u);
  EXPECT_LE(shortage.all, budget::of_datagram_lane);
  ASSERT_FALSE(content.take_for_messages());
  EXPECT_EQ(content.take_shortage().messages, 0u) << "they have their part still";
}

TEST_F(a_budget, asks_for_what_connections_of_others_need) {
  auto datagrams = take_all([&] { return content.take_for_datagrams(); });
  EXPECT_TRUE(content.take_shortage());
  EXPECT_FALSE(content.take_shortage());
  content.set_connections(10);
  EXPECT_GT(content.take_shortage().all, 10u - budget::of_datagram_lane);
  content.set_connections(content.connections_limit());
  EXPECT_LE(content.take_shortage().all, budget::largest_shortage);
}

TEST_F(a_budget, keeps_contacts_and_attempts_within_their_parts) {
  auto contacts = take_all([&] { return content.take_for_contact(); });
  auto attempts = take_all([&] { return content.take_for_attempt(); });
  EXPECT_GE(contacts.size(), 2u);
  EXPECT_GE(attempts.size(), 2u);
  EXPECT_FALSE(content.has_room_for_contact());
  EXPECT_FALSE(content.take_shortage()) << "no lane is closed for them";
  EXPECT_GE(peers_with_both_lanes(0), content.peers());
  contacts.pop_back();
  EXPECT_TRUE(content.has_room_for_contact());
  attempts.pop_back();
  EXPECT_TRUE(content.take_for_attempt());
}

TEST(descriptor_usage, counts_what_this_process_has) {
  auto before = descriptor_usage::measure();
  EXPECT_GE(before.limit, before.in_use);
  descriptor another{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  EXPECT_EQ(descriptor_usage::measure().in_use, before.in_use + 1);
}

} // namespace
} // namespace chorus
