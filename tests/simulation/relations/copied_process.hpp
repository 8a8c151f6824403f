#pragma once

#include "../membership/member_cluster.hpp"
#include "../membership/protocol.hpp"

#include <chorus/membership/events.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/membership/notices.hpp>
#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/process.hpp>

#include <map>
#include <memory>
#include <string>

namespace chorus::testing {

/// A process that runs on a copy of another one's data directory, and so says that it is the same life; its
/// nonce and its address are its own. It does nothing but try to become a member.
class copied_process final : public simulation::process, private network_seam {
public:
  copied_process(simulation::node& at, member_cluster& all, membership::member self);

  void add_seed(const address& where) { driver_.apply(membership::add_seed{where}); }

  /// Why the cluster does not take it; empty so long.
  const std::string& rejection() const noexcept { return rejection_; }

  /// Whether it has ever been a member.
  bool was_in() const noexcept { return !members_.empty(); }

  void start() override { driver_.perform(); }
  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override;
  std::string describe(const wire_message& content) const override;

  // what the driver calls
  void perform(const membership::member_up& step) { members_[step.who.who] = step.who.where; }
  void perform(const membership::contact<protocol::message>& step);
  void perform(const membership::rejected& step) { rejection_ = step.reason; }
  template <class Step>
  void perform(const Step&) {}
  void malformed(const peer&, const error&) {}

private:
  void send(const peer& to, wire_message message) override;
  void send_to(const address& where, incarnation life, wire_message message);

  simulation::node& node_;
  member_cluster& all_;
  membership::member self_;
  std::map<peer, address> members_;
  std::string rejection_;
  std::unique_ptr<clock_seam> timer_;
  driver<protocol::core, protocol::wire, copied_process> driver_;
};

} // namespace chorus::testing
