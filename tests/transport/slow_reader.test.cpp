#include "two_nodes.hpp"

#include <chorus/runtime/limits.hpp>

#include <gtest/gtest.h>

namespace chorus {
namespace {

using namespace chorus::testing;

constexpr std::size_t window = 256 * limits::kibibyte;
constexpr std::size_t buffer = 512 * limits::kibibyte;
constexpr std::size_t message_size = 1000;
constexpr std::size_t cost = message_size + link::message_overhead;

void make_small(transport_options& options) {
  options.link.channels.front().message_bytes = 64 * limits::kibibyte;
  options.link.chunk_bytes = 16 * limits::kibibyte;
  options.link.frame_bytes = 32 * limits::kibibyte;
  options.link.channels.front().receive_window_bytes = window;
  options.link.channels.front().receive_reserve_bytes = 64 * limits::kibibyte;
  options.link.channels.front().send_buffer_bytes = buffer;
  options.link.channels.front().send_reserve_bytes = 64 * limits::kibibyte;
}

std::size_t unconsumed(test_node& node) {
  return node.told.message_bytes + node.told.messages * link::message_overhead;
}

/// Sends on after `accepted` messages until one is not taken; how many were taken in all.
std::uint64_t send_what_fits(outbox& to, std::uint64_t accepted = 0) {
  while (to.send({first_pair, link::urgency::ordinary, numbered(accepted + 1, message_size)}) == errc::none)
    ++accepted;
  return accepted;
}

/// Until the window of the reader on b and a's buffer are full of whole messages; how many it took.
std::uint64_t fill(two_nodes& nodes) {
  std::uint64_t accepted = 0;
  EXPECT_TRUE(nodes.b.wait([&] {
    accepted = send_what_fits(*nodes.a_sends, accepted);
    return accepted == window / cost + buffer / cost;
  }));
  return accepted;
}

TEST(slow_reader, bounds_memory_at_both_ends_and_goes_on_when_it_reads) {
  two_nodes nodes{make_small};
  nodes.b.stop_consuming();
  auto accepted = fill(nodes);
  EXPECT_LE(accepted * cost, window + buffer);
  EXPECT_LE(unconsumed(nodes.b), window);
  EXPECT_FALSE(nodes.a_sends->has_room(message_size));

  nodes.b.consume_again();
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, accepted));
  send_numbers(*nodes.a_sends, second_pair, 1'000, message_size);
  EXPECT_TRUE(has_all(nodes.b, ada, second_pair, 1'000));
  EXPECT_EQ(nodes.a.told.refused, 0u);
}

TEST(slow_reader, still_gets_what_frees_resources) {
  two_nodes nodes{make_small};
  nodes.b.stop_consuming();
  fill(nodes);
  EXPECT_EQ(nodes.a_sends->send({second_pair, link::urgency::reserved, numbered(1)}), errc::none);
  EXPECT_TRUE(has_all(nodes.b, ada, second_pair, 1));
}

TEST(slow_reader, who_takes_nothing_from_the_wire_bounds_memory_and_holds_up_nobody) {
  two_nodes nodes{make_small};
  ASSERT_TRUE(nodes.are_connected());
  const peer cyd{{3, 3}, {1}};
  test_node c{two_nodes::adjusted(cyd, make_small)};
  auto to_c = nodes.a.add(cyd, c.where());
  c.add(ada, nodes.a.where());
  ASSERT_TRUE(c.wait([&] { return c.told.established[ada] == 1; }));

  nodes.to_b.stall();
  auto accepted = send_what_fits(*nodes.a_sends);
  EXPECT_LE(accepted * cost, buffer);
  send_numbers(*to_c, second_pair, 1'000, message_size);
  EXPECT_TRUE(has_all(c, ada, second_pair, 1'000));
  EXPECT_FALSE(nodes.a_sends->has_room(message_size)) << "meanwhile nothing was taken";

  nodes.to_b.heal();
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, accepted));
}

} // namespace
} // namespace chorus
