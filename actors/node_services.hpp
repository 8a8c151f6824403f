#pragma once

#include "caf17/lasting_system.hpp"
#include "held_steps.hpp"
#include "log_names.hpp"
#include "logging.hpp"
#include "member_service.hpp"
#include "name_service.hpp"
#include "node_identity.hpp"
#include "relation_log.hpp"
#include "remoting/flow_control.hpp"
#include "remoting/remoting.hpp"
#include "stop_request.hpp"
#include "subscribers.hpp"

#include <chorus/actors/config.hpp>
#include <chorus/actors/events.hpp>
#include <chorus/actors/flow.hpp>
#include <chorus/actors/node_counters.hpp>
#include <chorus/membership/peers/core.hpp>
#include <chorus/runtime/transport/gate.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace chorus {

/// The parts of one node and the threads of events between them:
///
///   transport --datagrams----> membership --members---> peers
///   transport --links' ends--> peers --relations------> transport, remoting, names, subscribers
///   transport --messages-----> remoting, names
///   remoting  --not sent-----> flow control --> senders
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
  void stop();
  void request_stop() noexcept { stop_request_.raise(); }
  void wait_for_stop_request() const { stop_request_.wait(); }

  /// Why the cluster refuses this node; no error if it does not.
  error rejection() const;

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
  void peer_greeted(const peer& who, std::uint64_t nonce) override;
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
  void member_has_failed(const membership::member& who) override;
  void member_is_over(const membership::member_over& what) override;
  void member_is_suspected(const membership::member& who) override;
  void member_is_trusted(const membership::member& who) override;
  void member_is_updated(const membership::member& who) override;
  void member_refuses(const peer& who) override;
  void expelled(const membership::expelled& what) override;
  void rejected(const std::string& reason) override;

  void sweep_handles();
  void tell_peers(const membership::peers::input& what);
  void perform_steps();
  void perform_or_hold(const membership::peers::step& step);
  void go_on_losing();
  void perform(const membership::peers::open_relation& step);
  void perform(const membership::peers::end_relation& step);
  void perform(const membership::peers::forget_relation& step);
  void perform(const membership::peers::peer_up& step);
  void perform(const membership::peers::peer_down& step);
  void perform(const membership::peers::peer_gone& step);
  void perform(const membership::peers::unreachable& step);
  void perform(const membership::peers::doubted& step);
  void handles_came(const peer& home);
  void heard_of(const peer& from);
  bool can_subscribe(const caf::actor& who);
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
  stop_request stop_request_;
  std::shared_ptr<chorus::subscribers> subscribers_ = std::make_shared<chorus::subscribers>();
  std::shared_ptr<chorus::subscribers> subscribers_of_all_ = std::make_shared<chorus::subscribers>();
  std::shared_ptr<flow_control> flow_;
  caf::actor undertaker_; ///< lets go of actors, so that users' code does not run in the I/O thread
  std::shared_ptr<remoting> remoting_;
  std::shared_ptr<name_service> names_;
  std::unique_ptr<log_names> log_names_;
  std::unique_ptr<relation_log> relation_log_;
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

  // In the I/O thread: which relation this node has with each life. Once it leaves, it opens none.
  membership::peers::core peers_;
  held_steps held_steps_;
  bool performs_steps_ = false;
  bool leaves_ = false;
};

} // namespace chorus
