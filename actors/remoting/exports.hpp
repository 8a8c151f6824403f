#pragma once

#include "holders.hpp"

#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace chorus {

/// The local actors that other nodes may know of.
///
/// An actor is held here as long as another node holds a handle of it, as a handle in a local actor's
/// hands would hold it. After that only its number is remembered, until it ends. What is held no more is
/// given back: with the last handle an actor ends, and that is not for every thread (`remoting::dispose`).
/// Thread rules: any thread.
class exports {
public:
  /// A handle of the actor is about to be sent to `who`. Returns true when the actor is new here: the
  /// caller then arranges that `remove` is called when it ends.
  bool give(const caf::strong_actor_ptr& actor, const peer& who);

  /// It was not sent after all; the sender still holds it.
  void take_back(std::uint64_t actor, const peer& who);

  /// A handle of the actor came from `who`. Null if it has ended.
  caf::strong_actor_ptr came_back(std::uint64_t actor, const peer& who);

  /// `who` has a handle from somebody else. Returns false if the actor has ended.
  bool hold(std::uint64_t actor, const peer& who);

  /// `who` uses its handle no more (holders.hpp). Returns false if the actor has ended. An actor that is held
  /// no more goes to `garbage`.
  bool release(
      std::uint64_t actor,
      const peer& who,
      std::uint64_t received,
      std::uint64_t returned,
      std::vector<caf::strong_actor_ptr>& garbage
  );

  /// Null if it has ended.
  caf::strong_actor_ptr find(std::uint64_t actor) const;

  /// The actor has ended. Gives the nodes that are to hear of it.
  std::vector<holders::holder> remove(std::uint64_t actor, const caf::error& reason);

  /// Why the actor has ended; `unknown` if that was long ago.
  caf::error reason_of_end(std::uint64_t actor) const;

  /// Nothing more comes from this life of the node. Gives the actors that are held no more.
  std::vector<caf::strong_actor_ptr> forget_holder(const peer& who);

  /// Forgets all actors and takes no more: `give` answers false. Gives the actors that were held.
  std::vector<caf::strong_actor_ptr> close();

  /// Actors that are held for others now, and those of which there is a record. A snapshot.
  struct sizes {
    std::size_t held = 0;
    std::size_t known = 0;
  };
  sizes size() const;

  /// Reasons that are remembered, of the last actors that have ended.
  static constexpr std::size_t remembered_ends = 4096;

private:
  struct entry {
    caf::weak_actor_ptr actor;
    caf::strong_actor_ptr held; ///< while there are holders
    chorus::holders holders;

    /// What is held no more. The actor may end with it: not under the mutex.
    caf::strong_actor_ptr let_go();
  };

  mutable std::mutex mutex_;
  bool closed_ = false;
  std::unordered_map<std::uint64_t, entry> entries_;
  std::unordered_map<std::uint64_t, caf::error> ends_;
  std::deque<std::uint64_t> order_of_ends_;
};

} // namespace chorus
