#pragma once

#include "../../actors/remoting/remoting.hpp"

#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/monitorable_actor.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chorus {

/// Remoting of a few nodes without a transport: messages lie between them until the test delivers them, one
/// by one, in any order that a link may choose. Everything happens in the test's thread.
class remoting_world {
public:
  class host;

  /// An actor that keeps the handles it is sent in its node's hands, and writes down all else.
  class thing final : public caf::monitorable_actor {
  public:
    thing(caf::actor_config& settings, host& home) : monitorable_actor(settings), home_(home) {}

    void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override;
    void on_destroy() override;
    void end(caf::error reason) { cleanup(std::move(reason), nullptr); }

  private:
    host& home_;
  };

  class host {
  public:
    host(caf::actor_system& system, const peer& self);

    peer self;
    caf::actor_system& system;
    std::shared_ptr<flow_control> flow;
    std::shared_ptr<remoting> remote;
    std::map<peer, remote_node::outboxes> links;
    std::vector<caf::strong_actor_ptr> hands; ///< handles that somebody here holds
    std::vector<std::string> seen;            ///< `exit REASON`, `down REASON`, `error`, other messages
    std::uint64_t actors = 0;                 ///< made and not ended
    std::vector<std::function<void()>> deferred;
    std::set<peer> lost;        ///< and not met again
    std::vector<peer> given_up; ///< whose links have no room for what must arrive
  };

  explicit remoting_world(std::size_t nodes);
  ~remoting_world();

  host& at(std::size_t index) { return *hosts_.at(index); }
  std::size_t size() const { return hosts_.size(); }

  /// The two nodes meet. `room`, `reserve`: of each of the outboxes between them, in bytes.
  void connect(
      std::size_t one,
      std::size_t other,
      std::size_t room = limits::send_buffer_bytes,
      std::size_t reserve = limits::send_reserve_bytes
  );
  void connect_all();

  caf::strong_actor_ptr spawn(std::size_t where);

  /// Delivers one message that may be next; which one is `choice`'s. False if none is under way.
  bool deliver_one(std::size_t choice = 0);
  void deliver_all();

  /// A pair on a channel: what it carries stays in order.
  struct lane {
    link::channel_number channel = 0;
    link::pair pair;
    auto operator<=>(const lane&) const = default;

    bool is_of_urgent_notices() const { return channel == channels::handles && pair == urgent_notices; }
  };

  /// Delivers the first message that may be next and whose lane `is_meant`, if there is one.
  bool deliver_first(const std::function<bool(const lane&)>& is_meant);

  /// Rounds of delivery and sweeping until nothing changes any more.
  void settle();

  /// What a node's loss means to another one.
  void lose(std::size_t at, std::size_t lost);

  time_point now{};

private:
  struct way {
    std::size_t from = 0;
    std::size_t to = 0;
    auto operator<=>(const way&) const = default;
  };

  void collect();
  std::vector<std::pair<way, lane>> next();
  void deliver(way direction, lane which);

  std::vector<std::unique_ptr<host>> hosts_;
  std::map<way, std::map<lane, std::deque<shared_bytes>>> under_way_;
};

} // namespace chorus
