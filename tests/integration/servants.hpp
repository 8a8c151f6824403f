#pragma once

#include "../actors/cluster.hpp"
#include "programs.hpp"
#include "servant.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// A node of this process, `home`, and servants in processes of their own around it.
class servants : public ::testing::Test {
protected:
  /// `failure_timeout`: of all nodes; must not run out while a test lets a process pause.
  explicit servants(duration failure_timeout = std::chrono::seconds{4});
  ~servants() override;

  node& home() { return nodes_.at(0); }

  /// What the node has seen of the others: `up NAME`, `down NAME failed`.
  event_log& news() { return nodes_.events(0); }

  /// Starts a process with a node of that name, as one more or anew. Gives its servant, which serves.
  caf::actor start(const std::string& name, arguments flags = {});

  process& at(const std::string& name) { return *processes_.at(name); }

  /// Ends the process without a word, and waits for that.
  void kill(const std::string& name);

  caf::actor find(const std::string& what);

  /// The servant of that node, also of `home`.
  caf::actor servant(const std::string& node) { return find("servant/" + node); }

  /// Another servant of that node, one without a name.
  caf::actor fresh(const std::string& node);

  /// Asks from a thread of this process; what comes back, or the error.
  template <class Answer, class... Ts>
  caf::expected<Answer> ask(const caf::actor& whom, const Ts&... what) {
    caf::scoped_actor self{home().system()};
    return ask_as<Answer>(self, whom, what...);
  }

  template <class Answer, class... Ts>
  static caf::expected<Answer> ask_as(caf::scoped_actor& self, const caf::actor& whom, const Ts&... what) {
    caf::expected<Answer> outcome{caf::sec::runtime_error};
    self->request(whom, process::patience, what...)
        .receive(
            [&](Answer& answer) { outcome = std::move(answer); },
            [&](caf::error& reason) { outcome = std::move(reason); }
        );
    return outcome;
  }

  /// Tells somebody to do something, and waits until it is done.
  template <class... Ts>
  void command(const caf::actor& whom, const Ts&... what) {
    auto done = ask<bool>(whom, what...);
    EXPECT_TRUE(done) << text(done.error());
  }

  /// Whether that servant answers.
  ::testing::AssertionResult serves(const caf::actor& whom);

  /// An actor of this process, which ends with the test.
  template <class... Ts>
  caf::actor spawn(Ts&&... how) {
    return own_.emplace_back(home().system().spawn(std::forward<Ts>(how)...));
  }

  /// Asks again and again until it is so; false if that takes too long.
  static bool eventually(const std::function<bool()>& is_so);

  std::string text(const caf::error& reason) { return home().system().render(reason); }

  /// For what the actors of a test have to say: they may live longer than its variables.
  event_log& log() { return log_; }

  /// What those have heard who report to `listener`.
  event_log& heard() { return heard_; }
  const caf::actor& listener() const { return listener_; }

private:
  duration failure_timeout_;
  std::map<std::string, std::unique_ptr<process>> processes_; ///< end after the node has left them
  event_log log_;
  event_log heard_;
  cluster nodes_;
  std::vector<caf::actor> own_;
  caf::actor listener_;
};

} // namespace chorus::testing
