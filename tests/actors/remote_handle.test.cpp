#include "cluster.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/message.hpp>
#include <chorus/actors/node.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace {

struct note {
  std::int64_t number = 0;
  std::vector<std::string> words;
  caf::actor reply_to;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number, words, reply_to);
  }
};

struct local_only {
  int content = 0;
};

} // namespace

CHORUS_MESSAGE(note, "test.note/1")
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(local_only)

namespace chorus {
namespace {

using namespace std::chrono_literals;

using echo_atom = caf::atom_constant<caf::atom("echo")>;
using fail_atom = caf::atom_constant<caf::atom("fail")>;
using quit_atom = caf::atom_constant<caf::atom("quit")>;
using mute_atom = caf::atom_constant<caf::atom("mute")>;
using who_atom = caf::atom_constant<caf::atom("who")>;
using last_words_atom = caf::atom_constant<caf::atom("last_words")>;
using pass_atom = caf::atom_constant<caf::atom("pass")>;

/// Answers, fails, keeps silent or ends, as told.
caf::behavior servant(caf::event_based_actor* self) {
  return {
      [](echo_atom, const std::string& text) { return text; },
      [](const note& what) {
        auto answer = what;
        ++answer.number;
        return answer;
      },
      [](fail_atom) -> caf::result<int> { return caf::make_error(caf::sec::invalid_argument, "on purpose"); },
      [=](mute_atom) { return self->make_response_promise<int>(); },
      [=](quit_atom) { self->quit(caf::make_error(caf::sec::runtime_error, "told to")); },
      [=](last_words_atom, const caf::actor& listener) {
        self->send(listener, std::string(5'000'000, 'x')); // travels in chunks
        self->quit();
      },
      [=](who_atom) { return caf::actor{self}; },
      [=](pass_atom, const caf::actor& to, const std::string& text) {
        return self->delegate(to, echo_atom::value, text);
      },
  };
}

/// Two nodes; a servant on the first, seen from the second.
class remote_handle : public testing::Test {
protected:
  remote_handle() {
    nodes_.add("ada");
    ben_ = &nodes_.add("ben");
    local_ = ada().system().spawn(servant);
    EXPECT_FALSE(ada().announce("servant", local_));
    auto found = ben().find("servant", patience);
    EXPECT_TRUE(found) << to_string(found.failure());
    remote_ = *found;
  }

  ~remote_handle() override {
    if (local_)
      caf::anon_send_exit(local_, caf::exit_reason::user_shutdown);
    remote_ = local_ = nullptr;
  }

  node& ada() { return nodes_.at(0); }
  node& ben() { return *ben_; }

  /// Asks from a thread of ben's; the answer or the error's code and category.
  template <class Answer, class... Ts>
  caf::expected<Answer> ask(const caf::actor& whom, const Ts&... what) {
    caf::scoped_actor self{ben().system()};
    caf::expected<Answer> outcome{caf::sec::runtime_error};
    self->request(whom, patience, what...)
        .receive(
            [&](Answer& answer) { outcome = std::move(answer); },
            [&](caf::error& reason) { outcome = std::move(reason); }
        );
    return outcome;
  }

  cluster nodes_;
  node* ben_ = nullptr;
  caf::actor local_;
  caf::actor remote_;
};

TEST_F(remote_handle, answers_a_request) {
  EXPECT_EQ(ask<std::string>(remote_, echo_atom::value, std::string{"hello"}), std::string{"hello"});
}

TEST_F(remote_handle, carries_types_of_the_user_with_handles_inside) {
  auto answer = ask<note>(remote_, note{41, {"a", "b"}, remote_});
  ASSERT_TRUE(answer) << ben().system().render(answer.error());
  EXPECT_EQ(answer->number, 42);
  EXPECT_EQ(answer->words, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(answer->reply_to, remote_);
}

TEST_F(remote_handle, carries_a_large_message) {
  std::string text(5 << 20, 'x');
  EXPECT_EQ(ask<std::string>(remote_, echo_atom::value, text), text);
}

TEST_F(remote_handle, that_comes_home_is_the_local_actor) {
  caf::scoped_actor self{ada().system()};
  auto home = ben().system().spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](who_atom, const caf::actor& handle) { return handle; }};
  });
  ASSERT_FALSE(ben().announce("mirror", home));
  auto mirror = ada().find("mirror", patience);
  ASSERT_TRUE(mirror);
  self->request(*mirror, patience, who_atom::value, local_)
      .receive(
          [&](const caf::actor& reflected) { EXPECT_EQ(reflected, local_); },
          [&](const caf::error& reason) { ADD_FAILURE() << ada().system().render(reason); }
      );
  caf::anon_send_exit(home, caf::exit_reason::user_shutdown);
}

TEST_F(remote_handle, of_one_actor_is_one_handle) {
  EXPECT_EQ(ask<caf::actor>(remote_, who_atom::value), remote_);
  EXPECT_EQ(ben().find("servant"), remote_);
}

TEST_F(remote_handle, brings_errors_of_the_handler_home) {
  auto outcome = ask<int>(remote_, fail_atom::value);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), caf::sec::invalid_argument);
}

TEST_F(remote_handle, refuses_a_message_that_may_not_leave_with_an_error) {
  auto outcome = ask<int>(remote_, local_only{1});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::unknown_type);
}

TEST_F(remote_handle, refuses_a_message_that_is_too_large_with_an_error) {
  auto outcome = ask<std::string>(remote_, echo_atom::value, std::string(limits::message_bytes, 'x'));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::too_large);
}

TEST_F(remote_handle, works_with_then_and_await) {
  event_log log;
  auto client = ben().system().spawn([&log, servant = remote_](caf::event_based_actor* self) {
    self->request(servant, patience, echo_atom::value, std::string{"second"})
        .then([&log](const std::string& text) { log.add("then " + text); });
    self->request(servant, patience, echo_atom::value, std::string{"first"})
        .await([&log](const std::string& text) { log.add("await " + text); });
  });
  EXPECT_TRUE(log.wait_for("await first"));
  EXPECT_TRUE(log.wait_for("then second"));
}

TEST_F(remote_handle, delegates_to_another_node_and_back) {
  auto& cleo = nodes_.add("cleo");
  auto third = cleo.system().spawn(servant);
  ASSERT_FALSE(cleo.announce("third", third));
  auto third_at_ben = ben().find("third", patience);
  ASSERT_TRUE(third_at_ben);
  auto text = std::string{"passed on"};
  EXPECT_EQ(ask<std::string>(remote_, pass_atom::value, *third_at_ben, text), text)
      << "ben -> ada -> cleo -> ben";
  auto own = ben().system().spawn(servant);
  EXPECT_EQ(ask<std::string>(remote_, pass_atom::value, own, text), text) << "ben -> ada -> ben";
  caf::anon_send_exit(third, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(own, caf::exit_reason::user_shutdown);
}

TEST_F(remote_handle, keeps_the_order_of_one_sender) {
  constexpr std::int64_t count = 20'000;
  event_log log;
  auto sink = ada().system().spawn([&log](caf::event_based_actor* self) -> caf::behavior {
    auto expected = std::make_shared<std::int64_t>(0);
    return {[=, &log](std::int64_t number) {
      if (number != (*expected)++)
        log.add("out of order");
      if (number + 1 == count) {
        log.add("done");
        self->quit();
      }
    }};
  });
  ASSERT_FALSE(ada().announce("sink", sink));
  auto remote_sink = ben().find("sink", patience);
  ASSERT_TRUE(remote_sink);
  ben().system().spawn([target = *remote_sink](caf::event_based_actor* self) {
    for (std::int64_t number = 0; number < count; ++number)
      self->send(target, number);
  });
  EXPECT_TRUE(log.wait_for("done"));
  EXPECT_EQ(log.all(), std::vector<std::string>{"done"});
}

/// Logs the down message of whomever it is told to watch. Hold it: a monitor alone keeps nobody alive.
[[nodiscard]] caf::actor spawn_watcher(node& where, const caf::actor& whom, event_log& log) {
  return where.system().spawn([&log, whom](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(whom);
    self->set_down_handler([self, &log](const caf::down_msg& down) {
      log.add("down " + self->system().render(down.reason));
      self->quit();
    });
    log.add("watching");
    return {[](echo_atom) {}};
  });
}

TEST_F(remote_handle, tells_a_monitor_why_the_actor_ended) {
  event_log log;
  auto watcher = spawn_watcher(ben(), remote_, log);
  ASSERT_TRUE(log.wait_for("watching"));
  caf::anon_send(remote_, quit_atom::value);
  EXPECT_TRUE(
      log.wait_for("down " + ben().system().render(caf::make_error(caf::sec::runtime_error, "told to")))
  );
}

TEST_F(remote_handle, tells_a_monitor_only_after_everything_that_the_actor_sent) {
  event_log log;
  auto watcher = ben().system().spawn([&log, whom = remote_](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(whom);
    self->set_down_handler([&log](const caf::down_msg&) { log.add("down"); });
    self->send(whom, last_words_atom::value, caf::actor{self});
    return {[&log](const std::string& words) { log.add("words " + std::to_string(words.size())); }};
  });
  EXPECT_TRUE(log.wait_for("down"));
  EXPECT_EQ(log.all(), (std::vector<std::string>{"words 5000000", "down"}));
}

TEST_F(remote_handle, of_an_actor_that_has_ended_fails_requests_and_monitors) {
  caf::anon_send(remote_, quit_atom::value);
  event_log log;
  auto watcher = spawn_watcher(ben(), remote_, log);
  EXPECT_TRUE(
      log.wait_for("down " + ben().system().render(caf::make_error(caf::sec::runtime_error, "told to")))
  );
  EXPECT_FALSE(ask<std::string>(remote_, echo_atom::value, std::string{"anybody?"}));
}

TEST_F(remote_handle, ends_the_actor_by_an_exit_message) {
  event_log log;
  auto watcher = spawn_watcher(ben(), remote_, log);
  ASSERT_TRUE(log.wait_for("watching"));
  caf::anon_send_exit(remote_, caf::exit_reason::kill);
  EXPECT_TRUE(log.wait_for("down " + ben().system().render(caf::exit_reason::kill)));
}

TEST_F(remote_handle, fails_open_requests_and_monitors_once_when_its_node_leaves) {
  event_log log;
  auto watcher = spawn_watcher(ben(), remote_, log);
  ASSERT_TRUE(log.wait_for("watching"));
  ben().system().spawn([&log, servant = remote_](caf::event_based_actor* self) {
    self->request(servant, caf::infinite, mute_atom::value)
        .then(
            [&log](int) { log.add("answer"); },
            [&log](const caf::error& reason) {
              log.add(reason == errc::node_down ? "request failed" : "other error");
            }
        );
    // Behind it: a node that leaves refuses what arrives later.
    self->request(servant, caf::infinite, echo_atom::value, std::string{"asked"})
        .then([&log](const std::string& text) { log.add(text); });
  });
  ASSERT_TRUE(log.wait_for("asked"));
  local_ = nullptr; // no handle outlives its node
  nodes_.remove(0);
  EXPECT_TRUE(log.wait_for("request failed"));
  EXPECT_TRUE(log.wait_for("down node_down: node ada left; find the actor again by its name"));
  auto after = log.all();
  EXPECT_EQ(std::count(after.begin(), after.end(), "request failed"), 1);
  EXPECT_EQ(after.size(), 4u);
  EXPECT_FALSE(nodes_.at(0).find("servant"));
}

} // namespace
} // namespace chorus
