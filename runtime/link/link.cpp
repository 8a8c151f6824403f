#include "receiver.hpp"
#include "resend_timer.hpp"
#include "sender.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/protocol_core.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace chorus::link {

static_assert(protocol_core<core>);

// -- the whole of one end --------------------------------------------------------------------------

class core::implementation {
public:
  implementation(time_point now, config settings);

  void receive(time_point now, const frame& what);
  void apply(time_point now, const core::input& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  core::output drain();

  bool settled() const noexcept { return ended_ || sender_.is_settled(); }
  bool is_established() const noexcept { return established_ && !ended_; }
  bool has_ended() const noexcept { return ended_; }
  const counters& statistics() const noexcept { return count_; }

private:
  // frames of the other end, the present life of both ends checked
  void on(const hello& what);
  void on(const welcome& what);
  void on(const data& what);
  void on(const goodbye& what);
  void on(const refusal&) {} // is handled before the lives are checked

  void on_refusal(const frame& envelope, const refusal& what);

  // inputs
  void on(const send& what);
  void on(const consumed& what);
  void on(const reconnected& what);
  void on(const close& what);
  void on(const peer_failed& what);
  void on(const new_life& what);

  template <class Greeting>
  bool greeted(const Greeting& what);
  void try_again();
  void refuse(const peer& whom, refusal::why reason);
  void refuse(const peer& whom, refusal what);
  void violated();
  void end(closed::why reason);
  void mind_timer();
  void welcome_other();

  frame to_other(decltype(frame::content) content) const;
  void transmit_frame(frame what);

  const config settings_;
  counters count_;
  sender sender_;
  receiver receiver_;
  resend_timer timer_;
  time_point now_;

  bool hello_due_ = true;
  bool established_ = false;
  bool other_established_ = false; ///< as far as its frames show
  bool ended_ = false;
  bool goodbye_due_ = false; ///< after everything else
  core::output output_;
};

namespace {

config checked(config settings) {
  CHORUS_CHECK(settings.self && settings.other, "a link has two ends");
  CHORUS_CHECK(settings.cluster.size() <= limits::name_bytes, "the cluster's name fits into a hello");
  CHORUS_CHECK(
      settings.message_bytes <= std::numeric_limits<std::uint32_t>::max(), "the size of a message has 32 bits"
  );
  CHORUS_CHECK(settings.chunk_bytes > 0, "a chunk carries something");
  CHORUS_CHECK(settings.lone_bytes > 0, "a frame of its own carries something");
  CHORUS_CHECK(
      wire::data_head_bytes + segment_head_bytes + settings.chunk_bytes <= settings.frame_bytes,
      "a chunk fits into a frame"
  );
  CHORUS_CHECK(
      settings.message_bytes + message_overhead <= settings.receive_window_bytes,
      "a message fits into the window: it is consumed only when all of it has arrived"
  );
  CHORUS_CHECK(settings.frames_in_flight > 0, "something may be under way");
  CHORUS_CHECK(settings.resend_after > duration::zero(), "a resend takes time");
  return settings;
}

} // namespace

core::implementation::implementation(time_point now, config settings)
    : settings_(checked(std::move(settings))), sender_(settings_, count_), receiver_(settings_, count_),
      timer_(settings_), now_(now) {
  timer_.restart(now);
}

// -- frames ----------------------------------------------------------------------------------------

void core::implementation::receive(time_point now, const frame& what) {
  now_ = std::max(now_, now);
  ++count_.frames_received;
  if (ended_)
    return;
  if (what.source.node != settings_.other.node || what.destination.node != settings_.self.node) {
    ++count_.strays;
    return;
  }
  if (auto* answer = std::get_if<refusal>(&what.content))
    return on_refusal(what, *answer);
  if (what.destination != settings_.self) {
    ++count_.strays;
    if (!std::holds_alternative<goodbye>(what.content))
      refuse(what.source, refusal::why::wrong_incarnation);
    return;
  }
  if (what.source != settings_.other) {
    ++count_.strays;
    return;
  }
  std::visit([this](const auto& content) { on(content); }, what.content);
  mind_timer();
}

void core::implementation::on(const hello& what) {
  if (greeted(what))
    welcome_other();
}

void core::implementation::on(const welcome& what) {
  other_established_ = greeted(what);
}

void core::implementation::welcome_other() {
  ++count_.welcomes;
  transmit_frame(to_other(welcome{settings_.cluster, receiver_.credit()}));
}

/// Whether the greeting was of our cluster.
template <class Greeting>
bool core::implementation::greeted(const Greeting& what) {
  if (what.cluster != settings_.cluster) {
    refuse(settings_.other, refusal::why::wrong_cluster);
    end(closed::why::wrong_cluster);
    return false;
  }
  if (!established_) {
    established_ = true;
    hello_due_ = false;
    output_.established_now = true;
    sender_.start(what.credit);
    timer_.restart(now_);
  } else if (sender_.learn({}, what.credit) == sender::news::progress) {
    timer_.restart(now_);
  }
  return true;
}

void core::implementation::on(const data& what) {
  if (!established_) {
    ++count_.early; // it comes again
    return;
  }
  other_established_ = true;
  if (!receiver_.receive(now_, what, output_.deliveries))
    return violated();
  switch (sender_.learn(what.acknowledged, what.credit)) {
  case sender::news::violation:
    return violated();
  case sender::news::progress:
    output_.released_bytes += sender_.take_released();
    timer_.restart(now_);
    break;
  case sender::news::none:
    // A full receiver answers, but gives no credit: slow is not dead.
    if (!sender_.has_unacknowledged())
      timer_.heard(now_);
    break;
  }
}

void core::implementation::on(const goodbye&) {
  end(closed::why::closed_by_peer);
}

/// A refusal may come from a newer life of the other node, but must be for the present one of ours,
/// or one that was long under way could end a link it does not mean.
void core::implementation::on_refusal(const frame& envelope, const refusal& what) {
  auto is_stale =
      envelope.destination != settings_.self || envelope.source.incarnation < settings_.other.incarnation;
  auto names_this_life =
      what.reason == refusal::why::wrong_incarnation && what.current <= settings_.other.incarnation;
  if (is_stale || names_this_life) {
    ++count_.refusals_ignored;
    return;
  }
  ++count_.refusals_received;
  switch (what.reason) {
  case refusal::why::wrong_cluster:
    return end(closed::why::wrong_cluster);
  case refusal::why::wrong_version:
    return end(closed::why::wrong_version);
  case refusal::why::wrong_incarnation:
    return end(closed::why::peer_restarted);
  case refusal::why::declared_failed:
    return end(closed::why::declared_failed);
  case refusal::why::violation:
    return end(closed::why::violation);
  }
}

// -- inputs ----------------------------------------------------------------------------------------

void core::implementation::apply(time_point now, const core::input& what) {
  now_ = std::max(now_, now);
  std::visit([this](const auto& content) { on(content); }, what);
  mind_timer();
}

void core::implementation::on(const send& what) {
  auto problem = ended_ ? std::optional{refused::why::closed} : sender_.accept(what);
  if (problem)
    output_.refusals.push_back({what.pair, what.payload, *problem});
}

void core::implementation::on(const consumed& what) {
  if (!ended_)
    receiver_.consumed(what.bytes);
}

void core::implementation::on(const reconnected&) {
  if (ended_)
    return;
  ++count_.reconnects;
  if (!established_) {
    hello_due_ = true;
    return;
  }
  if (!other_established_) // our welcome may be lost, for example because this connection came late
    welcome_other();
  receiver_.answer_soon(); // what was told last may be lost
  sender_.start_over();
}

void core::implementation::on(const close&) {
  if (ended_)
    return;
  goodbye_due_ = true;
  end(closed::why::closed_here);
}

void core::implementation::on(const peer_failed&) {
  if (ended_)
    return;
  refuse(settings_.other, refusal::why::declared_failed);
  end(closed::why::peer_failed);
}

void core::implementation::on(const new_life& what) {
  CHORUS_CHECK(what.current > settings_.self.incarnation, "a new life is a later one");
  if (ended_)
    return;
  refuse(settings_.other, {refusal::why::wrong_incarnation, what.current});
  end(closed::why::declared_failed);
}

// -- time ------------------------------------------------------------------------------------------

void core::implementation::tick(time_point now) {
  now_ = std::max(now_, now);
  if (ended_ || !timer_.is_due(now_))
    return;
  if (timer_.is_hopeless(now_))
    return end(closed::why::unresponsive);
  try_again();
  timer_.back_off(now_);
}

std::optional<time_point> core::implementation::next_deadline() const {
  if (ended_)
    return std::nullopt;
  return earliest(timer_.deadline(), receiver_.deadline());
}

void core::implementation::try_again() {
  if (established_)
    return sender_.try_again();
  ++count_.hello_retries;
  hello_due_ = true;
}

/// The timer runs while something waits for the other end.
void core::implementation::mind_timer() {
  auto waits = !ended_ && (!established_ || sender_.is_waiting());
  if (!waits)
    timer_.stop();
  else if (!timer_.running())
    timer_.restart(now_);
}

// -- the end ---------------------------------------------------------------------------------------

void core::implementation::refuse(const peer& whom, refusal::why reason) {
  refuse(whom, {reason, settings_.self.incarnation});
}

void core::implementation::refuse(const peer& whom, refusal what) {
  ++count_.refusals_sent;
  transmit_frame({settings_.self, whom, what});
}

void core::implementation::violated() {
  ++count_.violations;
  refuse(settings_.other, refusal::why::violation);
  end(closed::why::violation);
}

void core::implementation::end(closed::why reason) {
  ended_ = true;
  auto left = sender_.take_leftovers();
  for (auto& message : left.not_sent)
    output_.refusals.push_back({message.pair, std::move(message.payload), refused::why::closed});
  output_.end = closed{reason, std::move(left.outcome_unknown)};
  timer_.stop();
}

// -- output ----------------------------------------------------------------------------------------

core::output core::implementation::drain() {
  if (!ended_) {
    if (std::exchange(hello_due_, false))
      transmit_frame(to_other(hello{settings_.cluster, receiver_.credit()}));
    sender_.fill();
    mind_timer();
  }
  auto frames = sender_.take_frames();
  // A graceful close first sends its final acknowledgement, or the other end could not settle its messages.
  auto must_answer = ended_ ? goodbye_due_ && receiver_.owes_answer() : receiver_.must_answer(now_);
  if (frames.empty() && established_ && must_answer) {
    ++count_.acknowledgements;
    frames.emplace_back();
  }
  if (!frames.empty())
    receiver_.told();
  for (auto& what : frames) {
    what.acknowledged = receiver_.acknowledged();
    what.credit = receiver_.credit();
    transmit_frame(to_other(std::move(what)));
  }
  if (std::exchange(goodbye_due_, false))
    transmit_frame(to_other(goodbye{}));
  return std::exchange(output_, {});
}

frame core::implementation::to_other(decltype(frame::content) content) const {
  return {settings_.self, settings_.other, std::move(content)};
}

void core::implementation::transmit_frame(frame what) {
  ++count_.frames_sent;
  auto to = what.destination;
  output_.frames.push_back({to, std::move(what)});
}

// -- the public face -------------------------------------------------------------------------------

core::core(time_point now, config settings)
    : implementation_(std::make_unique<implementation>(now, std::move(settings))) {}

core::~core() = default;
core::core(core&&) noexcept = default;
core& core::operator=(core&&) noexcept = default;

void core::receive(time_point now, const peer&, const frame& what) {
  implementation_->receive(now, what);
}

void core::apply(time_point now, const input& what) {
  implementation_->apply(now, what);
}

void core::tick(time_point now) {
  implementation_->tick(now);
}

std::optional<time_point> core::next_deadline() const {
  return implementation_->next_deadline();
}

core::output core::drain() {
  return implementation_->drain();
}

bool core::settled() const noexcept {
  return implementation_->settled();
}

bool core::is_established() const noexcept {
  return implementation_->is_established();
}

bool core::has_ended() const noexcept {
  return implementation_->has_ended();
}

const counters& core::statistics() const noexcept {
  return implementation_->statistics();
}

} // namespace chorus::link
