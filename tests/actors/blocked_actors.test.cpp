#include "cluster.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace chorus {
namespace {

using namespace std::chrono_literals;

using block_atom = caf::atom_constant<caf::atom("block")>;
using ping_atom = caf::atom_constant<caf::atom("ping")>;

/// Long enough for a thread of a busy machine to wait for its turn.
constexpr auto failure_timeout = 2s;

/// Longer than whoever is silent may be without being declared failed.
constexpr auto blocked_for = 2 * failure_timeout;

/// Holds every thread that gets to it until it is opened.
class obstacle {
public:
  void hold() {
    std::unique_lock guard{mutex_};
    ++held_;
    changed_.notify_all();
    changed_.wait(guard, [&] { return is_open_; });
  }

  bool wait_for(std::size_t threads) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [&] { return held_ >= threads; });
  }

  void open() {
    std::lock_guard guard{mutex_};
    is_open_ = true;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t held_ = 0;
  bool is_open_ = false;
};

/// Actors of ben that block; ada sends to them from afar.
class blocked_actors : public testing::Test {
protected:
  static constexpr std::size_t scheduler_threads = 3;

  blocked_actors() {
    auto be_quick = [](config& settings) {
      settings.failure_timeout = failure_timeout;
      settings.threads = scheduler_threads;
    };
    nodes_.add("ada", be_quick);
    nodes_.add("ben", be_quick);
    for (std::size_t i = 0; i < scheduler_threads + 1; ++i)
      blockers_.push_back(known_to_ada("blocker" + std::to_string(i), [this](caf::event_based_actor*) {
        return caf::behavior{[this](block_atom) { obstacle_.hold(); }};
      }));
    echo_ = known_to_ada("echo", [](caf::event_based_actor*) {
      return caf::behavior{[](ping_atom) { return ping_atom::value; }};
    });
  }

  ~blocked_actors() override { obstacle_.open(); }

  /// An actor of ben, as ada has it.
  template <class F>
  caf::actor known_to_ada(const std::string& name, F&& behavior) {
    EXPECT_FALSE(ben().announce(name, ben().system().spawn(std::forward<F>(behavior))));
    auto found = ada().find(name, patience);
    EXPECT_TRUE(found);
    return *found;
  }

  /// Asks from ada.
  bool echo_answers() {
    caf::scoped_actor self{ada().system()};
    auto answered = false;
    self->request(echo_, patience, ping_atom::value)
        .receive([&](ping_atom) { answered = true; }, [](const caf::error&) {});
    return answered;
  }

  node& ada() { return nodes_.at(0); }
  node& ben() { return nodes_.at(1); }

  obstacle obstacle_; ///< outlives the nodes
  cluster nodes_;
  std::vector<caf::actor> blockers_;
  caf::actor echo_;
};

TEST_F(blocked_actors, do_not_hold_up_others_while_a_thread_is_free) {
  // One at a time, so that each is handled by the thread that received it, if that may.
  for (std::size_t count = 1; count < scheduler_threads; ++count) {
    caf::anon_send(blockers_[count - 1], block_atom::value);
    ASSERT_TRUE(obstacle_.wait_for(count));
    EXPECT_TRUE(echo_answers()) << count << " blocked";
  }
}

TEST_F(blocked_actors, never_make_their_node_look_dead) {
  // One at a time, so that one blocks a thread that does I/O, if that may, and the others all of the
  // scheduler's.
  for (std::size_t count = 1; count <= scheduler_threads; ++count) {
    caf::anon_send(blockers_[count - 1], block_atom::value);
    ASSERT_TRUE(obstacle_.wait_for(count));
  }
  caf::anon_send(blockers_.back(), block_atom::value);
  caf::scoped_actor watcher{ada().system()};
  ada().subscribe(watcher);
  watcher->receive([](const node_down&) { ADD_FAILURE(); }, caf::after(blocked_for) >> [] {});
  obstacle_.open();
  EXPECT_TRUE(echo_answers()) << "when they are done";
  for (std::size_t node : {0, 1})
    for (auto& event : nodes_.events(node).all())
      EXPECT_FALSE(event.starts_with("down ")) << event;
}

} // namespace
} // namespace chorus
