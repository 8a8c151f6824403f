#pragma once

#include "protocol.hpp"

#include <chorus/membership/events.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/process.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace chorus::testing {

class member_cluster;

/// One run of a program that does nothing but know who is here: the membership core under the production
/// driver, with a transport between it and the network, as in `actors/member_service.hpp`.
///
/// The transport reaches members at the addresses that they have advertised, and whoever listens at an
/// address: a datagram for a member is for that life only, one for an address for whoever is there when it
/// arrives.
///
/// A program that does more derives from it, and hears what `actors/node_services` hears of membership.
class member_process : public simulation::process, private network_seam {
public:
  member_process(simulation::node& at, member_cluster& all, membership::member self);
  ~member_process() override;

  const membership::member& self() const noexcept { return self_; }
  const protocol::core& core() const noexcept { return driver_.core(); }
  simulation::node& node() const noexcept { return node_; }

  /// Whether it has begun to leave, and says nothing any more.
  bool is_leaving() const noexcept { return leaving_; }

  /// To whom it has said that it leaves.
  const std::set<node_id>& told() const noexcept { return told_; }

  /// Whether it has reason to go on asking there by itself: a seed, or a member, or a member that it has
  /// lost.
  bool asks_at(const address& where) const { return seeds_.contains(where) || known_.contains(where); }

  /// How its end looks from outside, if that is decided: with its host nobody is left to refuse connections.
  void set_end(bool with_host) { ends_with_host_ = with_host; }
  std::optional<bool> ends_with_host() const noexcept {
    return leaving_ ? std::optional{false} : ends_with_host_;
  }

  /// Happens after the next datagram to a member, before anything else.
  void on_next_datagram(std::function<void()> what) { after_datagram_ = std::move(what); }

  // -- inputs; the process must be awake --------------------------------------------------------------

  void add_seed(const address& where);
  void update(membership::metadata about);
  virtual void leave();
  void give_up_link(const peer& other);

  /// Tells that member, and nobody else, that it is suspected of more than it has said.
  void accuse_of_too_much(const membership::member& other);

  /// Tells that member a verdict about `other` that `other` has refuted since.
  void repeat_old_verdict(const membership::member& to, const membership::member& other);

  /// The kernel says that a connection to that node broke, if there is one; it waits while the process is
  /// paused.
  void connection_broke(const node_id& other, duration after);

  // -- what the node calls ----------------------------------------------------------------------------

  void start() override { driver_.perform(); }
  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override;
  void reconnected(const node_id& other) override;
  std::string describe(const wire_message& content) const override;

  // -- what the driver calls --------------------------------------------------------------------------

  void perform(const membership::member_up& step);
  void perform(const membership::member_failed& step);
  void perform(const membership::member_over& step);
  void perform(const membership::member_suspected& step);
  void perform(const membership::member_trusted& step);
  void perform(const membership::member_updated& step);
  void perform(const membership::expelled& step);
  void perform(const membership::rejected& step);
  void perform(const membership::try_connection& step);
  void perform(const membership::contact<protocol::message>& step);
  void perform(const membership::seed_silent& step);
  void perform(const membership::notice& what);
  void perform(const membership::reply<protocol::message>& step);
  void malformed(const peer& from, const error& problem);

protected:
  // what membership says, when the books have it
  virtual void member_is_up(const membership::member&) {}
  virtual void member_has_failed(const peer&) {}
  virtual void member_is_over(const membership::member_over&) {}

  // what it is about to be told
  virtual void heard_of(const peer&) {}
  virtual void member_refuses(const peer&) {}
  virtual void connection_lost(const peer&) {}

  /// `what` is done by this process after that time, or when it is awake again.
  void later(duration after, std::function<void()> what);

  void give(protocol::core::input what) { driver_.apply(what); }

  simulation::node& node_;
  member_cluster& all_;

private:
  void send(const peer& to, wire_message message) override;
  void send_to(const address& where, incarnation life, wire_message message);
  void do_what_waits();

  membership::member self_;
  random_generator chance_;
  bool leaving_ = false;
  std::set<node_id> told_;
  std::optional<bool> ends_with_host_;
  std::uint64_t verdicts_ = 0;                   ///< of its core that were reported
  std::uint64_t judged_ = 0;                     ///< its verdicts when the books had the last one
  std::map<peer, time_point> heard_;             ///< themselves, by its own clock
  std::map<peer, simulation::node_index> paths_; ///< over which they have spoken last
  std::set<address> seeds_;
  std::set<address> known_; ///< of members and of those that were lost
  std::set<node_id> lost_;
  std::function<void()> after_datagram_;
  std::deque<std::function<void()>> waiting_;
  std::unique_ptr<clock_seam> inbox_; ///< wakes a process that was paused
  std::unique_ptr<clock_seam> timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  driver<protocol::core, protocol::wire, member_process> driver_;
};

} // namespace chorus::testing
