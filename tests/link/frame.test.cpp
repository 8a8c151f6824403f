#include "../../runtime/link/segment.hpp"
#include "two_ends.hpp"

#include <chorus/runtime/link/frame.hpp>

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

using chorus::testing::bytes_of;
using chorus::testing::offered;

constexpr std::size_t version_at = 2;
constexpr std::size_t kind_at = 3;
constexpr std::size_t content_at = 68;

const peer ada{{0x0102030405060708, 0x1112131415161718}, {7}};
const peer bob{{3, 4}, {1}};

frame make(decltype(frame::content) content) {
  frame what{ada, bob, {21}, {22}, std::move(content)};
  if (std::holds_alternative<hello>(what.content))
    what.destination_relation = {};
  if (std::holds_alternative<refusal>(what.content))
    what.source_relation = {};
  return what;
}

shared_bytes two_segments() {
  byte_buffer bytes;
  append_segment(bytes, part::whole, {1, 2}, 0, as_bytes("hello"));
  append_segment(bytes, part::whole, {3, 4}, 0, {});
  return shared_bytes{std::move(bytes)};
}

data some_data() {
  data content;
  content.acknowledged = {5};
  content.credits.set(0, 1000);
  content.wants_answer = true;
  content.first = {6};
  content.count = 2;
  content.segments = two_segments();
  return content;
}

/// Of one segment, whose bytes are not in `segments`.
data lone_data() {
  byte_buffer head;
  append_segment_head(head, part::whole, {1, 2}, 0, 5);
  data content;
  content.credits.set(0, 1000);
  content.first = {6};
  content.count = 1;
  content.segments = shared_bytes{std::move(head)};
  content.lone = bytes_of("hello");
  return content;
}

result<frame> decode(byte_buffer head, shared_bytes body = {}) {
  return wire::decode(shared_bytes{std::move(head)}, body);
}

frame round_trip(const frame& what) {
  auto message = wire::encode(what);
  auto decoded = decode(message.head, message.body);
  EXPECT_TRUE(decoded);
  EXPECT_EQ(decoded->source, what.source);
  EXPECT_EQ(decoded->destination, what.destination);
  EXPECT_EQ(decoded->source_relation, what.source_relation);
  EXPECT_EQ(decoded->destination_relation, what.destination_relation);
  return *decoded;
}

/// Of channel 0, and of no other one.
std::optional<std::uint64_t> credit_in(const data& content) {
  std::optional<std::uint64_t> found;
  content.credits.for_each([&](channel_number channel, std::uint64_t credit) {
    EXPECT_EQ(channel, 0);
    found = credit;
  });
  return found;
}

errc failure_of(const wire_message& message) {
  auto decoded = decode(message.head, message.body);
  return decoded ? errc::none : decoded.failure().code;
}

/// The encoded frame with one byte of its head changed.
wire_message with_byte(wire_message message, std::size_t place, unsigned value) {
  message.head.at(place) = static_cast<std::byte>(value);
  return message;
}

} // namespace

TEST(frame, hello_and_welcome_carry_cluster_and_credit) {
  auto said = round_trip(make(hello{"cluster", 0, offered(16)}));
  EXPECT_EQ(std::get<hello>(said.content).cluster, "cluster");
  EXPECT_EQ(std::get<hello>(said.content).channels.front().credit, 16u);
  auto answered = round_trip(make(welcome{std::string(limits::name_bytes, 'x'), 0, offered(17)}));
  EXPECT_EQ(std::get<welcome>(answered.content).cluster.size(), limits::name_bytes);
  EXPECT_EQ(std::get<welcome>(answered.content).channels.front().credit, 17u);
}

TEST(frame, every_refusal_carries_its_reason_and_the_life_that_answers) {
  for (auto reason :
       {refusal::why::wrong_cluster, refusal::why::wrong_version, refusal::why::wrong_incarnation}) {
    auto refused = round_trip(make(refusal{reason, {9}}));
    EXPECT_EQ(std::get<refusal>(refused.content).reason, reason);
    EXPECT_EQ(std::get<refusal>(refused.content).current, incarnation{9});
  }
}

TEST(frame, data_carries_acknowledgement_credit_and_segments) {
  auto decoded = round_trip(make(some_data()));
  const auto& content = std::get<data>(decoded.content);
  EXPECT_EQ(content.acknowledged, sequence{5});
  EXPECT_EQ(credit_in(content), 1000u);
  EXPECT_TRUE(content.wants_answer);
  EXPECT_EQ(content.first, sequence{6});
  EXPECT_EQ(content.count, 2u);
  EXPECT_TRUE(std::ranges::equal(content.segments.view(), two_segments().view()));
}

TEST(frame, the_bytes_of_a_lone_segment_are_its_body_and_not_copied) {
  auto message = wire::encode(make(lone_data()));
  auto decoded = decode(message.head, message.body);
  ASSERT_TRUE(decoded);
  const auto& content = std::get<data>(decoded->content);
  EXPECT_EQ(credit_in(content), 1000u);
  EXPECT_EQ(content.first, sequence{6});
  EXPECT_EQ(content.count, 1u);
  EXPECT_TRUE(std::ranges::equal(content.segments.view(), lone_data().segments.view()));
  EXPECT_EQ(content.lone.view().data(), message.body.view().data());
}

TEST(frame, with_a_lone_segment_has_just_one_with_bytes) {
  auto good = wire::encode(make(lone_data()));
  EXPECT_EQ(failure_of(good), errc::none);
  EXPECT_EQ(failure_of({good.head, {}}), errc::malformed);
  for (std::uint32_t count : {0, 2}) {
    auto content = lone_data();
    content.count = count;
    EXPECT_EQ(failure_of(wire::encode(make(content))), errc::malformed) << count;
  }
  auto content = lone_data();
  content.segments = shared_bytes{byte_buffer(segment_head_bytes)};
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::none);
  content.segments = shared_bytes{byte_buffer(segment_head_bytes + 1)};
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::malformed);
}

TEST(frame, data_without_segments_and_goodbye_have_no_body) {
  EXPECT_TRUE(wire::encode(make(data{})).body.empty());
  EXPECT_EQ(std::get<data>(round_trip(make(data{})).content).count, 0u);
  EXPECT_TRUE(std::holds_alternative<goodbye>(round_trip(make(goodbye{})).content));
  EXPECT_TRUE(std::holds_alternative<over>(round_trip(make(over{})).content));
}

TEST(frame, names_those_numbers_of_its_relation_that_its_kind_has) {
  for (const auto& good :
       {make(hello{"x", 0, offered(1)}),
        make(welcome{"x", 0, offered(1)}),
        make(refusal{refusal::why::wrong_cluster, {1}}),
        make(some_data()),
        make(goodbye{}),
        make(over{})}) {
    EXPECT_EQ(failure_of(wire::encode(good)), errc::none);
    for (auto number : {&frame::source_relation, &frame::destination_relation}) {
      auto wrong = good;
      (wrong.*number).value = wrong.*number ? 0 : 1;
      EXPECT_EQ(failure_of(wire::encode(wrong)), errc::malformed) << good.content.index();
    }
  }
}

TEST(frame, of_a_relation_that_is_over_is_answered_unless_it_is_a_hello_or_a_farewell) {
  for (const auto& what : {make(welcome{"x", 0, offered(1)}), make(data{})}) {
    auto answer = answer_in_no_relation(bob, what);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(std::holds_alternative<over>(answer->content));
    EXPECT_EQ(answer->source, bob);
    EXPECT_EQ(answer->destination, ada);
    EXPECT_EQ(answer->source_relation, what.destination_relation);
    EXPECT_EQ(answer->destination_relation, what.source_relation);
    EXPECT_EQ(failure_of(wire::encode(*answer)), errc::none);
  }
  for (const auto& what :
       {make(hello{"x", 0, offered(1)}),
        make(goodbye{}),
        make(over{}),
        make(refusal{refusal::why::wrong_cluster, {1}})})
    EXPECT_FALSE(answer_in_no_relation(bob, what));
}

TEST(frame, for_another_life_is_answered_unless_it_is_a_farewell) {
  for (const auto& what :
       {make(hello{"x", 0, offered(1)}), make(welcome{"x", 0, offered(1)}), make(data{})}) {
    auto answer = answer_to_another_life(bob, what);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<refusal>(answer->content).current, bob.incarnation);
    EXPECT_EQ(answer->destination_relation, what.source_relation);
  }
  for (const auto& what : {make(goodbye{}), make(over{}), make(refusal{refusal::why::wrong_cluster, {1}})})
    EXPECT_FALSE(answer_to_another_life(bob, what));
}

TEST(frame, looks_the_same_on_every_machine) {
  const std::vector<unsigned> expected{
      0x43, 0x48, 1,    1,                            // magic, version, kind
      8,    7,    6,    5,    4,    3,    2,    1,    // source: high,
      0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, // low,
      7,    0,    0,    0,    0,    0,    0,    0,    // incarnation
      3,    0,    0,    0,    0,    0,    0,    0,    // destination: high,
      4,    0,    0,    0,    0,    0,    0,    0,    // low,
      1,    0,    0,    0,    0,    0,    0,    0,    // incarnation
      21,   0,    0,    0,    0,    0,    0,    0,    // relation at the source,
      0,    0,    0,    0,    0,    0,    0,    0,    // at the destination
      1,    'x',                                      // cluster,
      6,    0,    0,    0,    0,    0,    0,    0,    // nonce,
      1,    3,    'y',  '/',  '1',                    // channels: name,
      0,    1,    0,    0,    0,    0,    0,    0,    // credit,
      5,    0,    0,    0,    0,    0,    0,    0,    // held
  };
  std::vector<unsigned> bytes;
  for (auto byte : wire::encode(make(hello{"x", 6, {{"y/1", 256, 5}}})).head)
    bytes.push_back(std::to_integer<unsigned>(byte));
  EXPECT_EQ(bytes, expected);
}

TEST(frame, the_head_of_data_has_the_promised_size) {
  auto content = some_data();
  EXPECT_EQ(wire::encode(make(content)).head.size(), wire::data_head_bytes(1));
  content.credits.set(3, 7);
  EXPECT_EQ(wire::encode(make(content)).head.size(), wire::data_head_bytes(2));
}

TEST(frame, any_head_that_is_cut_short_or_too_long_is_malformed) {
  for (const auto& whole :
       {make(hello{"cluster", 0, offered(16)}),
        make(welcome{"cluster", 0, offered(16)}),
        make(refusal{refusal::why::wrong_version, {1}}),
        make(some_data()),
        make(data{}),
        make(goodbye{}),
        make(over{})}) {
    auto message = wire::encode(whole);
    auto longer = message.head;
    longer.push_back(std::byte{0});
    EXPECT_EQ(failure_of({longer, message.body}), errc::malformed);
    for (std::size_t size = 0; size < message.head.size(); ++size) {
      byte_buffer cut(message.head.begin(), message.head.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(failure_of({cut, message.body}), errc::malformed) << "cut to " << size;
    }
  }
}

TEST(frame, bytes_of_another_protocol_are_malformed_and_another_version_is_refused) {
  auto good = wire::encode(make(goodbye{}));
  EXPECT_EQ(failure_of(with_byte(good, 0, 0x44)), errc::malformed);
  EXPECT_EQ(failure_of(with_byte(good, version_at, protocol_version + 1)), errc::refused);
}

TEST(frame, unknown_kinds_and_reasons_and_flags_are_malformed) {
  auto good = wire::encode(make(goodbye{}));
  EXPECT_EQ(failure_of(with_byte(good, kind_at, 0)), errc::malformed);
  EXPECT_EQ(failure_of(with_byte(good, kind_at, 8)), errc::malformed);
  auto refused = wire::encode(make(refusal{refusal::why::wrong_version, {1}}));
  EXPECT_EQ(failure_of(with_byte(refused, content_at, 0)), errc::malformed);
  EXPECT_EQ(failure_of(with_byte(refused, content_at, 4)), errc::malformed);
  auto asks = wire::encode(make(data{}));
  EXPECT_EQ(failure_of(with_byte(asks, content_at + 10, 2)), errc::malformed);
}

TEST(frame, a_body_belongs_to_data_with_segments_only) {
  for (const auto& whole : {make(goodbye{}), make(hello{"x", 0, offered(1)}), make(data{})}) {
    auto message = wire::encode(whole);
    message.body = bytes_of("x");
    EXPECT_EQ(failure_of(message), errc::malformed);
  }
}

TEST(frame, segments_that_cannot_be_in_the_body_are_malformed) {
  auto content = some_data();
  content.segments = shared_bytes{byte_buffer(2 * smallest_segment_bytes)};
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::none);
  content.count = 3;
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::malformed);
}

TEST(frame, a_sequence_that_would_wrap_around_is_malformed) {
  auto content = some_data();
  content.first = {sequence::max().value - content.count};
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::none);
  content.first = {sequence::max().value - content.count + 1};
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::malformed);
  content.first = {0};
  EXPECT_EQ(failure_of(wire::encode(make(content))), errc::malformed);
}

} // namespace chorus::link
