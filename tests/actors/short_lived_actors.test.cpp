#include "cluster.hpp"

#include <chorus/actors/node.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

namespace chorus {
namespace {

using made_atom = caf::atom_constant<caf::atom("made")>;
using wave_atom = caf::atom_constant<caf::atom("wave")>;
using done_atom = caf::atom_constant<caf::atom("done")>;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t all_actors = 50'000;
#else
constexpr std::size_t all_actors = 1'000'000;
#endif
constexpr std::size_t actors_of_a_wave = 10'000;

/// Counts ends, and wakes who waits for a number of them.
class end_counter {
public:
  explicit end_counter(std::size_t expected) : left_(expected) {}

  void count() {
    if (--left_ > 0)
      return;
    std::lock_guard guard{mutex_};
    changed_.notify_all();
  }

  bool wait_for_all() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, 2 * patience, [&] { return left_ == 0; });
  }

  std::size_t left() const { return left_; }

private:
  std::atomic<std::size_t> left_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// Receives the handles of a wave and throws them away.
caf::behavior sink(caf::event_based_actor* self) {
  auto received = std::make_shared<std::size_t>(0);
  return {[=](made_atom, const caf::actor&, const caf::actor& spawner) {
    if (++*received % actors_of_a_wave == 0)
      self->send(spawner, done_atom::value);
  }};
}

/// Spawns wave after wave. Every other actor ends by itself, the others wait for messages and are forgotten.
caf::behavior spawner(caf::event_based_actor* self, const caf::actor& sink, end_counter* ends) {
  auto made = std::make_shared<std::size_t>(0);
  auto spawn_wave = [=] {
    for (std::size_t i = 0; i < actors_of_a_wave; ++i) {
      auto quits = i % 2 == 0;
      auto actor = self->spawn([=](caf::event_based_actor* worker) -> caf::behavior {
        worker->send(sink, made_atom::value, caf::actor{worker}, caf::actor{self});
        if (quits)
          worker->quit();
        return {[](made_atom) {}};
      });
      actor->attach_functor([ends] { ends->count(); });
    }
    *made += actors_of_a_wave;
  };
  return {
      [=](wave_atom) { spawn_wave(); },
      [=](done_atom) {
        if (*made < all_actors)
          spawn_wave();
      },
  };
}

TEST(short_lived_actors, cost_nothing_when_they_are_gone) {
  end_counter ends{all_actors}; // outlives the nodes, whose actors count in it
  cluster nodes;
  auto& ada = nodes.add("ada");
  auto& ben = nodes.add("ben");
  auto local_sink = ada.system().spawn(sink);
  ASSERT_FALSE(ada.announce("sink", local_sink));
  auto remote_sink = ben.find("sink", patience);
  ASSERT_TRUE(remote_sink);
  auto maker = ben.system().spawn(spawner, *remote_sink, &ends);
  caf::anon_send(maker, wave_atom::value);

  ASSERT_TRUE(ends.wait_for_all()) << ends.left() << " live, although nobody holds a handle";
  EXPECT_EQ(ben.counters().dead_letters, 0u);
  // Each node keeps what it had: the sink, the spawner, and who asks here.
  auto is_empty = [&] {
    auto [at_ada, at_ben] = std::pair{ada.counters(), ben.counters()};
    return at_ada.remote_actors <= 2 && at_ada.exported_actors <= 2 && at_ben.remote_actors <= 2
           && at_ben.exported_actors <= 2;
  };
  // The news of the last ends are on their way; each question of the sink comes after some of them.
  auto deadline = std::chrono::steady_clock::now() + patience;
  caf::scoped_actor asker{ben.system()};
  while (!is_empty() && std::chrono::steady_clock::now() < deadline)
    asker->request(*remote_sink, patience, done_atom::value).receive([] {}, [](const caf::error&) {});
  EXPECT_TRUE(is_empty()) << "ada: " << ada.counters().remote_actors << " proxies, "
                          << ada.counters().exported_actors
                          << " exported; ben: " << ben.counters().remote_actors << " proxies, "
                          << ben.counters().exported_actors << " exported";
  caf::anon_send_exit(maker, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(local_sink, caf::exit_reason::user_shutdown);
}

} // namespace
} // namespace chorus
