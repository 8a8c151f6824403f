#include "../../runtime/transport/envelope.hpp"

#include "test_node.hpp"

#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <gtest/gtest.h>

#include <variant>

namespace chorus {
namespace {

using testing::text_bytes;

const peer ada{{1, 1}, {1}};
const peer bob{{2, 2}, {3}};

template <class Content>
Content decoded(const wire_message& message) {
  auto what = envelope::decode(shared_bytes{message.head}, message.body);
  if (!what || !std::holds_alternative<Content>(*what)) {
    ADD_FAILURE() << "decoded as something else";
    return {};
  }
  return std::get<Content>(*what);
}

bool is_malformed(const byte_buffer& head, const shared_bytes& body = {}) {
  auto what = envelope::decode(shared_bytes{head}, body);
  return !what && what.failure().code == errc::malformed;
}

wire_message some_datagram(std::size_t size = 4) {
  return envelope::encode(envelope::datagram{ada, envelope::hash_of("test"), shared_bytes{byte_buffer(size)}}
  );
}

wire_message some_introduction(const std::string& cluster = "choir") {
  return envelope::encode(envelope::datagram{
      bob, envelope::hash_of(cluster), shared_bytes{text_bytes("probe")}, cluster});
}

wire_message some_refusal() {
  return envelope::encode(envelope::refusal{ada, envelope::refusal::why::wrong_cluster, 1, "choir"});
}

TEST(envelope, carries_a_datagram) {
  auto what = decoded<envelope::datagram>(envelope::encode(envelope::datagram{
      bob, 42, shared_bytes{text_bytes("probe")}}));
  EXPECT_EQ(what.source, bob);
  EXPECT_EQ(what.cluster, 42u);
  EXPECT_EQ(as_text(what.payload.view()), "probe");
}

TEST(envelope, carries_a_datagram_that_says_its_cluster) {
  auto what = decoded<envelope::datagram>(some_introduction());
  EXPECT_EQ(what.source, bob);
  EXPECT_EQ(what.name, "choir");
  EXPECT_EQ(what.cluster, envelope::hash_of("choir"));
  EXPECT_EQ(as_text(what.payload.view()), "probe");
  auto nameless = some_introduction("");
  EXPECT_EQ(decoded<envelope::datagram>(nameless).name, "");
  auto head = some_introduction("x").head;
  head.pop_back();
  head.back() = std::byte{0};
  EXPECT_TRUE(is_malformed(head));
}

TEST(envelope, carries_a_refusal_of_any_version) {
  auto what = decoded<envelope::refusal>(envelope::encode(envelope::refusal{
      bob, envelope::refusal::why::wrong_version, 77, "choir"}));
  EXPECT_EQ(what.source, bob);
  EXPECT_EQ(what.reason, envelope::refusal::why::wrong_version);
  EXPECT_EQ(what.version, 77);
  EXPECT_EQ(what.cluster, "choir");
}

TEST(envelope, looks_as_it_is_written_down) {
  auto message = envelope::encode(envelope::datagram{{{0x0102030405060708, 9}, {10}}, 11, {}});
  std::string hex;
  for (auto byte : message.head) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[std::to_integer<unsigned>(byte) >> 4];
    hex += digits[std::to_integer<unsigned>(byte) & 15];
  }
  EXPECT_EQ(
      hex,
      "43440101"
      "0807060504030201"
      "0900000000000000"
      "0a00000000000000"
      "0b00000000000000"
  );
}

TEST(envelope, hashes_names_as_published) {
  EXPECT_EQ(envelope::hash_of(""), 0xcbf29ce484222325u);
  EXPECT_EQ(envelope::hash_of("foobar"), 0x85944171f73967e8u);
}

TEST(envelope, tells_a_frame_of_a_link_and_its_ends) {
  auto what = decoded<envelope::link_frame>(link::wire::encode({ada, bob, {1}, {1}, link::goodbye{}}));
  EXPECT_EQ(what.source, ada);
  EXPECT_EQ(what.destination, bob);
}

TEST(envelope, tells_other_versions_apart_from_malformed_bytes) {
  auto datagram = some_datagram();
  datagram.head[2] = std::byte{9};
  EXPECT_EQ(decoded<envelope::other_version>(datagram).version, 9);
  auto frame = link::wire::encode({ada, bob, {1}, {1}, link::goodbye{}});
  frame.head[2] = std::byte{8};
  EXPECT_EQ(decoded<envelope::other_version>(frame).version, 8);
}

TEST(envelope, is_malformed_when_cut_short_anywhere_or_too_long) {
  for (const auto& whole : {some_datagram(), some_introduction(), some_refusal()}) {
    for (std::size_t size = 0; size < whole.head.size(); ++size)
      EXPECT_TRUE(is_malformed(
          {whole.head.begin(), whole.head.begin() + static_cast<std::ptrdiff_t>(size)}, whole.body
      )) << size;
    auto longer = whole.head;
    longer.push_back(std::byte{0});
    EXPECT_TRUE(is_malformed(longer, whole.body));
  }
  auto frame = link::wire::encode({ada, bob, {1}, {1}, link::goodbye{}});
  frame.head.resize(4 + 2 * 24 - 1); // the rest is the link's to judge
  EXPECT_TRUE(is_malformed(frame.head));
}

TEST(envelope, is_malformed_with_a_kind_or_reason_that_does_not_exist) {
  auto datagram = some_datagram();
  datagram.head[3] = std::byte{4};
  EXPECT_TRUE(is_malformed(datagram.head));
  auto refusal = some_refusal();
  refusal.head[28] = std::byte{3};
  EXPECT_TRUE(is_malformed(refusal.head));
  refusal.head[28] = std::byte{0};
  EXPECT_TRUE(is_malformed(refusal.head));
}

TEST(envelope, takes_a_datagram_at_the_limit_and_none_above) {
  EXPECT_EQ(
      decoded<envelope::datagram>(some_datagram(limits::datagram_bytes)).payload.size(),
      limits::datagram_bytes
  );
  auto over = some_datagram(limits::datagram_bytes + 1);
  EXPECT_TRUE(is_malformed(over.head, over.body));
}

TEST(envelope, of_a_refusal_has_no_body) {
  EXPECT_TRUE(is_malformed(some_refusal().head, shared_bytes{byte_buffer(1)}));
}

} // namespace
} // namespace chorus
