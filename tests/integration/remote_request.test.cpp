#include "servants.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>

namespace {

/// The servant's process has never heard of it.
struct known_here_only {
  std::int64_t content = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(content);
  }
};

/// The servant's process has an earlier one.
struct newer_secret {
  std::int64_t content = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(content);
  }
};

struct confidential {
  std::int64_t content = 1;
};

} // namespace

CHORUS_MESSAGE(known_here_only, "test.known_here_only/1")
CHORUS_MESSAGE(newer_secret, "test.secret/2")
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(confidential)

/// Messages and requests from this process to actors of others.
namespace chorus::testing {
namespace {

using namespace std::chrono_literals;

const std::string hello = "hello";

class remote_request : public servants {
protected:
  caf::actor ada_ = start("ada");
  const caf::message echo_ = caf::make_message(echo_atom::value, hello);
};

TEST_F(remote_request, is_answered) {
  EXPECT_EQ(ask<std::string>(ada_, echo_atom::value, hello), hello);
}

TEST_F(remote_request, works_with_then_and_await) {
  spawn([this](caf::event_based_actor* self) {
    self->request(ada_, process::patience, echo_atom::value, std::string{"second"})
        .then([this](const std::string& answer) { log().add("then " + answer); });
    self->request(ada_, process::patience, later_atom::value, std::string{"first"})
        .await([this](const std::string& answer) { log().add("await " + answer); });
    self->send(ada_, now_atom::value);
  });
  EXPECT_TRUE(log().wait_for("then second"));
  EXPECT_EQ(log().all(), (std::vector<std::string>{"await first", "then second"}));
}

TEST_F(remote_request, fans_out_to_actors_of_several_processes) {
  start("ben");
  std::vector<caf::actor> all{ada_, servant("ben"), fresh("ada"), fresh("ben")};
  spawn([this, all](caf::event_based_actor* self) {
    for (const auto& each : all)
      self->request(each, process::patience, echo_atom::value, hello).then([this](const std::string& answer) {
        log().add(answer);
      });
  });
  EXPECT_TRUE(log().wait_for(hello, all.size()));
}

TEST_F(remote_request, that_fans_out_fails_only_where_the_process_is_killed) {
  start("ben");
  std::vector<caf::actor> all{ada_, fresh("ada"), servant("ben"), fresh("ben")};
  spawn([this, all](caf::event_based_actor* self) {
    for (const auto& each : all)
      self->request(each, caf::infinite, later_atom::value, hello)
          .then(
              [this](const std::string& answer) { log().add(answer); },
              [this](const caf::error& reason) {
                log().add(reason == errc::node_down ? "node_down" : "another error");
              }
          );
    log().add("asked");
  });
  ASSERT_TRUE(log().wait_for("asked"));
  kill("ben");
  ASSERT_TRUE(log().wait_for("node_down", 2));
  command(all[0], now_atom::value);
  command(all[1], now_atom::value);
  EXPECT_TRUE(log().wait_for(hello, 2));
  EXPECT_EQ(log().all().size(), 1 + all.size());
}

TEST_F(remote_request, is_answered_when_the_promise_is_kept) {
  caf::scoped_actor self{home().system()};
  auto first = self->request(ada_, process::patience, later_atom::value, std::string{"first"});
  auto second = self->request(ada_, process::patience, later_atom::value, std::string{"second"});
  EXPECT_EQ(ask_as<std::string>(self, ada_, echo_atom::value, hello), hello) << "ada is free meanwhile";
  self->send(ada_, now_atom::value);
  auto expect = [](const std::string& expected) {
    return [expected](const std::string& answer) { EXPECT_EQ(answer, expected); };
  };
  auto fail = [this](const caf::error& reason) { ADD_FAILURE() << text(reason); };
  second.receive(expect("second"), fail);
  first.receive(expect("first"), fail);
}

TEST_F(remote_request, times_out_while_the_promise_is_not_kept) {
  caf::scoped_actor self{home().system()};
  self->request(ada_, 10ms, mute_atom::value)
      .receive(
          [](const std::string&) { ADD_FAILURE(); },
          [](const caf::error& reason) { EXPECT_EQ(reason, caf::sec::request_timeout); }
      );
}

TEST_F(remote_request, may_be_delayed) {
  constexpr auto delay = 100ms;
  caf::scoped_actor self{home().system()};
  auto begin = std::chrono::steady_clock::now();
  self->delayed_send(
      ada_,
      delay,
      tell_atom::value,
      caf::actor_cast<caf::actor>(self.ptr()),
      caf::make_message(heard_atom::value, hello)
  );
  self->receive([](heard_atom, const std::string& told) { EXPECT_EQ(told, hello); });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, delay);
}

TEST_F(remote_request, brings_the_handlers_error_home) {
  EXPECT_EQ(
      ask<std::string>(ada_, fail_atom::value), caf::make_error(caf::sec::invalid_argument, "on purpose")
  );
}

TEST_F(remote_request, that_no_handler_takes_is_an_error) {
  EXPECT_EQ(ask<std::string>(ada_, 1.5), caf::make_error(caf::sec::unexpected_message));
}

TEST_F(remote_request, of_a_type_that_the_receiver_does_not_know_is_an_error) {
  auto outcome = ask<std::string>(ada_, known_here_only{});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type) << text(outcome.error());
  outcome = ask<std::string>(ada_, echo_atom::value, known_here_only{});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type) << text(outcome.error());
  caf::anon_send(ada_, known_here_only{});
  EXPECT_TRUE(serves(ada_));
}

TEST_F(remote_request, is_an_error_when_the_answers_type_is_not_known_here) {
  auto outcome = ask<std::string>(find("stranger/ada"), secret_atom::value);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type) << text(outcome.error());
  EXPECT_NE(text(outcome.error()).find("'test.secret/1'"), std::string::npos) << text(outcome.error());
  EXPECT_EQ(home().counters().malformed_messages, 1u);
  EXPECT_TRUE(serves(ada_));
}

TEST_F(remote_request, is_an_error_with_both_versions_when_the_other_node_has_another_one) {
  auto outcome = ask<std::string>(ada_, newer_secret{});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type) << text(outcome.error());
  EXPECT_NE(text(outcome.error()).find("'test.secret/2'"), std::string::npos) << text(outcome.error());
  EXPECT_NE(text(outcome.error()).find("'test.secret/1'"), std::string::npos) << text(outcome.error());
  EXPECT_TRUE(serves(ada_));
}

TEST_F(remote_request, that_expects_no_answer_and_cannot_be_read_is_undelivered) {
  caf::scoped_actor self{home().system()};
  self->send(ada_, newer_secret{});
  self->receive([this](const undelivered& what) {
    EXPECT_EQ(what.receiver, ada_);
    EXPECT_EQ(what.count, 1u);
    EXPECT_EQ(what.reason.code, errc::unknown_type);
    EXPECT_NE(what.reason.what.find("'test.secret/2'"), std::string::npos) << what.reason.what;
    EXPECT_NE(what.reason.what.find("'test.secret/1'"), std::string::npos) << what.reason.what;
  });
  self->send(ada_, known_here_only{});
  self->receive([](const undelivered& what) {
    EXPECT_NE(what.reason.what.find("'test.known_here_only/1'"), std::string::npos) << what.reason.what;
  });
  EXPECT_TRUE(at("ada").logs("'test.known_here_only/1'")) << "it is told the name";
}

TEST_F(remote_request, of_a_type_that_may_not_leave_is_an_error) {
  auto outcome = ask<std::string>(ada_, confidential{});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type) << text(outcome.error());
}

TEST_F(remote_request, is_an_error_when_the_answer_may_not_leave) {
  auto outcome = ask<std::string>(find("stranger/ada"), shy_atom::value);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type) << text(outcome.error());
  EXPECT_TRUE(serves(ada_));
}

TEST_F(remote_request, that_may_not_leave_and_expects_no_answer_is_undelivered) {
  caf::scoped_actor self{home().system()};
  self->send(ada_, confidential{});
  self->receive([this](const undelivered& what) {
    EXPECT_EQ(what.receiver, ada_);
    EXPECT_EQ(what.count, 1u);
    EXPECT_EQ(what.reason.code, errc::unknown_type);
  });
}

TEST_F(remote_request, is_answered_by_whom_it_was_delegated_to) {
  start("ben");
  EXPECT_EQ(ask<std::string>(ada_, pass_atom::value, servant("ben"), echo_), hello) << "a third process";
  EXPECT_EQ(ask<std::string>(ada_, pass_atom::value, fresh("ada"), echo_), hello) << "the same process";
  auto own = spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](echo_atom, const std::string& what) { return what + " from home"; }};
  });
  EXPECT_EQ(ask<std::string>(ada_, pass_atom::value, own, echo_), hello + " from home");
}

TEST_F(remote_request, fails_when_the_process_is_killed_to_which_it_was_delegated) {
  auto ben = start("ben");
  command(ben, report_atom::value, listener());
  spawn([this, ben](caf::event_based_actor* self) {
    self->request(ada_, caf::infinite, pass_atom::value, ben, caf::make_message(mute_atom::value))
        .then(
            [this](const std::string&) { log().add("answer"); },
            [this](const caf::error& reason) {
              log().add(reason == errc::node_down ? "node_down" : "another error");
            }
        );
  });
  ASSERT_TRUE(heard().wait_for("mute")) << "it has arrived";
  kill("ben");
  EXPECT_TRUE(log().wait_for("node_down"));
  EXPECT_FALSE(ask<std::string>(ada_, pass_atom::value, ben, echo_)) << "as do all later ones";
  EXPECT_EQ(log().all().size(), 1u);
}

TEST_F(remote_request, is_answered_although_the_process_is_killed_that_delegated_it) {
  auto ben = start("ben");
  auto own = spawn([this](caf::event_based_actor* self) -> caf::behavior {
    auto open = std::make_shared<caf::typed_response_promise<std::string>>();
    return {
        [=, this](mute_atom) {
          *open = self->make_response_promise<std::string>();
          log().add("asked");
          return *open;
        },
        [=](now_atom) { open->deliver(hello); },
    };
  });
  spawn([this, own](caf::event_based_actor* self) {
    self->request(ada_, process::patience, pass_atom::value, own, caf::make_message(mute_atom::value))
        .then(
            [this](const std::string& answer) { log().add(answer); },
            [this](const caf::error&) { log().add("error"); }
        );
  });
  ASSERT_TRUE(log().wait_for("asked"));
  kill("ada");
  ASSERT_TRUE(news().wait_for("down ada failed"));
  caf::anon_send(own, now_atom::value);
  EXPECT_TRUE(log().wait_for(hello));
  EXPECT_EQ(log().all(), (std::vector<std::string>{"asked", hello}));
}

} // namespace
} // namespace chorus::testing
