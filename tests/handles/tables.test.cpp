#include <chorus/handles/export_table.hpp>
#include <chorus/handles/import_table.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace chorus::handles {
namespace {

/// An actor is a number; a proxy is used while somebody else has a pointer to it.
struct plain_kind {
  using handle = std::shared_ptr<std::uint64_t>; ///< of a proxy: how often it was returned
  using weak_handle = std::weak_ptr<std::uint64_t>;
  using reason = int;

  static weak_handle weaken(const handle& actor) { return actor; }
  static bool is_unused(const handle& proxy) { return proxy.use_count() == 1; }
  static std::size_t drop_watches(const handle&) { return 0; }
  static std::uint64_t returned(const handle& proxy) { return *proxy; }
  static void take_back_returned(const handle& proxy) { --*proxy; }
};

constexpr relation_number ben{1};
constexpr relation_number ben_again{2};

class exported : public testing::Test {
protected:
  plain_kind::handle actor = std::make_shared<std::uint64_t>(7);
  export_table<plain_kind> table;
};

TEST_F(exported, actor_is_held_until_it_is_released) {
  EXPECT_TRUE(table.give(7, actor, ben));
  EXPECT_FALSE(table.give(7, actor, ben)) << "not new any more";
  EXPECT_FALSE(table.release(7, ben, 1, 0).released);
  EXPECT_EQ(table.release(7, ben, 1, 0).released, actor);
  EXPECT_EQ(table.size().held, 0u);
  EXPECT_EQ(table.find(7), actor) << "it lives";
}

TEST_F(exported, actor_is_not_let_go_by_what_belongs_to_an_earlier_relation) {
  table.give(7, actor, ben);
  EXPECT_EQ(table.forget(ben).size(), 1u);
  table.give(7, actor, ben_again);
  EXPECT_FALSE(table.take_back(7, ben));
  EXPECT_EQ(table.size().held, 1u);
}

TEST_F(exported, actor_is_held_no_more_when_a_release_has_overtaken_the_hold) {
  table.give(7, actor, ben_again);
  EXPECT_FALSE(table.release(7, ben, 1, 0).released);
  EXPECT_FALSE(table.hold(7, ben).released) << "somebody else has a handle";
  EXPECT_FALSE(table.release(7, ben, 1, 0).released);
  EXPECT_FALSE(table.release(7, ben_again, 1, 0).released) << "a hold is on its way";
  EXPECT_EQ(table.hold(7, ben).released, actor);
}

TEST_F(exported, actor_that_has_ended_is_told_to_all_who_hold_it) {
  table.give(7, actor, ben);
  table.give(7, actor, ben_again);
  auto end = table.remove(7, 5);
  EXPECT_EQ(end.to_tell.size(), 2u);
  EXPECT_EQ(table.reason_of_end(7), 5);
  EXPECT_FALSE(table.hold(7, ben).is_known);
  EXPECT_FALSE(table.release(7, ben, 1, 0).is_known);
}

class imported : public testing::Test {
protected:
  import_table<plain_kind>::reception receive() {
    return table.receive(
        7, most, [] { return std::make_shared<std::uint64_t>(0); }, old
    );
  }

  std::size_t most = 10;
  import_table<plain_kind>::garbage old;
  import_table<plain_kind> table;
};

TEST_F(imported, proxy_is_released_when_nobody_uses_it) {
  auto proxy = receive().proxy;
  EXPECT_EQ(receive().proxy, proxy);
  ++*proxy; // a message went to its home
  proxy = nullptr;
  EXPECT_TRUE(table.sweep(100, old));
  EXPECT_TRUE(table.take_releases().empty()) << "it was used in this round";
  table.begin_round();
  EXPECT_TRUE(table.sweep(100, old));
  auto released = table.take_releases();
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released.front().received, 2u);
  EXPECT_EQ(released.front().returned, 1u);
}

TEST_F(imported, handle_that_comes_after_the_end_is_dead_and_the_last_one_known_to_be) {
  auto proxy = receive().proxy;
  EXPECT_EQ(table.end(7, 2, 5, old), proxy);
  EXPECT_EQ(table.size().ends, 1u);
  auto late = receive();
  EXPECT_FALSE(late.proxy);
  EXPECT_EQ(late.end, 5);
  EXPECT_EQ(table.size().ends, 0u) << "all that were given have come";
}

TEST_F(imported, handle_beyond_the_limit_goes_back_at_once) {
  most = 0;
  auto refused = receive();
  EXPECT_FALSE(refused.proxy);
  EXPECT_FALSE(refused.end);
  EXPECT_EQ(table.take_releases().size(), 1u);
}

} // namespace
} // namespace chorus::handles
