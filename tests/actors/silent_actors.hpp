#pragma once

#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace chorus {

/// Actors that do nothing, as names for tests of tables.
class silent_actors {
public:
  explicit silent_actors(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      actors_.push_back(system_.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; }));
  }

  ~silent_actors() {
    for (auto& actor : actors_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
  }

  const caf::actor& at(std::size_t index) const { return actors_.at(index); }

private:
  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  std::vector<caf::actor> actors_;
};

inline std::shared_ptr<outbox> make_link() {
  return std::make_shared<outbox>(1000, 100, [] {});
}

} // namespace chorus
