#pragma once

#include "living_actors.hpp"

#include <chorus/runtime/ids.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/node_id.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace chorus::caf17 {

/// An actor system that lasts as long as anybody refers to one of its actors, so that handles may outlive the
/// node. Each actor of CAF points to its system, which CAF expects to be there.
///
/// Who refers to it: owners of the shared pointer; every actor, by the system's `caf::node_id`, which each
/// actor keeps a counted reference to; and every thread that has spawned an actor or made a scoped one, by
/// the system's logger, until the thread ends or does so in another system. When the last owner has let go,
/// it is left behind until `reclaim` finds that nobody refers to it any more.
///
/// Thread rules: `set_node` before any actor is spawned, `stop` in a thread that runs none; else any thread.
class lasting_system {
public:
  /// `scheduler` and `threads` as in `config`. Throws `std::system_error` if the system has no threads left.
  static std::shared_ptr<lasting_system> make(const std::string& scheduler, std::size_t threads);

  ~lasting_system();

  caf::actor_system& system() noexcept { return system_; }
  living_actors& actors() noexcept { return actors_; }

  /// Tells CAF who this node is.
  void set_node(const peer& self);

  /// Ends the threads of the scheduler and of the clock. Waits for handlers that run there, for ever if need
  /// be. An actor that gets a message after that ends.
  void stop();

  /// Destroys those that were left behind and that nobody refers to any more. The calling thread does not
  /// count, unless it runs an actor of the system.
  static void reclaim();

  /// How many there are in the process, those of running nodes included.
  static std::size_t count() noexcept;

private:
  struct settings : caf::actor_system_config {
    settings(const std::string& scheduler, std::size_t threads, living_actors& actors);
  };

  lasting_system(const std::string& scheduler, std::size_t threads);
  static void leave_behind(lasting_system* content);
  bool is_referred_to();

  living_actors actors_;
  settings settings_; ///< the system keeps a reference to it
  caf::actor_system system_;
  caf::node_id node_;
};

} // namespace chorus::caf17
