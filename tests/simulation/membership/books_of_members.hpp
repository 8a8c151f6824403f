#pragma once

#include "membership_books.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace chorus::testing {

using namespace std::chrono_literals;
using membership::member;
using why = membership::member_over::why;

/// Histories of three nodes, told by hand.
class books_of_members : public ::testing::Test {
protected:
  static constexpr auto spread = 1s;
  static constexpr auto steady = 3s;

  books_of_members() {
    for (const auto& who : {a, b, c})
      books_.started(who.who);
  }

  static member someone(std::uint64_t number, std::uint64_t life = 1) {
    return {{{0, number}, {life}}, std::to_string(number), {"host", static_cast<std::uint16_t>(number)}, {}};
  }

  static member next_life_of(member who) {
    who.who.incarnation = who.who.incarnation.next();
    return who;
  }

  void up(const member& at, const member& who) { books_.up(at.who.node, who); }
  void fail(const member& at, const member& who) { books_.failed(now_, at.who.node, {who}); }
  void over(const member& at, const member& who, why reason) { books_.over(at.who.node, {who, reason}); }

  void suspect(const member& at, const member& who) { books_.suspected(now_, at.who.node, who.who); }

  void suspect_and_lose(const member& at, const member& who, duration later) {
    suspect(at, who);
    now_ += later;
    fail(at, who);
  }

  /// Everybody has everybody.
  void meet() {
    for (const auto& at : {a, b, c})
      for (const auto& who : {a, b, c})
        if (at != who)
          up(at, who);
  }

  void leave(const member& who) {
    books_.leaving(who.who);
    books_.ended(now_, who.who);
  }

  void look_at_leaves(bool can_talk = true) {
    books_.leaves().look(now_, books_.views(), [can_talk](const auto&, const auto&) { return can_talk; });
  }

  bool views_agree() {
    return books_.agreement().look(now_, books_.views(), {{a.who.node, a}, {b.who.node, b}, {c.who.node, c}});
  }

  /// The invariant that is broken, if there is one.
  std::optional<std::string> broken() {
    for (auto* each : books_.checkers())
      if (each->violation())
        return each->invariant();
    return std::nullopt;
  }

  void expect_broken(const std::string& part) {
    ASSERT_TRUE(broken());
    EXPECT_NE(broken()->find(part), std::string::npos) << *broken();
  }

  const member a = someone(1);
  const member b = someone(2);
  const member c = someone(3);
  time_point now_{1h};
  membership_books books_{{spread, steady, 1200, 1s, 3}};
};

} // namespace chorus::testing
