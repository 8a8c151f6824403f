#pragma once

#include "log_names.hpp"
#include "seed_reasons.hpp"
#include "seed_reports.hpp"

#include <chorus/actors/config.hpp>
#include <chorus/membership/events.hpp>
#include <chorus/membership/notices.hpp>
#include <chorus/membership/suspicion_report.hpp>
#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <spdlog/logger.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chorus {

/// What the membership service has found out. Every call comes from the I/O thread.
class member_events {
public:
  virtual ~member_events() = default;

  virtual void member_is_up(const membership::member& who) = 0;
  virtual void member_has_failed(const membership::member& who) = 0;
  virtual void member_is_over(const membership::member_over& what) = 0;
  virtual void member_is_suspected(const membership::member& who) = 0;
  virtual void member_is_trusted(const membership::member& who) = 0;
  virtual void member_is_updated(const membership::member& who) = 0;

  /// Every address of this member refuses connections.
  virtual void member_refuses(const peer& who) = 0;

  /// Most members say that this node has failed.
  virtual void expelled(const membership::expelled& what) = 0;

  /// The cluster does not take this node.
  virtual void rejected(const std::string& reason) = 0;
};

/// Runs the membership protocol over the transport's datagram lane, in the I/O thread: a busy
/// scheduler of actors never makes a healthy node look dead.
///
/// Thread rules: `members`, `why_suspected` and `why_alone` from any thread, everything else in the I/O
/// thread.
class member_service final : private network_seam, private clock_seam {
public:
  /// Reports of suspicions that are kept for `why_suspected`; of more, the oldest is forgotten.
  static constexpr std::size_t reports_limit = 256;

  member_service(
      const config& settings,
      const membership::member& self,
      std::uint64_t seed,
      chorus::transport& transport,
      member_events& events,
      const log_names& names,
      std::shared_ptr<spdlog::logger> log
  );

  void start(const std::vector<address>& seeds);
  void receive(const peer& from, const shared_bytes& datagram);
  void unreachable(const peer& who);
  void connection_lost(const peer& who);
  void contact_refused(const address& where, const error& reason);
  void update(const membership::metadata& about);
  void leave();

  /// As `membership::swim::core::has_ended`.
  bool has_ended(const peer& who) const { return driver_.core().has_ended(who); }

  /// The others, ascending by id, as the latest events had them.
  std::vector<membership::member> members() const;

  std::optional<membership::suspicion_report> why_suspected(const node_id& who) const;

  /// The first accusation of the latest suspicion, as a clause for the log.
  std::string describe_suspicion(const node_id& who) const;

  /// What is known about why there are no members.
  const seed_reasons& why_alone() const { return seed_reasons_; }

private:
  using core = membership::swim::core;
  using wire = membership::swim::wire;

  struct host {
    member_service& owner;

    void perform(const membership::member_up& step);
    void perform(const membership::member_failed& step);
    void perform(const membership::member_over& step);
    void perform(const membership::member_suspected& step);
    void perform(const membership::member_trusted& step);
    void perform(const membership::member_updated& step);
    void perform(const membership::expelled& step);
    void perform(const membership::try_connection& step);
    void perform(const membership::rejected& step);
    void perform(const membership::contact<core::message>& step);
    void perform(const membership::reply<core::message>& step);
    void perform(const membership::seed_silent& step);
    void perform(const membership::notice& step);
    void malformed(const peer& from, const error& reason);
  };

  void take_off(const peer& who);
  void note_reports();
  void keep(membership::suspicion_report report);

  void send(const peer& to, wire_message message) override;
  time_point now() const override;
  void arm(std::optional<time_point> deadline) override;

  chorus::transport& transport_;
  member_events& events_;
  const log_names& names_;
  std::shared_ptr<spdlog::logger> log_;
  seed_reasons seed_reasons_;
  seed_reports seed_reports_;
  host host_{*this};
  driver<core, wire, host> driver_;

  std::set<node_id> suspected_; ///< I/O thread
  mutable std::mutex mutex_;    ///< guards members_ and reports_
  std::vector<membership::member> members_;
  std::map<node_id, membership::suspicion_report> reports_;
};

} // namespace chorus
