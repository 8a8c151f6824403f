#pragma once

#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/link_layer.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/process.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// A process that is joined to all others by links, and reads slowly now and then.
class link_process : public simulation::process, protected simulation::link_layer::user {
public:
  link_process(simulation::node& at, const link::config& limits);

  /// What is read lazily on that channel waits until it is told not to be lazy any more.
  void set_lazy(link::channel_number channel, bool lazy);

  /// By mistake: it is taken back after that time.
  void declare_failed(const peer& other, duration lasts);
  void leave(const peer& other) { links_.apply(other, link::close{}); }

  const simulation::link_layer& links() const noexcept { return links_; }

  // -- what the node hands down --------------------------------------------------------------------------

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override {
    links_.receive(from, head, body);
  }
  void reconnected(const node_id& other) override { links_.reconnected(other); }
  void life_began(const peer& other) override { links_.life_began(other); }
  std::string describe(const wire_message& content) const override {
    return simulation::link_layer::describe(content);
  }

protected:
  void read(const peer& from, const link::consumed& what);
  void read_lazily(const peer& from, const link::consumed& what);

  /// The links are about to be told.
  virtual void consumed(const peer&, const link::consumed&) {}

  simulation::node& node_;

private:
  void take_back_verdicts();

  std::set<link::channel_number> lazy_;
  std::multimap<time_point, peer> verdicts_;            ///< by when they are taken back
  std::unique_ptr<clock_seam> timer_;                   ///< for that
  std::vector<std::pair<peer, link::consumed>> unread_; ///< also of relations that are over

protected:
  simulation::link_layer links_;
};

} // namespace chorus::testing
