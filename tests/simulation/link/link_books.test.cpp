#include "link_books.hpp"

#include "../../link/two_ends.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace chorus::testing {
namespace {

/// One link, seen from its sender's end; its messages are of 100 bytes, their overhead included.
class books_of_a_link : public ::testing::Test {
protected:
  static constexpr std::size_t cost = 100;

  static link::config limits() {
    link::config settings;
    settings.channels.front().message_bytes = cost - link::message_overhead;
    settings.channels.front().send_buffer_bytes = 3 * cost;
    settings.channels.front().send_reserve_bytes = cost;
    settings.channels.front().receive_window_bytes = 2 * cost;
    settings.channels.front().receive_reserve_bytes = cost;
    return settings;
  }

  void accept(const std::string& text) {
    accepted_.push_back(padded(text));
    books_.accepted(id_, accepted_.back());
  }
  void deliver(const std::string& text) { books_.delivered(id_, there_, padded(text), cost); }
  void consume() { books_.consumed(there_.here, there_.there, cost); }
  void acknowledge(std::size_t bytes = cost) { books_.released(end_, bytes); }

  /// The end calls the last ones not sent, those before them unknown; made-up ones if there are too few.
  void close(std::size_t outcome_unknown, std::size_t not_sent) {
    auto reported = accepted_;
    while (reported.size() < outcome_unknown + not_sent)
      reported.insert(reported.begin(), padded("made up"));
    auto first_not_sent = reported.end() - static_cast<std::ptrdiff_t>(not_sent);
    for (auto text = first_not_sent; text != reported.end(); ++text)
      books_.not_sent(id_, *text);
    link::closed how{link::closed::why::unresponsive, {}};
    for (auto text = first_not_sent - static_cast<std::ptrdiff_t>(outcome_unknown); text != first_not_sent;
         ++text)
      how.losses.push_back({id_.pair, bytes_of(*text)});
    books_.closed(end_, how);
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

  const link_end end_{{{1, 1}, {1}}, {5}, {{2, 2}, {1}}};
  const link_end there_{end_.there, {7}, end_.here};
  const stream_id id_{end_, {1, 1}};
  link_books books_{limits()};

  std::vector<std::string> accepted_;

private:
  static std::string padded(std::string text) {
    text.resize(cost - link::message_overhead, '.');
    return text;
  }
};

TEST_F(books_of_a_link, are_right_if_everything_arrives_and_is_acknowledged) {
  for (const auto* text : {"one", "two", "three"})
    accept(text);
  EXPECT_FALSE(books_.all_delivered(end_));
  for (const auto* text : {"one", "two", "three"}) {
    deliver(text);
    consume();
    acknowledge();
  }
  EXPECT_TRUE(books_.all_delivered(end_));
  close(0, 0);
  EXPECT_EQ(broken(), std::nullopt);
}

TEST_F(books_of_a_link, notice_a_message_that_arrives_twice) {
  accept("one");
  deliver("one");
  EXPECT_EQ(broken(), std::nullopt);
  deliver("one");
  expect_broken("once and in order");
}

TEST_F(books_of_a_link, notice_a_message_that_is_left_out) {
  accept("one");
  accept("two");
  deliver("two");
  expect_broken("once and in order");
}

TEST_F(books_of_a_link, notice_a_message_of_another_life) {
  accept("one");
  books_.delivered({{{end_.here.node, {2}}, end_.relation, end_.there}, id_.pair}, there_, "one", cost);
  expect_broken("once and in order");
}

TEST_F(books_of_a_link, notice_a_message_of_another_relation) {
  accept("one");
  books_.delivered({{end_.here, {6}, end_.there}, id_.pair}, there_, "one", cost);
  expect_broken("once and in order");
}

TEST_F(books_of_a_link, notice_a_relation_that_has_two_partners) {
  books_.up(end_, there_);
  books_.up(there_, end_);
  EXPECT_EQ(broken(), std::nullopt);
  books_.up({end_.here, {6}, end_.there}, there_);
  expect_broken("partners of each other");
}

TEST_F(books_of_a_link, notice_what_is_acknowledged_before_it_is_handed_over) {
  accept("one");
  accept("two");
  acknowledge(); // may be the parts of one large message
  EXPECT_EQ(broken(), std::nullopt);
  acknowledge(1);
  expect_broken("acknowledged has been handed over");
}

TEST_F(books_of_a_link, accept_an_end_that_reports_what_was_not_acknowledged) {
  for (const auto* text : {"one", "two", "three"})
    accept(text);
  deliver("one");
  acknowledge();
  deliver("two"); // which the sender does not know
  close(1, 1);
  EXPECT_EQ(broken(), std::nullopt);
}

TEST_F(books_of_a_link, accept_an_end_that_reports_a_message_of_which_a_part_is_acknowledged) {
  accept("one");
  acknowledge(cost - 1);
  close(1, 0);
  EXPECT_EQ(broken(), std::nullopt);
}

TEST_F(books_of_a_link, notice_an_end_that_leaves_out_a_message_that_did_not_arrive) {
  accept("one");
  accept("two");
  close(1, 0);
  expect_broken("reported as outcome unknown");
}

TEST_F(books_of_a_link, notice_an_end_that_leaves_out_a_message_that_arrived_but_was_not_acknowledged) {
  accept("one");
  deliver("one");
  close(0, 0);
  expect_broken("reported as outcome unknown");
}

TEST_F(books_of_a_link, notice_an_end_that_reports_what_was_acknowledged) {
  accept("one");
  accept("two");
  deliver("one");
  acknowledge();
  close(2, 0);
  expect_broken("reported as outcome unknown");
}

TEST_F(books_of_a_link, notice_an_end_that_reports_more_than_it_accepted) {
  accept("one");
  close(1, 1);
  expect_broken("reported as outcome unknown");
}

TEST_F(books_of_a_link, notice_an_end_that_calls_not_sent_what_has_arrived) {
  accept("one");
  deliver("one");
  close(0, 1);
  expect_broken("not sent never arrives");
}

TEST_F(books_of_a_link, notice_an_end_that_calls_not_sent_what_it_never_accepted) {
  accept("one");
  close(0, 2);
  expect_broken("not sent never arrives");
}

TEST_F(books_of_a_link, notice_an_end_that_gives_a_message_two_fates) {
  accept("one");
  accept("two");
  books_.not_sent(id_, accepted_[1]);
  books_.closed(end_, {{}, {{id_.pair, bytes_of(accepted_[0])}, {id_.pair, bytes_of(accepted_[1])}}});
  expect_broken("reported as outcome unknown");
}

TEST_F(books_of_a_link, notice_an_end_that_calls_unknown_another_message_than_the_last_one) {
  accept("one");
  accept("two");
  deliver("one");
  books_.closed(end_, {{}, {{id_.pair, bytes_of(accepted_[0])}}});
  expect_broken("reported as outcome unknown");
}

TEST_F(books_of_a_link, notice_a_message_that_arrives_after_it_was_called_not_sent) {
  accept("one");
  close(0, 1);
  EXPECT_EQ(broken(), std::nullopt);
  deliver("one");
  expect_broken("not sent never arrives");
}

TEST_F(books_of_a_link, let_an_end_keep_as_much_to_send_as_its_limit_and_not_one_more) {
  for (const auto* text : {"one", "two", "three", "four"})
    accept(text);
  EXPECT_EQ(broken(), std::nullopt);
  accept("five");
  expect_broken("is bounded");
}

TEST_F(books_of_a_link, let_an_end_keep_as_much_unread_as_its_limit_and_not_one_more) {
  for (const auto* text : {"one", "two", "three"}) {
    accept(text);
    deliver(text);
    acknowledge();
  }
  EXPECT_EQ(broken(), std::nullopt);
  accept("four");
  deliver("four");
  expect_broken("is bounded");
}

TEST_F(books_of_a_link, count_what_is_unread_of_all_relations_together) {
  for (const auto* text : {"one", "two", "three"}) {
    accept(text);
    deliver(text);
    acknowledge();
  }
  const stream_id next{{end_.here, {6}, end_.there}, id_.pair};
  books_.accepted(next, "four");
  books_.delivered(next, {there_.here, {8}, there_.there}, "four", cost);
  expect_broken("is bounded");
}

TEST_F(books_of_a_link, notice_an_end_that_says_its_partner_is_over_while_it_goes_on) {
  books_.closed(end_, {link::closed::why::superseded, {}}, false);
  EXPECT_EQ(broken(), std::nullopt);
  books_.closed(end_, {link::closed::why::superseded, {}}, true);
  expect_broken("only if that is so");
}

TEST_F(books_of_a_link, notice_an_end_that_calls_the_other_a_breaker_of_the_protocol) {
  books_.closed(end_, {link::closed::why::violation, {}});
  expect_broken("never call it broken");
}

} // namespace
} // namespace chorus::testing
