#include "sender.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::link {

sender::sender(const config& settings, counters& count)
    : settings_(settings), count_(count),
      frame_capacity_(settings.frame_bytes - wire::data_head_bytes(settings.channels.size())),
      unserved_(settings.channels.size()) {
  for (const auto& channel : settings.channels)
    channels_.push_back(std::make_unique<outgoing_channel>(channel, settings.chunk_bytes));
}

void sender::start(const channel_map::offers& offered, std::vector<refused>& refusals) {
  started_ = true;
  for (channel_number number = 0; number < channels_.size(); ++number) {
    auto& channel = *channels_[number];
    if (offered[number]) {
      channel.open(*offered[number]);
      continue;
    }
    unserved_[number] = true;
    channel.queue().take_all([&](const pair& who, urgency, shared_bytes payload) {
      ++count_.unserved;
      channel.release(cost_of(part::whole, payload.size()));
      refusals.push_back({who, std::move(payload), refused::why::unserved, number});
    });
    channel.take_released(); // whoever hears of a refusal knows that there is room again
  }
}

std::optional<refused::why> sender::accept(const send& message) {
  auto& channel = *channels_[message.channel];
  auto size = message.payload.size();
  if (unserved_[message.channel]) {
    ++count_.unserved;
    return refused::why::unserved;
  }
  if (auto problem = channel.admit(size, message.how)) {
    count_.overloaded += *problem == refused::why::overloaded ? 1 : 0;
    return problem;
  }
  ++count_.messages_accepted;
  auto fits = channel.queue().empty() && size <= settings_.chunk_bytes
              && cost_of(part::whole, size) <= channel.room(message.how) && can_append(message.channel, size);
  if (fits) {
    append(message.channel, part::whole, message.pair, 0, message.payload);
  } else {
    ++count_.messages_queued;
    count_.large_messages += size > settings_.chunk_bytes ? 1 : 0;
    channel.queue().push(message.pair, message.how, message.payload);
  }
  return std::nullopt;
}

sender::news sender::acknowledge(sequence last) {
  if (last >= open_first_)
    return news::violation;
  auto what = news::none;
  unacknowledged_.acknowledge(last, [&](const sent_frame& frame) {
    channels_[frame.channel]->release(frame.cost);
    what = news::progress;
  });
  if (what == news::none)
    return what;
  auto first_left = unacknowledged_.empty() ? open_first_ : unacknowledged_.oldest().first;
  for (auto& channel : channels_)
    channel->forget_chunks(first_left);
  if (recovery_)
    recover_further();
  return what;
}

bool sender::allow(channel_number channel, std::uint64_t credit) {
  return channels_[channel]->allow(credit);
}

void sender::fill() {
  auto something_left = !open_.empty();
  auto one_has_no_credit = false;
  std::size_t asked = 0; // channels in turn that had nothing to send, or no credit
  while (asked < channels_.size() && can_append(static_cast<channel_number>(turn_), settings_.chunk_bytes)) {
    auto number = static_cast<channel_number>(turn_);
    if (auto next = channels_[number]->take()) {
      leave(number, *next);
      something_left = true;
      asked = 0;
      spent_ += cost_of(next->kind, next->bytes.size());
      if (spent_ >= settings_.chunk_bytes)
        end_turn();
    } else {
      one_has_no_credit |= started_ && !channels_[number]->queue().empty();
      ++asked;
      end_turn();
    }
  }
  count_.channels_passed += something_left && one_has_no_credit ? 1 : 0;
  seal();
}

void sender::end_turn() noexcept {
  spent_ = 0;
  turn_ = (turn_ + 1) % channels_.size();
}

/// A segment that has waited goes into a frame.
void sender::leave(channel_number number, const segment& next) {
  auto& channel = *channels_[number];
  if (next.kind == part::first)
    channel.begin_chunks(channel.queue().under_way());
  append(number, next.kind, next.pair, next.message_size, next.bytes);
  if (next.kind == part::last)
    channel.end_chunks(sequence{open_first_.value + open_count_ - 1});
}

void sender::try_again() {
  if (!has_unacknowledged())
    return probe();
  ++count_.timeouts;
  const auto& oldest = unacknowledged_.oldest();
  recovery_ = recovery{{open_first_.value - 1}, oldest.last().next()};
  resend(oldest, true);
}

void sender::start_over() {
  recovery_.reset();
  for (const auto& sent : unacknowledged_)
    resend(sent, sent.last().next() == open_first_);
  if (!has_unacknowledged() && has_queued())
    probe();
}

sender::leftovers sender::take_leftovers() {
  leftovers all;
  // A message in chunks counts where its last chunk is: without that one it is not delivered.
  std::vector<bool> first_chunk_is_here(channels_.size());
  auto each_end =
      [&](channel_number channel, const shared_bytes& segments, const shared_bytes& lone, auto&& visit) {
        for (segment_reader reader{segments, lone}; !reader.at_end();) {
          auto next = reader.next();
          CHORUS_CHECK(next, "frames of our own can be read");
          if (next->kind == part::first)
            first_chunk_is_here[channel] = true;
          if (next->kind == part::last) {
            count_.left_unknown_half_known += first_chunk_is_here[channel] ? 0 : 1;
            first_chunk_is_here[channel] = false;
          }
          if (ends(next->kind))
            visit(next->pair, whole_of(channel, *next));
        }
      };
  for (const auto& sent : unacknowledged_)
    each_end(sent.channel, sent.segments, sent.lone, [&](const pair& who, shared_bytes payload) {
      all.outcome_unknown.push_back({who, std::move(payload), sent.channel});
    });
  each_end(open_channel_, shared_bytes::copy_of(open_), lone_, [&](const pair& who, shared_bytes payload) {
    all.not_sent.push_back({who, {}, std::move(payload), open_channel_});
  });
  for (channel_number number = 0; number < channels_.size(); ++number) {
    count_.left_half_sent += channels_[number]->drop_chunked();
    channels_[number]->queue().take_all([&](const pair& who, urgency how, shared_bytes payload) {
      all.not_sent.push_back({who, how, std::move(payload), number});
    });
  }
  count_.left_unknown += all.outcome_unknown.size();
  count_.left_not_sent += all.not_sent.size();
  unacknowledged_ = {};
  open_.clear();
  lone_ = {};
  return all;
}

void sender::take_released(std::vector<released>& releases) {
  for (channel_number number = 0; number < channels_.size(); ++number)
    if (auto bytes = channels_[number]->take_released(); bytes > 0)
      releases.push_back({bytes, number});
}

/// The payload of the message that ends with this segment. Pre: asked for all of them, in order.
shared_bytes sender::whole_of(channel_number channel, segment& last) {
  return last.kind == part::whole ? std::move(last.bytes) : channels_[channel]->take_chunked();
}

bool sender::has_queued() const noexcept {
  return std::ranges::any_of(channels_, [](const auto& channel) { return !channel->queue().empty(); });
}

bool sender::fits_open_frame(channel_number channel, std::size_t bytes) const noexcept {
  return channel == open_channel_ && open_.size() + segment_head_bytes + bytes <= frame_capacity_;
}

/// Whether a segment of that many bytes may enter a frame.
bool sender::can_append(channel_number channel, std::size_t bytes) const noexcept {
  if (recovery_)
    return false;
  return (!open_.empty() && fits_open_frame(channel, bytes)) || can_open_frame();
}

/// Besides the one that may be open.
bool sender::can_open_frame() const noexcept {
  auto frames = unacknowledged_.size() + (open_.empty() ? 0 : 1);
  return frames < settings_.frames_in_flight;
}

void sender::append(
    channel_number channel, part kind, const pair& who, std::uint32_t message_size, const shared_bytes& bytes
) {
  auto is_lone = bytes.size() >= settings_.lone_bytes && can_open_frame();
  if (is_lone || !fits_open_frame(channel, bytes.size()))
    seal();
  open_channel_ = channel;
  if (is_lone) {
    append_segment_head(open_, kind, who, message_size, bytes.size());
    lone_ = bytes;
  } else {
    append_segment(open_, kind, who, message_size, bytes.view());
  }
  auto cost = cost_of(kind, bytes.size());
  count_.beyond_credit += channels_[channel]->charge(cost) ? 0 : 1;
  open_cost_ += cost;
  ++open_count_;
  ++count_.segments_sent;
  if (is_lone)
    seal();
}

void sender::seal() {
  if (open_.empty())
    return;
  sent_frame sealed{
      open_channel_,
      open_first_,
      std::exchange(open_count_, 0),
      std::exchange(open_cost_, 0),
      shared_bytes::copy_of(open_),
      std::exchange(lone_, {})};
  open_.clear();
  open_first_ = sealed.last().next();
  emit(sealed, false);
  unacknowledged_.push(std::move(sealed));
}

void sender::emit(const sent_frame& what, bool wants_answer) {
  data next;
  next.wants_answer = wants_answer;
  next.channel = what.channel;
  next.first = what.first;
  next.count = what.count;
  next.segments = what.segments;
  next.lone = what.lone;
  frames_.push_back(std::move(next));
}

void sender::resend(const sent_frame& what, bool wants_answer) {
  ++count_.frames_resent;
  emit(what, wants_answer);
}

void sender::probe() {
  ++count_.probes;
  frames_.emplace_back().wants_answer = true;
}

void sender::recover_further() {
  auto& state = *recovery_;
  if (!has_unacknowledged() || unacknowledged_.oldest().first > state.until) {
    recovery_.reset();
    return;
  }
  state.burst *= 2;
  auto from = unacknowledged_.from(std::max(state.next, unacknowledged_.oldest().first));
  for (auto left = state.burst; left > 0 && from != unacknowledged_.end(); --left, ++from) {
    auto is_last = left == 1 || from->last() >= state.until;
    resend(*from, is_last);
    state.next = from->last().next();
  }
}

} // namespace chorus::link
