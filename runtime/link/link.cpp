#include "channel_map.hpp"
#include "handshake.hpp"
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

  bool settled() const noexcept { return has_ended() || sender_.is_settled(); }
  bool is_established() const noexcept { return handshake_.is_up() && !has_ended(); }
  bool has_ended() const noexcept { return stage_ >= stage::parts; }
  std::size_t unconsumed(channel_number channel) const { return receiver_.unconsumed(channel); }
  bool is_served(channel_number channel) const { return map_.offered().at(channel).has_value(); }
  const link::handshake& handshake() const noexcept { return handshake_; }
  const counters& statistics() const noexcept { return count_; }

private:
  // frames of the present lives of both ends
  void on(const frame& envelope, const hello& what);
  void on(const frame& envelope, const welcome& what);
  void on(const frame& envelope, const data& what);
  void on(const frame& envelope, const goodbye& what);
  void on(const frame& envelope, const over& what);
  void on(const frame&, const refusal&) {} // is handled before the lives are checked

  void on_refusal(const frame& envelope, const refusal& what);
  bool is_of_the_other_process(std::uint64_t nonce);
  bool is_of_this_relation(const frame& what);
  void take_offer(const std::vector<channel_offer>& channels);
  void is_up();
  bool allow(const data& what);

  // inputs
  void on(const send& what);
  void on(const consumed& what);
  void on(const reconnected& what);
  void on(const close& what);
  void on(const abandon& what);

  bool is_of_this_cluster(const frame& envelope, const std::string& cluster);
  void try_again();
  void violated();
  void end(closed::why reason);
  void say_over();
  void mind_timer();
  void greet();

  frame to_other(decltype(frame::content) content) const;
  void transmit_frame(frame what);

  const config settings_;
  counters count_;
  link::handshake handshake_;
  sender sender_;
  receiver receiver_;
  resend_timer timer_;
  time_point now_;

  enum class stage : std::uint8_t {
    greets, ///< says hello or welcome next, as the handshake stands
    talks,
    parts, ///< has ended, and says goodbye after everything else
    over,
  };
  enum stage stage_ = stage::greets;
  channel_map map_;
  core::output output_;
};

namespace {

void check_channel(const config& settings, const channel_config& channel) {
  CHORUS_CHECK(
      !channel.name.empty() && channel.name.size() <= limits::name_bytes,
      "a channel has a name, which fits into a hello"
  );
  CHORUS_CHECK(
      std::ranges::count(settings.channels, channel.name, &channel_config::name) == 1,
      "a channel has a name of its own"
  );
  CHORUS_CHECK(
      channel.message_bytes <= std::numeric_limits<std::uint32_t>::max(), "the size of a message has 32 bits"
  );
  CHORUS_CHECK(
      channel.message_bytes + message_overhead <= channel.receive_window_bytes,
      "a message fits into the window: it is consumed only when all of it has arrived"
  );
  CHORUS_CHECK(
      channel.held_bytes <= channel.receive_window_bytes + channel.receive_reserve_bytes,
      "earlier relations kept to the window"
  );
}

config checked(config settings) {
  CHORUS_CHECK(settings.self && settings.other, "a link has two ends");
  CHORUS_CHECK(static_cast<bool>(settings.relation), "a relation has a number");
  CHORUS_CHECK(settings.cluster.size() <= limits::name_bytes, "the cluster's name fits into a hello");
  CHORUS_CHECK(
      !settings.channels.empty() && settings.channels.size() <= limits::channels,
      "a link has 1 to limits::channels channels"
  );
  for (const auto& channel : settings.channels)
    check_channel(settings, channel);
  CHORUS_CHECK(settings.chunk_bytes > 0, "a chunk carries something");
  CHORUS_CHECK(settings.lone_bytes > 0, "a frame of its own carries something");
  auto head_bytes = wire::data_head_bytes(settings.channels.size()) + segment_head_bytes;
  CHORUS_CHECK(head_bytes + settings.chunk_bytes <= settings.frame_bytes, "a chunk fits into a frame");
  CHORUS_CHECK(settings.frames_in_flight > 0, "something may be under way");
  CHORUS_CHECK(settings.resend_after > duration::zero(), "a resend takes time");
  return settings;
}

} // namespace

core::implementation::implementation(time_point now, config settings)
    : settings_(checked(std::move(settings))), handshake_(settings_.relation), sender_(settings_, count_),
      receiver_(settings_, count_), timer_(settings_), now_(now), map_(settings_.channels, {}) {
  timer_.restart(now);
  for (const auto& channel : settings_.channels)
    count_.held_at_start += channel.held_bytes;
}

// -- frames ----------------------------------------------------------------------------------------

void core::implementation::receive(time_point now, const frame& what) {
  now_ = std::max(now_, now);
  ++count_.frames_received;
  if (has_ended())
    return;
  if (what.source.node != settings_.other.node || what.destination.node != settings_.self.node) {
    ++count_.strays;
    return;
  }
  if (auto* answer = std::get_if<refusal>(&what.content))
    return on_refusal(what, *answer);
  if (what.destination != settings_.self) {
    ++count_.strays;
    if (auto answer = answer_to_another_life(settings_.self, what)) {
      ++count_.refusals_sent;
      transmit_frame(std::move(*answer));
    }
    return;
  }
  if (what.source != settings_.other) {
    ++count_.strays;
    return;
  }
  std::visit([&](const auto& content) { on(what, content); }, what.content);
  mind_timer();
}

void core::implementation::on(const frame& envelope, const hello& what) {
  if (!is_of_the_other_process(what.nonce) || !is_of_this_cluster(envelope, what.cluster))
    return;
  switch (handshake_.hear_hello(envelope.source_relation)) {
  case handshake::greeting::answer:
    take_offer(what.channels);
    stage_ = stage::greets;
    return;
  case handshake::greeting::ignore:
    ++count_.stale_hellos;
    return;
  case handshake::greeting::end:
    return end(closed::why::superseded);
  }
}

/// It is repeated until it is confirmed, so it is confirmed at once.
void core::implementation::on(const frame& envelope, const welcome& what) {
  if (!is_of_the_other_process(what.nonce) || !is_of_this_cluster(envelope, what.cluster)
      || !is_of_this_relation(envelope))
    return;
  take_offer(what.channels);
  receiver_.answer_soon();
  is_up();
}

void core::implementation::on(const frame& envelope, const data& what) {
  // Its numbers of channels mean nothing before its greeting, which an end says before all else.
  if (!handshake_.theirs() && envelope.destination_relation == handshake_.mine()) {
    ++count_.strays;
    return;
  }
  if (!is_of_this_relation(envelope))
    return;
  is_up();
  auto channel = what.count > 0 ? map_.here(what.channel) : channel_number{};
  if (!channel || !receiver_.receive(now_, *channel, what, output_.deliveries))
    return violated();
  auto acknowledged = sender_.acknowledge(what.acknowledged);
  if (acknowledged == sender::news::violation)
    return violated();
  auto is_progress = allow(what) || acknowledged == sender::news::progress;
  if (is_progress) {
    sender_.take_released(output_.releases);
    timer_.restart(now_);
  } else if (!sender_.has_unacknowledged()) {
    timer_.heard(now_); // a full receiver answers, but gives no credit: slow is not dead
  }
}

void core::implementation::on(const frame& envelope, const goodbye&) {
  if (is_of_this_relation(envelope))
    end(closed::why::closed_by_peer);
}

/// One of an earlier relation of the other end may come late, after both have met again in this one.
void core::implementation::on(const frame& envelope, const over&) {
  auto is_of_partner = !handshake_.theirs() || envelope.source_relation == handshake_.theirs();
  if (envelope.destination_relation != handshake_.mine() || !is_of_partner) {
    ++count_.overs_ignored;
    return;
  }
  ++count_.overs_received;
  end(closed::why::ended_by_peer);
}

/// A refusal may come from a newer life of the other node, but must be for the present one of ours and for
/// this relation, or one that was long under way could end a link it does not mean.
void core::implementation::on_refusal(const frame& envelope, const refusal& what) {
  auto is_stale = envelope.destination != settings_.self || envelope.destination_relation != handshake_.mine()
                  || envelope.source.incarnation < settings_.other.incarnation;
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
  }
}

// -- the handshake ---------------------------------------------------------------------------------

/// A process with a copy of the other end's data directory may claim its life. It cannot end or take over
/// this relation; that it is there is for membership to find out and to tell.
bool core::implementation::is_of_the_other_process(std::uint64_t nonce) {
  if (nonce == settings_.nonce_of_other)
    return true;
  ++count_.foreign_greetings;
  return false;
}

bool core::implementation::is_of_this_cluster(const frame& envelope, const std::string& cluster) {
  if (cluster == settings_.cluster)
    return true;
  ++count_.refusals_sent;
  refusal answer{refusal::why::wrong_cluster, settings_.self.incarnation};
  transmit_frame({settings_.self, settings_.other, {}, envelope.source_relation, answer});
  end(closed::why::wrong_cluster);
  return false;
}

/// Whoever still speaks in an earlier one is told that it is over.
bool core::implementation::is_of_this_relation(const frame& what) {
  switch (handshake_.hear(what.destination_relation, what.source_relation)) {
  case handshake::fit::fits:
    return true;
  case handshake::fit::not_mine:
    ++count_.strays;
    if (auto answer = answer_in_no_relation(settings_.self, what)) {
      ++count_.overs_sent;
      transmit_frame(std::move(*answer));
    }
    return false;
  case handshake::fit::not_theirs:
    ++count_.strays;
    return false;
  }
  return false;
}

/// Which channels the two have in common, and what may be sent on them. When a greeting is repeated, only the
/// credit may have grown.
void core::implementation::take_offer(const std::vector<channel_offer>& channels) {
  channel_map offer{settings_.channels, channels};
  if (!sender_.has_started()) {
    map_ = std::move(offer);
    return;
  }
  for (channel_number number = 0; number < settings_.channels.size(); ++number)
    if (const auto& channel = offer.offered()[number]; channel && sender_.allow(number, channel->credit))
      timer_.restart(now_);
}

void core::implementation::is_up() {
  if (sender_.has_started())
    return;
  stage_ = stage::talks;
  output_.established_now = true;
  sender_.start(map_.offered(), output_.refusals);
  timer_.restart(now_);
}

/// Credit of a channel that this end does not have is none of its business. True if there is more of any.
bool core::implementation::allow(const data& what) {
  auto is_more = false;
  what.credits.for_each([&](channel_number there, std::uint64_t credit) {
    if (auto channel = map_.here(there))
      is_more |= sender_.allow(*channel, credit);
  });
  return is_more;
}

// -- inputs ----------------------------------------------------------------------------------------

void core::implementation::apply(time_point now, const core::input& what) {
  now_ = std::max(now_, now);
  std::visit([this](const auto& content) { on(content); }, what);
  mind_timer();
}

void core::implementation::on(const send& what) {
  CHORUS_CHECK(what.channel < settings_.channels.size(), "a message goes over a channel of this link");
  auto problem = has_ended() ? std::optional{refused::why::closed} : sender_.accept(what);
  if (problem)
    output_.refusals.push_back({what.pair, what.payload, *problem, what.channel});
}

void core::implementation::on(const consumed& what) {
  CHORUS_CHECK(what.channel < settings_.channels.size(), "a message came over a channel of this link");
  receiver_.consumed(what.channel, what.bytes);
}

void core::implementation::on(const reconnected&) {
  if (has_ended())
    return;
  ++count_.reconnects;
  if (!handshake_.is_up()) {
    stage_ = stage::greets;
    return;
  }
  receiver_.answer_soon(); // what was told last may be lost
  sender_.start_over();
}

void core::implementation::on(const close&) {
  if (has_ended())
    return;
  end(closed::why::closed_here);
  stage_ = stage::parts;
}

void core::implementation::on(const abandon&) {
  if (has_ended())
    return;
  end(closed::why::abandoned);
}

// -- time ------------------------------------------------------------------------------------------

void core::implementation::tick(time_point now) {
  now_ = std::max(now_, now);
  if (has_ended() || !timer_.is_due(now_))
    return;
  if (timer_.is_hopeless(now_))
    return end(closed::why::unresponsive);
  try_again();
  timer_.back_off(now_);
}

std::optional<time_point> core::implementation::next_deadline() const {
  if (has_ended())
    return std::nullopt;
  return earliest(timer_.deadline(), receiver_.deadline());
}

void core::implementation::try_again() {
  if (handshake_.is_up())
    return sender_.try_again();
  ++count_.greeting_retries;
  stage_ = stage::greets;
}

/// The timer runs while something waits for the other end.
void core::implementation::mind_timer() {
  auto waits = !has_ended() && (!handshake_.is_up() || sender_.is_waiting());
  if (!waits)
    timer_.stop();
  else if (!timer_.running())
    timer_.restart(now_);
}

// -- the end ---------------------------------------------------------------------------------------

void core::implementation::violated() {
  ++count_.violations;
  end(closed::why::violation);
}

void core::implementation::end(closed::why reason) {
  stage_ = stage::over;
  if (reason == closed::why::abandoned || reason == closed::why::violation
      || reason == closed::why::unresponsive)
    say_over();
  auto left = sender_.take_leftovers();
  for (auto& message : left.not_sent)
    output_.refusals.push_back(
        {message.pair, std::move(message.payload), refused::why::closed, message.channel}
    );
  output_.end = closed{reason, std::move(left.outcome_unknown)};
  timer_.stop();
}

/// If it is lost, the next frame of the other end is answered with it.
void core::implementation::say_over() {
  if (!handshake_.theirs())
    return;
  ++count_.overs_sent;
  transmit_frame(to_other(over{}));
}

// -- output ----------------------------------------------------------------------------------------

core::output core::implementation::drain() {
  if (!has_ended()) {
    if (stage_ == stage::greets)
      greet();
    sender_.fill();
    mind_timer();
  }
  auto frames = sender_.take_frames();
  // A graceful close first sends its final acknowledgement, or the other end could not settle its messages.
  auto must_answer =
      has_ended() ? stage_ == stage::parts && receiver_.owes_answer() : receiver_.must_answer(now_);
  if (frames.empty() && sender_.has_started() && must_answer) {
    ++count_.acknowledgements;
    frames.emplace_back();
  }
  if (!frames.empty())
    receiver_.told();
  for (auto& what : frames) {
    what.acknowledged = receiver_.acknowledged();
    what.credits = receiver_.credits();
    transmit_frame(to_other(std::move(what)));
  }
  if (stage_ == stage::parts) {
    stage_ = stage::over;
    if (handshake_.theirs())
      transmit_frame(to_other(goodbye{}));
  }
  return std::exchange(output_, {});
}

void core::implementation::greet() {
  stage_ = stage::talks;
  if (handshake_.state() == handshake::state::opening) {
    ++count_.hellos;
    transmit_frame(to_other(hello{settings_.cluster, settings_.nonce, receiver_.offer()}));
  } else {
    ++count_.welcomes;
    transmit_frame(to_other(welcome{settings_.cluster, settings_.nonce, receiver_.offer()}));
  }
}

frame core::implementation::to_other(decltype(frame::content) content) const {
  return {settings_.self, settings_.other, handshake_.mine(), handshake_.theirs(), std::move(content)};
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

relation_number core::relation() const noexcept {
  return implementation_->handshake().mine();
}

relation_number core::relation_there() const noexcept {
  return implementation_->handshake().theirs();
}

bool core::has_ended() const noexcept {
  return implementation_->has_ended();
}

std::size_t core::unconsumed(channel_number channel) const noexcept {
  return implementation_->unconsumed(channel);
}

bool core::is_served(channel_number channel) const {
  return implementation_->is_served(channel);
}

const counters& core::statistics() const noexcept {
  return implementation_->statistics();
}

} // namespace chorus::link
