#include "../../actors/node_identity.hpp"

#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace chorus {
namespace {

TEST(node_identity, is_a_new_node_at_every_start_without_a_directory) {
  auto first = node_identity::open(std::nullopt);
  auto second = node_identity::open(std::nullopt);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->current().node, second->current().node);
  EXPECT_EQ(first->current().incarnation, incarnation{1});
}

TEST(node_identity, keeps_the_node_and_begins_a_new_life_with_a_directory) {
  temporary_folder folder;
  auto begin_life = [&] {
    auto identity = node_identity::open(folder.path() / "deep" / "er");
    EXPECT_TRUE(identity) << to_string(identity.failure());
    return identity->current();
  };
  auto first = begin_life();
  auto second = begin_life();
  EXPECT_EQ(first.node, second.node);
  EXPECT_LT(first.incarnation, second.incarnation);
}

TEST(node_identity, remembers_a_life_that_was_taken_while_running) {
  temporary_folder folder;
  peer last;
  {
    auto identity = node_identity::open(folder.path());
    ASSERT_TRUE(identity);
    auto taken = identity->take_next();
    ASSERT_TRUE(taken);
    last = *taken;
    EXPECT_EQ(identity->current(), last);
  }
  auto next = node_identity::open(folder.path());
  ASSERT_TRUE(next);
  EXPECT_EQ(next->current().node, last.node);
  EXPECT_GT(next->current().incarnation, last.incarnation);
}

TEST(node_identity, belongs_to_one_process_at_a_time) {
  temporary_folder folder;
  auto first = node_identity::open(folder.path());
  ASSERT_TRUE(first);
  auto second = node_identity::open(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().code, errc::unavailable);
}

TEST(node_identity, that_cannot_be_written_is_an_error_and_stays_as_it_was) {
  temporary_folder folder;
  auto identity = node_identity::open(folder.path());
  ASSERT_TRUE(identity);
  auto before = identity->current();
  std::signal(SIGXFSZ, SIG_DFL); // which ends a process
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  for (rlim_t size : {0, 10}) {
    auto small = usual;
    small.rlim_cur = size;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    auto next = identity->take_next();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
    ASSERT_FALSE(next);
    EXPECT_EQ(next.failure().code, errc::io);
    EXPECT_NE(next.failure().what.find("identity.new"), std::string::npos) << next.failure().what;
  }
  EXPECT_EQ(identity->current(), before);
  auto next = identity->take_next();
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, (peer{before.node, before.incarnation.next()}));
}

class damaged_identity : public testing::TestWithParam<const char*> {};

TEST_P(damaged_identity, is_refused_and_left_as_it_is) {
  temporary_folder folder;
  std::ofstream{folder.path() / "identity"} << GetParam();
  auto identity = node_identity::open(folder.path());
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.failure().code, errc::malformed);
  std::ifstream file{folder.path() / "identity"};
  std::string content{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(content, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    examples,
    damaged_identity,
    testing::Values(
        "",
        "chorus identity 1\n",
        "chorus identity 2\n0123456789abcdeffedcba9876543210\n1\n",
        "chorus identity 1\n0123456789abcdef\n1\n",
        "chorus identity 1\n00000000000000000000000000000000\n1\n",
        "chorus identity 1\n0123456789abcdeffedcba9876543210\none\n",
        "chorus identity 1\n0123456789abcdeffedcba9876543210\n18446744073709551615\n"
    )
);

} // namespace
} // namespace chorus
