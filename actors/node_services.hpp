#pragma once

#include "caf17/lasting_system.hpp"
#include "log_names.hpp"
#include "logging.hpp"
#include "member_service.hpp"
#include "name_service.hpp"
#include "node_identity.hpp"
#include "remoting/flow_control.hpp"
#include "remoting/remoting.hpp"
#include "subscribers.hpp"
#include "termination.hpp"

#include <chorus/actors/config.hpp>
#include <chorus/actors/node.hpp>
#include <chorus/membership/peers/former_nodes.hpp>
#include <chorus/runtime/transport/gate.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace chorus {

/// The parts of one node and the threads of events between them:
///
///   transport --datagrams--> membership --up, down--> transport, remoting, names, subscribers
///   transport --messages---> remoting --names' messages--> names
///                            remoting --what could not be sent--> flow control --> senders
///
/// Whoever owns it calls `stop` and `end_threads` before it ends (ending.hpp).
///
/// Thread rules: the events run in the I/O thread; the rest as `node` says.
class node_services : private transport_events, private member_events {
public:
  node_services(
      config settings, std::string name, node_identity identity, std::shared_ptr<spdlog::logger> log
  );
  ~node_services() override;

  error start();
  int run(const std::function<void()>& when_ready);
  void stop();
  void request_stop() { termination_.request(); }

  /// Why nothing can be done any more: the cluster refuses this node, or it has left. No error while it runs.
  error why_over() const;

  /// `stop` has begun, and work under way has had its time: nothing more can be asked of this node.
  bool has_left() const { return left_; }

  /// After `stop`: asks the actors to quit, and waits for them (ending.hpp). Returns whether all have ended.
  bool end_actors();

  /// After that: waits for every thread in which actors run, for ever if need be. No actor calls this object
  /// any more then.
  void end_threads();

  caf::actor_system& system() { return system_->system(); }
  const member_service& members() const { return *members_; }
  name_service& names() { return *names_; }
  membership::member self() const;
  result<caf::actor> find(std::string_view name, duration within) const;
  error update_metadata(membership::metadata about);
  void subscribe(const caf::actor& subscriber);
  void subscribe_all(const caf::actor& subscriber);
  void subscribe_dead_letters(const caf::actor& subscriber);
  node_counters counters() const;
  void when_writable(const caf::actor& receiver, const caf::actor& subscriber);
  error wait_until_writable(const caf::actor& receiver, duration within);

private:
  // transport_events
  void link_established(const peer& who) override;
  void message_delivered(const peer& from, link::delivered message) override;
  void message_refused(const peer& to, link::refused message) override;
  void link_closed(const peer& who, const link::closed& end) override;
  void connection_lost(const peer& who) override;
  void datagram_received(const peer& from, shared_bytes payload) override;
  void contact_refused(const address& where, const error& reason) override;
  void stranger_met(const std::string& where, const error& reason) override;

  // member_events
  void member_is_up(const membership::member& who) override;
  void member_is_down(const membership::member_down& what) override;
  void member_is_suspected(const membership::member& who) override;
  void member_is_trusted(const membership::member& who) override;
  void member_is_updated(const membership::member& who) override;
  void declared_failed(const std::string& verdict) override;
  void rejected(const std::string& reason) override;

  void sweep_handles();
  void await_goodbye(const membership::member_down& what);
  void arm_departures();
  void end_overdue_departures();
  void finish_departure(const membership::member_down& what, bool has_failed_us = false);
  bool can_subscribe(const caf::actor& who);
  void log_losses(const peer& who, link::closed::why reason);
  void drain();
  void leave();
  void wake_flow_control(time_point when);
  void note_trouble(const remoting::trouble& what);
  void log_trouble(const remoting::trouble& what, std::uint64_t count);

  const config settings_;
  node_identity identity_;
  std::shared_ptr<spdlog::logger> log_;
  std::shared_ptr<caf17::lasting_system> system_;
  const std::shared_ptr<gate> gate_ = std::make_shared<gate>(); ///< for calls by actors that may outlive it
  termination termination_;
  std::shared_ptr<chorus::subscribers> subscribers_ = std::make_shared<chorus::subscribers>();
  std::shared_ptr<chorus::subscribers> subscribers_of_all_ = std::make_shared<chorus::subscribers>();
  std::shared_ptr<flow_control> flow_;
  caf::actor undertaker_; ///< lets go of actors, so that users' code does not run in the I/O thread
  std::shared_ptr<remoting> remoting_;
  std::shared_ptr<name_service> names_;
  std::unique_ptr<log_names> log_names_;
  std::unique_ptr<chorus::transport> transport_;
  std::unique_ptr<member_service> members_;

  mutable std::mutex mutex_; ///< guards self_ and rejection_
  membership::member self_;
  std::optional<error> rejection_;
  std::once_flag stopped_;
  std::atomic<bool> left_ = false;
  std::atomic<std::uint64_t> dead_letters_ = 0;
  std::atomic<std::uint64_t> unconfirmed_messages_ = 0;
  std::atomic<std::uint64_t> malformed_messages_ = 0;

  /// A member that said farewell and whose link still brings what it sent before.
  struct departure {
    membership::member_down what;
    time_point deadline; ///< for its goodbye on the link
  };

  std::map<peer, departure> departing_; ///< I/O thread
  /// Members that declared the earlier life of this node failed and are not reported down yet. I/O thread.
  std::set<peer> failed_us_;
  membership::peers::former_nodes former_; ///< I/O thread
  /// Why the members are down whose link ended with a word of it before the membership had the news. I/O
  /// thread.
  std::map<peer, membership::member_down::why> last_words_;
};

} // namespace chorus
