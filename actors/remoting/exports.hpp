#pragma once

#include "../caf17/actor_kind.hpp"

#include <chorus/handles/export_table.hpp>
#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <mutex>
#include <vector>

namespace chorus {

/// The local actors that other nodes may know of: `handles::export_table` for many threads. With its last
/// handle an actor ends, and then code of users runs: not under the mutex, and not in every thread
/// (`remoting::dispose`).
///
/// Thread rules: any thread.
class exports {
public:
  using table = handles::export_table<caf17::actor_kind>;

  // As in the table.
  bool give(const caf::strong_actor_ptr& actor, relation_number to);
  void take_back(std::uint64_t actor, relation_number to);
  caf::strong_actor_ptr came_back(std::uint64_t actor, relation_number from);

  /// An actor that is held no more goes to `garbage`.
  bool hold(std::uint64_t actor, relation_number by, std::vector<caf::strong_actor_ptr>& garbage);
  bool release(
      std::uint64_t actor,
      relation_number by,
      std::uint64_t received,
      std::uint64_t returned,
      std::vector<caf::strong_actor_ptr>& garbage
  );

  caf::strong_actor_ptr find(std::uint64_t actor) const;

  /// The actor has ended. Gives who is to hear of it.
  std::vector<handles::holders::holder> remove(std::uint64_t actor, const caf::error& reason);

  /// Why the actor has ended; `unknown` if that was long ago.
  caf::error reason_of_end(std::uint64_t actor) const;

  /// The relation has ended. Gives the actors that are held no more.
  std::vector<caf::strong_actor_ptr> forget(relation_number ended);

  std::vector<caf::strong_actor_ptr> close();

  /// A snapshot.
  table::sizes size() const;

private:
  mutable std::mutex mutex_;
  table table_;
};

} // namespace chorus
