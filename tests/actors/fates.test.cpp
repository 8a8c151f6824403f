#include "../../actors/caf17/message_codec.hpp"
#include "../../actors/fate_mark.hpp"
#include "remoting_world.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/fate.hpp>
#include <chorus/runtime/codec/codec.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

struct unheard_of {
  int content = 0;
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unheard_of)

namespace chorus {
namespace {

using requests::request_fate;

constexpr auto executed = request_fate::executed;
constexpr auto not_executed = request_fate::not_executed;
constexpr auto unknown = request_fate::unknown;

const caf::error of_the_application{7, caf::atom("bank"), caf::make_message(std::string{"overdrawn"})};

// -- what an error says ----------------------------------------------------------------------------------

TEST(the_fate_in_an_error, is_what_was_written_into_it) {
  for (auto fate_of_request : {executed, not_executed, unknown}) {
    EXPECT_EQ(fate(to_caf({errc::overloaded, "full"}, fate_of_request)), fate_of_request);
    EXPECT_EQ(fate(to_caf({errc::overloaded, {}}, fate_of_request)), fate_of_request);
    EXPECT_EQ(fate(with_fate(caf::sec::request_receiver_down, fate_of_request)), fate_of_request);
    EXPECT_EQ(fate(with_fate(of_the_application, fate_of_request)), fate_of_request);
  }
}

TEST(the_fate_in_an_error, can_be_replaced_and_taken_out) {
  auto first = to_caf({errc::overloaded, "full"}, not_executed);
  auto second = with_fate(first, executed);
  EXPECT_EQ(fate(second), executed);
  EXPECT_EQ(second.context().size(), 2u);
  EXPECT_EQ(without_fate(second).context().size(), 1u);
  EXPECT_EQ(without_fate(with_fate(caf::sec::request_timeout, executed)).context().size(), 0u);
}

TEST(the_fate_in_an_error, leaves_code_and_text_as_they_are) {
  auto reason = to_caf({errc::overloaded, "full"}, not_executed);
  EXPECT_EQ(reason, errc::overloaded);
  EXPECT_EQ(reason.context().get_as<std::string>(0), "full");
}

TEST(the_fate_in_an_error, is_told_to_people) {
  caf::actor_system_config settings;
  add_error_category(settings);
  caf::actor_system system{settings};
  EXPECT_EQ(system.render(to_caf({errc::overloaded, "full"})), "overloaded: full");
  EXPECT_EQ(system.render(to_caf({errc::overloaded, "full"}, executed)), "overloaded: full; it was executed");
  EXPECT_EQ(system.render(to_caf({errc::node_down, {}}, unknown)), "node_down; it may have been executed");
}

TEST(the_fate_in_an_error, that_a_peer_has_made_up_is_unknown) {
  EXPECT_EQ(fate(with_fate(errc::node_down, static_cast<request_fate>(77))), unknown);
}

TEST(the_fate_in_an_error, is_unknown_if_it_is_of_chorus_and_says_nothing) {
  EXPECT_EQ(fate(make_error(errc::overloaded)), unknown);
  EXPECT_EQ(fate(to_caf({errc::outcome_unknown, "no answer"})), unknown);
  EXPECT_EQ(fate(caf::error{}), unknown);
}

TEST(the_fate_in_an_error, is_unknown_if_caf_gives_the_code_to_requests_of_several_fates) {
  for (auto code :
       {caf::sec::request_timeout,
        caf::sec::request_receiver_down,
        caf::sec::unexpected_message,
        caf::sec::unexpected_response,
        caf::sec::invalid_argument})
    EXPECT_EQ(fate(code), unknown) << to_string(code);
  EXPECT_EQ(fate(caf::exit_reason::kill), unknown);
}

TEST(the_fate_in_an_error, is_executed_if_only_a_handler_can_have_given_it) {
  EXPECT_EQ(fate(of_the_application), executed);
  EXPECT_EQ(fate(caf::sec::runtime_error), executed);
}

TEST(an_answered_error, says_that_its_own_request_was_executed_whatever_it_said_of_another) {
  EXPECT_EQ(fate(*as_answer(to_caf({errc::overloaded, "full"}, not_executed))), executed);
  EXPECT_EQ(fate(*as_answer(make_error(errc::not_found))), executed);
  EXPECT_EQ(fate(*as_answer(with_fate(caf::sec::request_receiver_down, not_executed))), executed);
}

TEST(an_answered_error, may_come_from_an_actor_no_handler_of_which_has_run) {
  EXPECT_EQ(fate(*as_answer(with_fate(caf::sec::unexpected_message, not_executed))), unknown);
}

TEST(an_answered_error, stays_as_it_is_if_it_says_nothing_of_fates) {
  EXPECT_FALSE(as_answer(of_the_application));
  EXPECT_FALSE(as_answer(caf::sec::request_timeout));
}

TEST(a_request_without_its_answer, was_executed_if_an_actor_had_answered) {
  EXPECT_EQ(fate_without_answer(true, caf::make_message(1).content()), executed);
  EXPECT_EQ(fate_without_answer(false, caf::make_message(1).content()), unknown);
}

TEST(a_request_without_its_answer, has_the_fate_that_the_lost_error_told) {
  auto lost = [](caf::error reason) { return caf::make_message(std::move(reason)); };
  EXPECT_EQ(fate_without_answer(true, lost(make_error(errc::overloaded)).content()), executed);
  EXPECT_EQ(fate_without_answer(true, lost(of_the_application).content()), executed);
  EXPECT_EQ(fate_without_answer(true, lost(caf::sec::unexpected_message).content()), unknown);
  EXPECT_EQ(
      fate_without_answer(false, lost(to_caf({errc::not_found, {}}, not_executed)).content()), not_executed
  );
}

TEST(the_fate_in_an_error, travels) {
  auto there_and_back = [](const caf::error& reason) {
    return *codec::decode<caf::error>(codec::encode(reason));
  };
  EXPECT_EQ(fate(there_and_back(to_caf({errc::overloaded, "full"}, executed))), executed);
  EXPECT_EQ(fate(there_and_back(with_fate(caf::sec::request_receiver_down, not_executed))), not_executed);
  caf::error foreign{1, caf::atom("bank"), caf::make_message(unheard_of{})};
  EXPECT_EQ(fate(there_and_back(with_fate(foreign, not_executed))), not_executed);
}

// -- what remoting writes into it ------------------------------------------------------------------------

/// Actors of nodes 0 and 1, and a third node; the test asks and answers in their names.
class fate_of_a_remote_request : public testing::Test {
protected:
  fate_of_a_remote_request() {
    world.connect(0, 1, room, reserve);
    world.connect(0, 2);
    world.connect(1, 2);
    requester = world.spawn(0);
    servant = world.spawn(1);
    world.at(1).remote->keep(servant);
    remote = handle_of(0, 1, servant);
    world.deliver_all();
  }

  caf::strong_actor_ptr handle_of(std::size_t at, std::size_t home, const caf::strong_actor_ptr& actor) {
    return world.at(at).remote->receive_handle({world.at(home).self, actor->id()}, remoting::nobody);
  }

  template <class What = std::string>
  void ask(What what = "do it") {
    remote->enqueue(requester, request, caf::make_message(std::move(what)), nullptr);
  }

  /// `by`: nobody, if CAF answers in the servant's place.
  template <class What>
  void answer(const caf::strong_actor_ptr& by, What what) {
    handle_of(1, 0, requester)
        ->enqueue(by, request.response_id(), caf::make_message(std::move(what)), nullptr);
  }

  void fill(std::size_t from, std::size_t to) {
    auto& link = *world.at(from).links.at(world.at(to).self).actors;
    std::vector<std::byte> some(100);
    while (link.send({{7, 7}, link::urgency::ordinary, shared_bytes{some}}) == errc::none)
      ;
  }

  /// What a link gives back when it ends.
  void give_back(std::size_t from, std::size_t to) {
    auto& link = *world.at(from).links.at(world.at(to).self).actors;
    link.close();
    for (auto& message : link.take_leftovers())
      world.at(from).remote->bounce(
          world.at(to).self, {message.pair, message.payload, link::refused::why::closed, message.channel}
      );
  }

  /// That the requester was told once, and this.
  void expect(const caf::error& reason) {
    world.deliver_all();
    auto& seen = world.at(0).seen;
    ASSERT_EQ(seen.size(), 1u) << ::testing::PrintToString(seen);
    auto code = "error " + to_string(caf::error{reason.code(), reason.category()});
    code.pop_back(); // the context follows
    EXPECT_EQ(seen.front().substr(0, code.size()), code);
    auto says = [&](request_fate what) {
      return seen.front().find(", " + to_string(what) + ")") != std::string::npos
             || seen.front().find("(" + to_string(what) + ")") != std::string::npos;
    };
    EXPECT_TRUE(says(fate(reason))) << seen.front();
  }

  static constexpr std::size_t room = 20'000;
  static constexpr std::size_t reserve = 32'000;

  remoting_world world{3};
  caf::message_id request{caf::make_message_id().integer_value() | 1};
  caf::strong_actor_ptr requester;
  caf::strong_actor_ptr servant;
  caf::strong_actor_ptr remote; ///< at node 0
};

TEST_F(fate_of_a_remote_request, is_not_executed_if_the_link_has_no_room_for_it) {
  fill(0, 1);
  ask();
  expect(to_caf({errc::overloaded, {}}, not_executed));
}

TEST_F(fate_of_a_remote_request, is_not_executed_if_it_cannot_travel) {
  ask(unheard_of{});
  expect(to_caf({errc::unknown_type, {}}, not_executed));
}

TEST_F(fate_of_a_remote_request, is_not_executed_if_the_link_ended_before_it_was_sent) {
  ask();
  give_back(0, 1);
  expect(to_caf({errc::node_down, {}}, not_executed));
}

TEST_F(fate_of_a_remote_request, is_unknown_if_the_link_ended_after_it_was_sent) {
  ask();
  world.deliver_all();
  world.at(1).seen.clear();
  world.lose(0, 1);
  expect(to_caf({errc::node_down, {}}, unknown));
}

TEST_F(fate_of_a_remote_request, is_not_executed_if_its_node_was_lost_before) {
  world.lose(0, 1);
  ask();
  expect(with_fate(caf::sec::request_receiver_down, not_executed));
}

TEST_F(fate_of_a_remote_request, is_not_executed_if_the_actor_has_ended_when_it_arrives) {
  ask();
  static_cast<remoting_world::thing*>(servant->get())->end(caf::exit_reason::kill);
  expect(to_caf({errc::not_found, {}}, not_executed));
}

TEST_F(fate_of_a_remote_request, is_unknown_if_another_handler_had_it_before_it_was_refused) {
  ask();
  world.deliver_all();
  auto ended = handle_of(1, 2, world.spawn(2));
  world.lose(1, 2);
  ended->enqueue(handle_of(1, 0, requester), request, caf::make_message(std::string{"you"}), nullptr);
  expect(with_fate(caf::sec::request_receiver_down, unknown));
}

TEST_F(fate_of_a_remote_request, is_executed_if_the_answer_cannot_travel) {
  ask();
  world.deliver_all();
  answer(servant, unheard_of{});
  expect(to_caf({errc::unknown_type, {}}, executed));
}

TEST_F(fate_of_a_remote_request, is_executed_if_the_answer_is_too_large) {
  ask();
  world.deliver_all();
  answer(servant, std::string(limits::message_bytes, 'x'));
  expect(to_caf({errc::too_large, {}}, executed));
}

TEST_F(fate_of_a_remote_request, is_executed_if_the_link_has_no_room_for_the_answer) {
  ask();
  world.deliver_all();
  fill(1, 0);
  answer(servant, std::string(reserve, 'x'));
  expect(to_caf({errc::overloaded, {}}, executed));
}

TEST_F(fate_of_a_remote_request, is_executed_if_the_answer_comes_back_when_the_requester_is_no_longer_used) {
  ask();
  world.deliver_all();
  answer(servant, std::string("done"));
  auto answers = world.at(1).links.at(world.at(0).self).actors->take().messages;
  ASSERT_EQ(answers.size(), 1u);
  world.settle();
  auto& there = *world.at(1).remote;
  ASSERT_EQ(there.size().proxies, 0u);
  auto refused = link::refused::why::too_large;
  there.bounce(world.at(0).self, {answers[0].pair, answers[0].payload, refused, channels::actors});
  expect(to_caf({errc::too_large, {}}, executed));
}

TEST_F(fate_of_a_remote_request, is_executed_if_its_handler_passes_on_an_error_that_denies_it) {
  ask();
  world.deliver_all();
  answer(servant, to_caf({errc::overloaded, "another link"}, not_executed));
  expect(to_caf({errc::overloaded, {}}, executed));
}

TEST_F(fate_of_a_remote_request, is_what_the_node_says_that_answers_in_the_place_of_the_actor) {
  ask();
  world.deliver_all();
  answer(nullptr, to_caf({errc::not_found, {}}, not_executed));
  expect(to_caf({errc::not_found, {}}, not_executed));
}

} // namespace
} // namespace chorus
