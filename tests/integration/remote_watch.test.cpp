#include "servants.hpp"

#include <ostream>

/// Monitors, links and exit messages between actors of different processes.
namespace chorus::testing {
namespace {

/// Where they are: `home` is this process.
struct places {
  std::string watcher;
  std::string watched;

  friend void PrintTo(const places& where, std::ostream* out) {
    *out << where.watcher << " watches " << where.watched;
  }
};

class remote_watch : public servants, public ::testing::WithParamInterface<places> {
protected:
  remote_watch() {
    for (const auto& name : {GetParam().watcher, GetParam().watched})
      if (name != "home")
        start(name);
    watcher_ = fresh(GetParam().watcher);
    watched_ = fresh(GetParam().watched);
    command(watcher_, report_atom::value, listener());
    command(watcher_, trap_atom::value);
  }

  /// Waits until this process knows of the end.
  void end(const caf::actor& whom, const caf::error& reason) {
    caf::scoped_actor self{home().system()};
    self->monitor(whom);
    caf::anon_send(whom, quit_atom::value, reason);
    self->receive([&](const caf::down_msg& what) { EXPECT_EQ(what.reason, reason); });
  }

  /// That the watcher has heard this and nothing else, also not later: when it has heard of another actor of
  /// that process which ended afterwards.
  void expect_heard(std::vector<std::string> expected) {
    for (const auto& event : expected) // no order is promised between two actors' ends
      EXPECT_TRUE(heard().wait_for(
          event, static_cast<std::size_t>(std::count(expected.begin(), expected.end(), event))
      ));
    auto last = caf::make_error(caf::sec::runtime_error, "the last");
    auto another = fresh(GetParam().watched);
    command(watcher_, monitor_atom::value, another);
    end(another, last);
    expected.push_back("down " + text(last));
    EXPECT_TRUE(heard().wait_for(expected.back()));
    EXPECT_EQ(heard().all(), expected);
  }

  const caf::error told_to_ = caf::make_error(caf::sec::runtime_error, "told to");
  caf::actor watcher_;
  caf::actor watched_;
};

TEST_P(remote_watch, tells_a_monitor_why_the_actor_ended_once) {
  command(watcher_, monitor_atom::value, watched_);
  end(watched_, told_to_);
  expect_heard({"down " + text(told_to_)});
}

TEST_P(remote_watch, tells_a_monitor_of_an_actor_that_has_ended_already) {
  end(watched_, told_to_);
  command(watcher_, monitor_atom::value, watched_);
  expect_heard({"down " + text(told_to_)});
}

TEST_P(remote_watch, tells_as_often_as_it_is_monitored) {
  command(watcher_, monitor_atom::value, watched_);
  command(watcher_, monitor_atom::value, watched_);
  end(watched_, told_to_);
  expect_heard({"down " + text(told_to_), "down " + text(told_to_)});
}

TEST_P(remote_watch, tells_nothing_after_demonitor) {
  command(watcher_, monitor_atom::value, watched_);
  command(watcher_, demonitor_atom::value, watched_);
  end(watched_, told_to_);
  expect_heard({});
}

TEST_P(remote_watch, tells_both_ends_of_a_link_whoever_made_it) {
  command(watcher_, link_atom::value, watched_);
  end(watched_, told_to_);
  expect_heard({"exit " + text(told_to_)});
}

TEST_P(remote_watch, tells_the_one_who_was_linked_to) {
  command(watched_, link_atom::value, watcher_);
  end(watched_, told_to_);
  expect_heard({"exit " + text(told_to_)});
}

TEST_P(remote_watch, tells_of_one_link_however_often_it_was_made) {
  command(watcher_, link_atom::value, watched_);
  command(watched_, link_atom::value, watcher_);
  command(watcher_, link_atom::value, watched_);
  end(watched_, told_to_);
  expect_heard({"exit " + text(told_to_)});
}

TEST_P(remote_watch, tells_nothing_after_unlink_by_whomever) {
  for (const auto& [linking, linked] : {std::pair{watcher_, watched_}, {watched_, watcher_}})
    for (const auto& [unlinking, unlinked] : {std::pair{watcher_, watched_}, {watched_, watcher_}}) {
      command(linking, link_atom::value, linked);
      command(unlinking, unlink_atom::value, unlinked);
    }
  end(watched_, told_to_);
  expect_heard({});
}

TEST_P(remote_watch, ends_an_actor_that_is_linked_and_does_not_trap) {
  auto linked = fresh(GetParam().watcher);
  command(linked, link_atom::value, watched_);
  caf::scoped_actor self{home().system()};
  self->monitor(linked);
  caf::anon_send(watched_, quit_atom::value, told_to_);
  self->receive([&](const caf::down_msg& what) { EXPECT_EQ(what.reason, told_to_); });
}

TEST_P(remote_watch, ends_an_actor_by_an_exit_message) {
  command(watcher_, monitor_atom::value, watched_);
  caf::anon_send(
      watcher_, tell_atom::value, watched_, caf::make_message(caf::exit_msg{watcher_.address(), told_to_})
  );
  EXPECT_TRUE(heard().wait_for("down " + text(told_to_)));
  expect_heard({"down " + text(told_to_)});
}

TEST_P(remote_watch, lets_an_actor_survive_an_exit_message_that_it_traps) {
  caf::anon_send(watcher_, caf::exit_msg{nullptr, told_to_});
  EXPECT_TRUE(heard().wait_for("exit " + text(told_to_)));
  EXPECT_TRUE(serves(watcher_));
}

INSTANTIATE_TEST_SUITE_P(
    between,
    remote_watch,
    ::testing::Values(places{"home", "ada"}, places{"ada", "home"}, places{"ben", "ada"}),
    [](const auto& each) { return each.param.watcher + "_and_" + each.param.watched; }
);

} // namespace
} // namespace chorus::testing
