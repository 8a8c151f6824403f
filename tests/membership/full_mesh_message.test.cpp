#include "mesh_world.hpp"

#include <chorus/membership/full_mesh_message.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::full_mesh {
namespace {

const member a = someone("a", 1);
const member b = someone("b", 2);

gossip largest_gossip() {
  auto longest = [](std::uint64_t number) {
    return member{
        {{number, number}, {number}},
        std::string(limits::name_bytes, 'n'),
        {std::string(limits::name_bytes, 'h'), 65535}};
  };
  gossip what{longest(1), {}, longest(1).where, longest(1).where};
  for (std::uint64_t n = 1; n <= members_limit; ++n)
    what.known.push_back(longest(n));
  return what;
}

std::vector<message> one_of_each_kind() {
  return {
      gossip{a, {b}, address{"b", 4000}, address{"a", 4000}},
      gossip{a, {}, {}, {}},
      farewell{},
      accusation{b.who, {2, a.who.node, a.who.node}, a.where},
      refusal{b.who, refusal::why::cluster_full, a}};
}

TEST(full_mesh_wire, gives_back_every_kind_of_message) {
  for (const auto& what : one_of_each_kind()) {
    auto bytes = wire::encode(what);
    EXPECT_TRUE(bytes.body.empty());
    auto read = wire::decode(shared_bytes{bytes.head});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->index(), what.index());
    EXPECT_EQ(wire::encode(*read).head, bytes.head);
  }
}

TEST(full_mesh_wire, keeps_what_gossip_says) {
  auto read = wire::decode(shared_bytes{wire::encode(one_of_each_kind()[0]).head});
  ASSERT_TRUE(read);
  const auto& what = std::get<gossip>(*read);
  EXPECT_EQ(what.self, a);
  EXPECT_EQ(what.known, std::vector<member>{b});
  EXPECT_EQ(what.asked_at, (address{"b", 4000}));
  EXPECT_EQ(what.answers, (address{"a", 4000}));
}

TEST(full_mesh_wire, fits_as_many_members_with_names_as_long_as_can_be_into_a_datagram) {
  auto what = largest_gossip();
  ASSERT_FALSE(check_content(what.self.who, what));
  auto bytes = wire::encode(what);
  EXPECT_LE(bytes.head.size(), limits::datagram_bytes);
  EXPECT_TRUE(wire::decode(shared_bytes{bytes.head}));
}

TEST(full_mesh_wire, refuses_messages_that_are_cut_short_or_go_on) {
  for (const auto& what : one_of_each_kind()) {
    auto bytes = wire::encode(what).head;
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(wire::decode(shared_bytes{
          byte_buffer(bytes.begin(), bytes.begin() + static_cast<int>(size))}));
    bytes.push_back(std::byte{0});
    EXPECT_FALSE(wire::decode(shared_bytes{bytes}));
  }
}

TEST(full_mesh_wire, refuses_bytes_beyond_a_datagram_and_bodies) {
  EXPECT_FALSE(wire::decode(shared_bytes{byte_buffer(limits::datagram_bytes + 1)}));
  EXPECT_FALSE(wire::decode(shared_bytes{wire::encode(farewell{}).head}, shared_bytes{byte_buffer(1)}));
}

TEST(full_mesh_wire, survives_damage_anywhere_and_so_does_the_check_of_the_content) {
  random_generator chance{1};
  auto decoded = 0;
  for (auto i = 0; i < 20000; ++i) {
    auto kinds = one_of_each_kind();
    auto bytes = wire::encode(kinds[chance.below(kinds.size())]).head;
    for (auto damage = 1 + chance.below(3); damage > 0; --damage)
      bytes[chance.below(bytes.size())] = static_cast<std::byte>(chance.below(256));
    if (auto read = wire::decode(shared_bytes{std::move(bytes)})) {
      ++decoded;
      check_content(a.who, *read);
    }
  }
  EXPECT_GT(decoded, 1000);
}

TEST(standing, of_more_members_outweighs) {
  EXPECT_TRUE((standing{3, {0, 9}, {0, 9}}.outweighs({2, {0, 1}, {0, 1}})));
  EXPECT_FALSE((standing{2, {0, 1}, {0, 1}}.outweighs({3, {0, 9}, {0, 9}})));
}

TEST(standing, of_as_many_members_is_decided_by_the_least_node_and_then_by_the_node_itself) {
  EXPECT_TRUE((standing{2, {0, 1}, {0, 5}}.outweighs({2, {0, 2}, {0, 2}})));
  EXPECT_TRUE((standing{2, {0, 1}, {0, 2}}.outweighs({2, {0, 1}, {0, 3}})));
  EXPECT_FALSE((standing{2, {0, 1}, {0, 3}}.outweighs({2, {0, 1}, {0, 2}})));
}

} // namespace
} // namespace chorus::membership::full_mesh
