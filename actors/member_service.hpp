#pragma once

#include <chorus/actors/config.hpp>
#include <chorus/membership/events.hpp>
#include <chorus/membership/full_mesh.hpp>
#include <chorus/membership/full_mesh_message.hpp>
#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace chorus {

/// What the membership service has found out. Every call comes from the I/O thread.
class member_events {
public:
  virtual ~member_events() = default;

  virtual void member_is_up(const membership::member& who) = 0;
  virtual void member_is_down(const membership::member_down& what) = 0;

  /// The cluster has declared this life failed; answer with `member_service::live_on`.
  virtual void declared_failed() = 0;

  /// The cluster does not take this node.
  virtual void rejected(const std::string& reason) = 0;
};

/// Runs the membership protocol over the transport's datagram lane, in the I/O thread: a busy
/// scheduler of actors never makes a healthy node look dead.
///
/// Thread rules: `members` from any thread, everything else in the I/O thread.
class member_service final : private network_seam, private clock_seam {
public:
  member_service(
      const config& settings,
      const membership::member& self,
      std::uint64_t seed,
      chorus::transport& transport,
      member_events& events,
      std::shared_ptr<spdlog::logger> log
  );

  void start(const std::vector<address>& seeds);
  void receive(const peer& from, const shared_bytes& datagram);
  void link_lost(const peer& who);
  void leave();
  void live_on(const peer& self);

  /// The others, ascending by id, as the latest events had them.
  std::vector<membership::member> members() const;

private:
  using core = membership::full_mesh::core;
  using wire = membership::full_mesh::wire;

  struct host {
    member_service& owner;

    void perform(const membership::member_up& step);
    void perform(const membership::member_down& step);
    void perform(const membership::declared_failed& step);
    void perform(const membership::rejected& step);
    void perform(const membership::contact<core::message>& step);
    void perform(const membership::seed_silent& step);
    void malformed(const peer& from, const error& reason);
  };

  void send(const peer& to, wire_message message) override;
  time_point now() const override;
  void arm(std::optional<time_point> deadline) override;

  chorus::transport& transport_;
  member_events& events_;
  std::shared_ptr<spdlog::logger> log_;
  host host_{*this};
  driver<core, wire, host> driver_;

  mutable std::mutex mutex_; ///< guards members_
  std::vector<membership::member> members_;
};

} // namespace chorus
