#include "../support/seeds.hpp"

#include <chorus/runtime/address.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace chorus {
namespace {

using ::testing::HasSubstr;

TEST(address, is_read_from_host_and_port) {
  EXPECT_EQ(*parse_address("localhost:4000"), (address{"localhost", 4000}));
  EXPECT_EQ(*parse_address("192.0.2.7:0"), (address{"192.0.2.7", 0}));
  EXPECT_EQ(*parse_address("[2001:db8::1]:65535"), (address{"2001:db8::1", 65535}));
  EXPECT_EQ(*parse_address("*:4000"), (address{"*", 4000}));
}

TEST(address, puts_brackets_around_an_ipv6_host_only) {
  EXPECT_EQ(to_string(address{"::1", 4000}), "[::1]:4000");
  EXPECT_EQ(to_string(address{"node-1.example.org", 4000}), "node-1.example.org:4000");
}

TEST(address, is_read_back_from_its_printed_form) {
  constexpr std::array hosts{"*", "a", "node-1.example.org", "192.0.2.7", "::", "::1", "fe80::1%eth0"};
  testing::for_each_seed(100, [&](random_generator random) {
    address where{hosts.at(random.below(hosts.size())), static_cast<std::uint16_t>(random.below(65'536))};
    auto read = parse_address(to_string(where));
    ASSERT_TRUE(read) << to_string(read.failure());
    EXPECT_EQ(*read, where);
  });
}

std::string problem_with(std::string_view text) {
  auto read = parse_address(text);
  if (read)
    return "none: " + to_string(*read);
  EXPECT_EQ(read.failure().code, errc::invalid_argument);
  return read.failure().what;
}

TEST(address, that_cannot_be_read_comes_with_the_problem) {
  EXPECT_THAT(problem_with(""), HasSubstr("no port"));
  EXPECT_THAT(problem_with("localhost"), HasSubstr("no port"));
  EXPECT_THAT(problem_with("[::1]"), HasSubstr("no port"));
  EXPECT_THAT(problem_with(":4000"), HasSubstr("no host"));
  EXPECT_THAT(problem_with("[]:4000"), HasSubstr("no host"));
  EXPECT_THAT(problem_with("::1:4000"), HasSubstr("needs brackets"));
  EXPECT_THAT(problem_with("[::1:4000"), HasSubstr("needs brackets"));
  EXPECT_THAT(problem_with("[localhost]:4000"), HasSubstr("brackets are for IPv6"));
  EXPECT_THAT(problem_with("local host:4000"), HasSubstr("a blank"));
  EXPECT_THAT(problem_with("localhost]:4000"), HasSubstr("a bracket"));
  for (auto text : {"a:", "a:x", "a:-1", "a:+1", "a: 1", "a:1 ", "a:65536", "a:99999999999999999999"})
    EXPECT_THAT(problem_with(text), HasSubstr("not a number from 0 to 65535")) << text;
}

TEST(address, that_cannot_be_read_is_quoted_with_what_to_write_instead) {
  EXPECT_EQ(
      problem_with("localhost"),
      "cannot read 'localhost' as an address: it has no port; write host:port, [ipv6]:port or *:port"
  );
}

} // namespace
} // namespace chorus
