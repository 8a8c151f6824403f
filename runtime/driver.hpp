#pragma once

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/steps.hpp>

#include <type_traits>
#include <utility>

namespace chorus {

namespace detail {

template <class>
inline constexpr bool is_transmit = false;
template <class Message>
inline constexpr bool is_transmit<transmit<Message>> = true;

template <class>
inline constexpr bool is_persist = false;
template <class Record>
inline constexpr bool is_persist<persist<Record>> = true;

} // namespace detail

/// Runs one protocol core between the seams: decode, receive, perform the output, arm one timer.
/// Production and the simulator run the same cores under this same driver.
///
/// `Wire` says how the core's messages and records look as bytes:
///   static wire_message encode(const Core::message&);
///   static result<Core::message> decode(const shared_bytes& head, const shared_bytes& body);
///   static byte_buffer encode_record(const Record&);          (only for cores that persist)
/// `Host` is the node around the core:
///   void perform(Step&&);                for every step that is neither transmit nor persist
///   void malformed(const peer& from, const error&);           bytes that are no message of this core
///
/// A host may call `apply` and `receive` from within `perform`: the core takes the input at once, its
/// output is performed after the steps that are already under way, so the order of an output never
/// changes. It may not destroy the driver there, and neither it nor a seam may throw: half an output
/// cannot be taken back.
///
/// Thread rules: none of its own; everything happens in the caller's thread. The seams and the host
/// must outlive the driver.
template <protocol_core Core, class Wire, class Host>
class driver {
public:
  using input = typename Core::input;

  /// Does nothing yet: call `perform` when host and seams are ready, for what the core wants from the
  /// first moment on. `store` is only for cores that persist.
  driver(Core core, Host& host, network_seam& network, clock_seam& clock, store_seam* store = nullptr)
      : core_(std::move(core)), host_(host), network_(network), clock_(clock), store_(store) {}

  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;

  /// Bytes from the network: any content is possible.
  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body = {}) {
    auto message = Wire::decode(head, body);
    if (!message) {
      host_.malformed(from, message.failure());
      return;
    }
    core_.receive(clock_.now(), from, *message);
    perform();
  }

  /// An input of this node.
  void apply(const input& what) {
    core_.apply(clock_.now(), what);
    perform();
  }

  /// An input that more inputs follow at once; `perform` ends the batch.
  void apply_in_batch(const input& what) { core_.apply(clock_.now(), what); }

  /// The store has made the record of `token` durable. Only for cores that persist.
  void persisted(persist_token token) { apply(input{chorus::persisted{token}}); }

  /// The armed moment has come.
  void wake() {
    core_.tick(clock_.now());
    perform();
  }

  /// Performs what the core wants to do by now, and arms the timer for what it wants later.
  void perform() noexcept {
    if (performing_)
      return;
    performing_ = true;
    for (auto output = core_.drain(); !output.empty(); output = core_.drain())
      output.for_each_step([this](auto&& step) { this->perform_step(std::forward<decltype(step)>(step)); });
    performing_ = false;
    clock_.arm(core_.next_deadline());
  }

  const Core& core() const noexcept { return core_; }

private:
  template <class Step>
  void perform_step(Step&& step) {
    using step_type = std::remove_cvref_t<Step>;
    if constexpr (detail::is_transmit<step_type>) {
      network_.send(step.to, Wire::encode(step.message));
    } else if constexpr (detail::is_persist<step_type>) {
      CHORUS_CHECK(store_ != nullptr, "a core that persists needs a store");
      store_->persist(step.token, Wire::encode_record(step.record));
    } else {
      host_.perform(std::forward<Step>(step));
    }
  }

  Core core_;
  Host& host_;
  network_seam& network_;
  clock_seam& clock_;
  store_seam* store_;
  bool performing_ = false;
};

} // namespace chorus
