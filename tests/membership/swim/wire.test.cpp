#include <chorus/membership/swim/check.hpp>
#include <chorus/membership/swim/pages.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/limits.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

peer life(std::uint64_t number) {
  return {{number, number}, {3}};
}

member someone(std::uint64_t number) {
  return {life(number), "n" + std::to_string(number), {"host", 4000}, {{"seed"}, {{"rack", "7"}}, "1.0"}};
}

member longest() {
  metadata about;
  about.tags["key"] = std::string(limits::metadata_bytes - 9, 'v');
  return {
      {{~0ull, ~0ull}, {~0ull}},
      std::string(limits::name_bytes, 'n'),
      {std::string(limits::name_bytes, 'h'), 65535},
      about};
}

std::vector<rumour> one_of_each_rumour() {
  return {
      alive{someone(1), {4}},
      suspect{life(2), {1}, {{life(3), evidence::refused}, {life(4), evidence::hearsay}}},
      failed{life(5), {2}, life(6)},
      left{life(7)}};
}

std::vector<content> one_of_each_content() {
  return {
      ping{{1}},
      ack{{127}},
      ping_request{{128}, life(2)},
      indirect_ack{{16383}},
      nack{{65535}},
      gossip{},
      hello{
          someone(1),
          {2},
          77,
          address{"b", 4000},
          address{"a", 4000},
          true,
          failure{life(9), {8}},
          one_of_each_rumour()},
      summary{99, true},
      page{one_of_each_rumour()},
      refusal{
          life(1),
          refusal::why::cluster_full,
          someone(3),
          std::chrono::hours{30},
          std::chrono::milliseconds{7}},
      abstention{{life(2), life(3)}}};
}

result<message> read(const byte_buffer& bytes) {
  return wire::decode(shared_bytes{bytes});
}

TEST(swim_wire, gives_back_every_kind_of_message_with_every_kind_of_rumour) {
  EXPECT_EQ(one_of_each_content().size(), std::variant_size_v<content>);
  EXPECT_EQ(one_of_each_rumour().size(), std::variant_size_v<rumour>);
  for (const auto& one : one_of_each_content()) {
    const message what{one, one_of_each_rumour()};
    const auto bytes = wire::encode(what).head;
    const auto again = read(bytes);
    ASSERT_TRUE(again) << one.index();
    EXPECT_EQ(again->what.index(), one.index());
    EXPECT_EQ(again->rumours.size(), 4u);
    EXPECT_EQ(wire::encode(*again).head, bytes);
    EXPECT_EQ(encoded_size(what), bytes.size());
  }
}

TEST(swim_wire, keeps_what_a_hello_says) {
  const auto said = std::get<hello>(one_of_each_content()[6]);
  const auto again = read(wire::encode({said, {}}).head);
  ASSERT_TRUE(again);
  const auto& heard = std::get<hello>(again->what);
  EXPECT_EQ(heard.self, said.self);
  EXPECT_EQ(heard.refutation, said.refutation);
  EXPECT_EQ(heard.digest, said.digest);
  EXPECT_EQ(heard.asked_at, said.asked_at);
  EXPECT_EQ(heard.answers, said.answers);
  EXPECT_TRUE(heard.is_in);
  EXPECT_EQ(heard.failed, said.failed);
  EXPECT_EQ(std::get<alive>(heard.view.front()).who, someone(1));
}

TEST(swim_wire, keeps_what_a_refusal_says_of_the_holder) {
  refusal said{
      life(1), refusal::why::cluster_full, someone(3), std::chrono::hours{30}, std::chrono::milliseconds{7}};
  const auto again = read(wire::encode({said, {}}).head);
  ASSERT_TRUE(again);
  EXPECT_EQ(std::get<refusal>(again->what), said);
  said.known_for = std::chrono::hours{24} * 365 * 100;
  said.heard_ago = -std::chrono::seconds{1};
  const auto bounded = read(wire::encode({said, {}}).head);
  ASSERT_TRUE(bounded);
  EXPECT_GT(std::get<refusal>(bounded->what).known_for, std::chrono::hours{24} * 365 * 30);
  EXPECT_EQ(std::get<refusal>(bounded->what).heard_ago, duration::zero());
  said.heard_ago.reset();
  const auto of_hearsay = read(wire::encode({said, {}}).head);
  ASSERT_TRUE(of_hearsay);
  EXPECT_FALSE(std::get<refusal>(of_hearsay->what).heard_ago);
}

TEST(swim_wire, needs_one_datagram_for_the_longest_abstention) {
  constexpr peer longest{{UINT64_MAX, UINT64_MAX}, {UINT64_MAX}};
  const message full{abstention{std::vector(abstention::subjects_limit, longest)}, {}};
  EXPECT_LE(encoded_size(full), datagram_target);
  EXPECT_TRUE(read(wire::encode(full).head));
  EXPECT_FALSE(read(wire::encode({abstention{std::vector(abstention::subjects_limit + 1, longest)}, {}}).head)
  );
}

TEST(swim_wire, needs_four_bytes_for_a_probe_and_its_answer) {
  EXPECT_LE(wire::encode({ping{{65535}}, {}}).head.size(), 4u);
  EXPECT_LE(wire::encode({ack{{65535}}, {}}).head.size(), 4u);
}

TEST(swim_wire, refuses_every_cut_of_a_message_that_ends_within_a_part) {
  for (const auto& one : one_of_each_content()) {
    auto bytes = wire::encode({one, {}}).head;
    while (bytes.size() > 1) {
      bytes.pop_back();
      EXPECT_FALSE(read(bytes)) << one.index() << " of " << bytes.size();
    }
  }
  EXPECT_FALSE(read({}));
}

TEST(swim_wire, refuses_what_has_two_encodings) {
  // The number 1 in two bytes.
  EXPECT_FALSE(read({std::byte{0}, std::byte{0x81}, std::byte{0}}));
  // A flag of 2 in a summary.
  auto bytes = wire::encode({summary{1, false}, {}}).head;
  bytes.back() = std::byte{2};
  EXPECT_FALSE(read(bytes));
}

TEST(swim_wire, refuses_unknown_kinds_numbers_that_do_not_fit_and_bodies) {
  EXPECT_FALSE(read({std::byte{11}}));
  // 65536 as a probe's number.
  EXPECT_FALSE(read({std::byte{0}, std::byte{0x80}, std::byte{0x80}, std::byte{4}}));
  const auto head = wire::encode({gossip{}, {}}).head;
  EXPECT_FALSE(wire::decode(shared_bytes{head}, shared_bytes{byte_buffer{std::byte{1}}}));
  EXPECT_FALSE(read(byte_buffer(limits::datagram_bytes + 1)));
}

TEST(swim_wire, believes_no_count_that_the_bytes_do_not_bear_out) {
  // A page that announces 65535 entries.
  EXPECT_FALSE(read({std::byte{8}, std::byte{0xFF}, std::byte{0xFF}, std::byte{3}}));
}

TEST(swim_wire, refuses_roles_that_are_doubled_or_out_of_order) {
  auto what = someone(1);
  what.about.roles = {"a", "b"};
  auto bytes = wire::encode({gossip{}, {alive{what, {}}}}).head;
  const auto b = std::ranges::find(bytes, std::byte{'b'}, {});
  ASSERT_NE(b, bytes.end());
  *b = std::byte{'a'};
  EXPECT_FALSE(read(bytes));
}

TEST(swim_wire, carries_the_longest_member_in_one_datagram_of_the_usual_size) {
  EXPECT_EQ(metadata_size(longest().about), limits::metadata_bytes);
  EXPECT_FALSE(check(longest()));
  EXPECT_LE(encoded_size(rumour{alive{longest(), refutation_limit}}), datagram_target - 4);
}

TEST(swim_pages, carry_a_view_of_as_many_members_as_there_can_be_in_datagrams) {
  std::vector<rumour> view;
  for (std::size_t n = 0; n < limits::members; ++n)
    view.emplace_back(alive{longest(), refutation_limit});
  const auto pages = divide_into_pages(view);
  std::size_t entries = 0;
  for (const auto& one : pages) {
    entries += one.entries.size();
    EXPECT_LE(encoded_size(message{one, {}}), limits::datagram_bytes);
    EXPECT_FALSE(one.entries.empty());
  }
  EXPECT_EQ(entries, limits::members);
}

TEST(swim_pages, of_an_empty_view_are_one_empty_page) {
  EXPECT_EQ(divide_into_pages({}).size(), 1u);
}

TEST(swim_digest, tells_views_apart_by_life_and_refutation) {
  auto of = [](std::vector<std::pair<peer, std::uint64_t>> view) {
    digest sum;
    for (const auto& [who, refuted] : view)
      sum.add(who, {refuted});
    return sum.value();
  };
  const auto one = of({{life(1), 0}, {life(2), 0}});
  EXPECT_EQ(one, of({{life(1), 0}, {life(2), 0}}));
  EXPECT_NE(one, of({{life(1), 0}, {life(2), 1}}));
  EXPECT_NE(one, of({{life(1), 0}}));
  EXPECT_NE(one, of({{life(1), 0}, {life(3), 0}}));
}

} // namespace
} // namespace chorus::membership::swim
