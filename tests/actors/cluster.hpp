#pragma once

#include <chorus/actors/node.hpp>

#include <caf/event_based_actor.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace chorus {

/// How long a test waits for something that must come: far more than it takes on a busy machine.
inline constexpr std::chrono::seconds patience{60};

/// Things that happened, for a test to wait for.
///
/// Thread rules: `add` from any thread, the rest from the test's.
class event_log {
public:
  void add(std::string event) {
    std::lock_guard guard{mutex_};
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

  /// Waits until `event` happened `count` times; fails after `patience` and says what happened instead.
  testing::AssertionResult wait_for(const std::string& event, std::size_t count = 1) {
    std::unique_lock guard{mutex_};
    auto happened = changed_.wait_for(guard, patience, [&] {
      return static_cast<std::size_t>(std::count(events_.begin(), events_.end(), event)) >= count;
    });
    if (happened)
      return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << "waited for '" << event << "', saw " << testing::PrintToString(events_);
  }

  std::vector<std::string> all() {
    std::lock_guard guard{mutex_};
    return events_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
};

/// Nodes in this process, which talk through real sockets on loopback. The first is everybody's seed.
class cluster {
public:
  /// Starts a node and returns it once it and all earlier ones know each other.
  node& add(const std::string& name, std::function<void(config&)> change = {}) {
    config settings;
    settings.name = name;
    settings.log_level = "off";
    settings.quit_within = patience; // so that no test's data goes before the actors that use them
    if (!members_.empty())
      settings.seeds = {members_.front()->node.self().where};
    if (change)
      change(settings);
    auto opened = node::open(std::move(settings));
    EXPECT_TRUE(opened) << to_string(opened.failure());
    auto& fresh = *members_.emplace_back(std::make_unique<member>(std::move(*opened)));
    fresh.log_events();
    for (auto& other : members_)
      if (other.get() != &fresh) {
        EXPECT_TRUE(fresh.events.wait_for("up " + other->node.self().name));
        EXPECT_TRUE(other->events.wait_for("up " + name));
      }
    return fresh.node;
  }

  node& at(std::size_t index) { return members_.at(index)->node; }

  /// What this node saw of the others: `up NAME`, `back NAME`, `suspected NAME`, `trusted NAME`,
  /// `updated NAME`, `down NAME REASON`.
  event_log& events(std::size_t index) { return members_.at(index)->events; }

  /// Ends in order.
  void remove(std::size_t index) { members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(index)); }

private:
  struct member {
    explicit member(chorus::node content) : node(std::move(content)) {}

    void log_events() {
      auto* log = &events;
      node.members().subscribe_all(node.system().spawn([log](caf::event_based_actor*) -> caf::behavior {
        return {
            [log](const node_up& event) {
              log->add("up " + event.who.name);
              if (event.is_back)
                log->add("back " + event.who.name);
            },
            [log](const node_suspected& event) { log->add("suspected " + event.who.name); },
            [log](const node_trusted& event) { log->add("trusted " + event.who.name); },
            [log](const node_updated& event) { log->add("updated " + event.who.name); },
            [log](const node_down& event) {
              log->add("down " + event.who.name + ' ' + std::string{to_string(event.reason)});
            },
            [log](const node_gone& event) {
              log->add("gone " + event.who.name + ' ' + std::string{to_string(event.reason)});
            },
            [log](const node_expelled&) { log->add("expelled"); },
        };
      }));
    }

    event_log events;
    chorus::node node;
  };

  std::vector<std::unique_ptr<member>> members_;
};

} // namespace chorus
