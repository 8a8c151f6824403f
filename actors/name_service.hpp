#pragma once

#include "remoting/remoting.hpp"

#include <chorus/names/name_registry.hpp>
#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/seams.hpp>

#include <caf/actor.hpp>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace chorus {

/// The name registry for actors: runs its core over a channel of each link and turns numbers into handles.
///
/// Thread rules: every function from any thread; the core runs under one mutex.
class name_service final : public std::enable_shared_from_this<name_service>,
                           private network_seam,
                           private clock_seam {
public:
  name_service(const peer& self, std::shared_ptr<chorus::remoting> remoting);

  // -- as `name_directory` offers it --------------------------------------------------------------

  error announce(std::string_view name, const caf::actor& actor);
  void withdraw(std::string_view name);
  caf::actor find(std::string_view name) const;
  std::map<std::string, caf::actor> list(std::string_view prefix) const;

  /// Waits until somebody who can be reached has announced `name`; null after `within` or `stop`.
  caf::actor find(std::string_view name, duration within) const;

  /// Whose announcement counts for `name`, if that node cannot be reached now.
  std::optional<peer> holder_out_of_reach(std::string_view name) const;

  /// For the log: a name of this actor of another node, or of this one. Empty if it has none.
  std::string name_of(const caf17::actor_reference& actor) const;
  std::string name_of_own(std::uint64_t actor) const;

  // -- from the node's events ---------------------------------------------------------------------

  void receive(const peer& from, const link::delivered& message);

  /// A relation begins. `way`: of the channel of names; null if the transport is stopping.
  void peer_up(const peer& who, std::shared_ptr<outbox> way);
  void peer_down(const peer& who);
  void peer_gone(const peer& who);

  /// Withdraws all own names and takes no new ones. What was announced is kept until `stop`: it may be at
  /// work. Others' names are found as before.
  void retire();

  /// Nothing is found any more. Wakes who waits.
  void stop();

private:
  struct host {
    name_service& owner;

    void perform(const names::changed& step);
    void malformed(const peer& from, const error& reason);
  };

  void actor_ended(std::uint64_t actor);
  void lose(const peer& who, const names::core::input& what);
  caf::actor handle_of(const names::announcement& winner) const;

  // The registry waits for nothing, so its clock stands still.
  time_point now() const override { return {}; }
  void arm(std::optional<time_point>) override {}
  void send(const peer& to, wire_message message) override;

  const std::shared_ptr<chorus::remoting> remoting_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool retired_ = false;
  bool stopped_ = false;
  std::set<std::uint64_t> observed_;                        ///< own actors whose end withdraws their names
  std::map<std::string, std::uint64_t, std::less<>> named_; ///< own actors that are kept for their names
  std::map<peer, std::shared_ptr<outbox>> ways_;            ///< to the nodes with which there is a relation
  host host_{*this};
  driver<names::core, names::wire, host> driver_;
};

} // namespace chorus
