#pragma once

#include "cluster.hpp"

#include <chorus/actors/node.hpp>

#include <caf/actor.hpp>
#include <caf/atom.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

/// What tests of a node's end have in common.
namespace chorus {

using ask_atom = caf::atom_constant<caf::atom("ask")>;
using end_atom = caf::atom_constant<caf::atom("end")>;

/// Something that happens once, for threads to wait for.
class event {
public:
  void happen() {
    std::lock_guard guard{mutex_};
    happened_ = true;
    changed_.notify_all();
  }

  /// False after `patience`.
  bool wait() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [this] { return happened_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool happened_ = false;
};

/// Logs warnings, and is patient with its actors.
node open_node(const std::function<void(config&)>& change = {});

void be_impatient(config& settings);

caf::behavior worker();

/// Quits only when it is killed.
caf::behavior stubborn(caf::event_based_actor* self);

/// Adds how it ended to the log when the actor has ended.
void log_end(const caf::actor& actor, event_log& log);

/// How many nodes are in memory, or something of them.
std::size_t nodes_in_memory();

/// Nothing of any node is in memory, so no actor of one runs. Waits for that.
bool everything_is_reclaimed();

/// Runs `act` and gives what was logged meanwhile.
template <class Act>
std::string logged_by(Act&& act) {
  testing::internal::CaptureStderr();
  act();
  return testing::internal::GetCapturedStderr();
}

} // namespace chorus
