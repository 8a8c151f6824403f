#pragma once

#include "caller_host.hpp"
#include "way.hpp"
#include "worker.hpp"

#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/simulation/link_layer.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/process.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

class linked_request_trial;

} // namespace chorus::testing

namespace chorus::testing::linked_calls {

/// A process with a worker and a caller, joined to the others by links. What is not an answer and what is not
/// answered is decided here as in `actors/remoting`.
class calling_node final : public simulation::process, private simulation::link_layer::user {
public:
  calling_node(simulation::node& at, linked_request_trial& all);

  // -- work ----------------------------------------------------------------------------------------------

  void begin(const caller_host::order& what);
  void chatter(const peer& to, std::size_t bytes);
  void set_lazy(bool lazy);
  void end_worker();

  /// Refuses calls from now on, and leaves once all that it has are answered, or after this time.
  void drain(duration within);
  void declare_failed(const peer& other) { links_.apply(other, link::peer_failed{}); }
  void leave(const peer& other) { links_.apply(other, link::close{}); }

  std::uint64_t worker() const noexcept { return worker_->number(); }
  bool has_link_to(const peer& other) const;

  /// Nothing is open, nothing waits, nothing is under way.
  bool is_settled() const;

  // -- what the node hands down --------------------------------------------------------------------------

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override {
    links_.receive(from, head, body);
  }
  void reconnected(const node_id& other) override { links_.reconnected(other); }
  void life_began(const peer& other) override { links_.life_began(other); }
  std::string describe(const wire_message& content) const override {
    return simulation::link_layer::describe(content);
  }

private:
  void perform(const peer& other, const link::established& step) override;
  void perform(const peer& other, link::delivered&& step) override;
  void perform(const peer& other, link::refused&& step) override;
  void perform(const peer& other, const link::released& step) override;
  void perform(const peer& other, link::closed&& step) override;

  caller_host::environment around_caller();
  std::unique_ptr<linked_calls::worker> make_worker();

  void deliver(const peer& from, const parcel& what);
  void answer(const peer& to, const parcel& what);
  void replace(const peer& to, const parcel& answer, errc code);
  void bounce(const peer& to, const parcel& what, errc code);
  void consume(const peer& from, std::size_t cost);
  void turn();
  void leave_if_done(time_point now);
  void arm();

  simulation::node& node_;
  linked_request_trial& all_;
  bool lazy_ = false;
  bool turn_due_ = false; ///< the outbox has something for the links
  std::optional<time_point> leave_at_;
  std::vector<std::pair<peer, std::size_t>> unread_;
  std::unique_ptr<clock_seam> timer_;
  simulation::link_layer links_;
  linked_calls::way way_;
  caller_host caller_;
  std::unique_ptr<linked_calls::worker> worker_;
};

} // namespace chorus::testing::linked_calls
