#pragma once

#include "../../link/link_process.hpp"
#include "caller_host.hpp"
#include "way.hpp"
#include "worker.hpp"

#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/simulation/node.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace chorus::testing {

class linked_request_trial;

} // namespace chorus::testing

namespace chorus::testing::linked_calls {

/// A process with a worker and a caller, joined to the others by links. What is not an answer and what is not
/// answered is decided here as in `actors/remoting`.
class calling_node final : public link_process {
public:
  calling_node(simulation::node& at, linked_request_trial& all);

  // -- work ----------------------------------------------------------------------------------------------

  void begin(const caller_host::order& what);
  void chatter(const peer& to, std::size_t bytes);
  void end_worker();

  /// Refuses calls from now on, and leaves once all that it has are answered, or after this time.
  void drain(duration within);

  std::uint64_t worker() const noexcept { return worker_->number(); }

  /// Nothing is open, nothing waits, nothing is under way.
  bool is_settled() const;

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
  void wake();
  void turn();
  void leave_if_done(time_point now);
  void arm();

  linked_request_trial& all_;
  bool turn_due_ = false; ///< the outbox has something for the links
  std::optional<time_point> leave_at_;
  std::unique_ptr<clock_seam> timer_;
  linked_calls::way way_;
  caller_host caller_;
  std::unique_ptr<linked_calls::worker> worker_;
};

} // namespace chorus::testing::linked_calls
