#include "sender.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::link {

sender::sender(const config& settings, counters& count)
    : settings_(settings), count_(count), frame_capacity_(settings.frame_bytes - wire::data_head_bytes),
      queue_(settings.chunk_bytes) {}

void sender::start(std::uint64_t credit, std::uint64_t held) {
  started_ = true;
  credit_ = credit;
  charged_ = held;
}

std::optional<refused::why> sender::accept(const send& message) {
  auto size = message.payload.size();
  if (size > settings_.message_bytes)
    return refused::why::too_large;
  auto cost = cost_of(part::whole, size);
  auto reserve = message.how == urgency::reserved ? settings_.send_reserve_bytes : 0;
  if (buffered_ + cost > settings_.send_buffer_bytes + reserve) {
    ++count_.overloaded;
    return refused::why::overloaded;
  }
  buffered_ += cost;
  ++count_.messages_accepted;
  auto fits =
      queue_.empty() && size <= settings_.chunk_bytes && cost <= room(message.how) && can_append(size);
  if (fits) {
    append(part::whole, message.pair, 0, message.payload);
  } else {
    ++count_.messages_queued;
    count_.large_messages += size > settings_.chunk_bytes ? 1 : 0;
    queue_.push(message.pair, message.how, message.payload);
  }
  return std::nullopt;
}

sender::news sender::learn(sequence acknowledged, std::uint64_t credit) {
  if (acknowledged >= open_first_)
    return news::violation;
  auto what = news::none;
  if (credit > credit_) {
    credit_ = credit;
    what = news::progress;
  }
  if (auto cost = unacknowledged_.acknowledge(acknowledged); cost > 0) {
    released_ += cost;
    buffered_ -= cost;
    auto first_left = unacknowledged_.empty() ? open_first_ : unacknowledged_.oldest().first;
    while (!chunked_.empty() && chunked_.front().last && *chunked_.front().last < first_left)
      chunked_.pop_front();
    what = news::progress;
    if (recovery_)
      recover_further();
  }
  return what;
}

void sender::fill() {
  while (!queue_.empty() && can_append(settings_.chunk_bytes)) {
    auto next = queue_.take(room(urgency::ordinary), room(urgency::reserved));
    if (!next)
      break;
    leave(*next);
  }
  seal();
}

/// A segment that has waited goes into a frame.
void sender::leave(const segment& next) {
  if (next.kind == part::first)
    chunked_.push_back({queue_.under_way(), std::nullopt});
  append(next.kind, next.pair, next.message_size, next.bytes);
  if (next.kind == part::last)
    chunked_.back().last = sequence{open_first_.value + open_count_ - 1};
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
  if (!has_unacknowledged() && !queue_.empty())
    probe();
}

sender::leftovers sender::take_leftovers() {
  leftovers all;
  // A message in chunks counts where its last chunk is: without that one it is not delivered.
  auto first_chunk_is_here = false;
  auto each_end = [&](const shared_bytes& segments, const shared_bytes& lone, auto&& visit) {
    for (segment_reader reader{segments, lone}; !reader.at_end();) {
      auto next = reader.next();
      CHORUS_CHECK(next, "frames of our own can be read");
      if (next->kind == part::first)
        first_chunk_is_here = true;
      if (next->kind == part::last && !std::exchange(first_chunk_is_here, false))
        ++count_.left_unknown_half_known;
      if (ends(next->kind))
        visit(next->pair, whole_of(*next));
    }
  };
  for (const auto& sent : unacknowledged_)
    each_end(sent.segments, sent.lone, [&all](const pair& who, shared_bytes payload) {
      all.outcome_unknown.push_back({who, std::move(payload)});
    });
  each_end(shared_bytes::copy_of(open_), lone_, [&all](const pair& who, shared_bytes payload) {
    all.not_sent.push_back({who, {}, std::move(payload)});
  });
  count_.left_half_sent += chunked_.size();
  queue_.take_all([&all](const pair& who, urgency how, shared_bytes payload) {
    all.not_sent.push_back({who, how, std::move(payload)});
  });
  count_.left_unknown += all.outcome_unknown.size();
  count_.left_not_sent += all.not_sent.size();
  unacknowledged_ = {};
  chunked_.clear();
  open_.clear();
  lone_ = {};
  return all;
}

/// The payload of the message that ends with this segment. Pre: asked for all of them, in order.
shared_bytes sender::whole_of(segment& last) {
  if (last.kind == part::whole)
    return std::move(last.bytes);
  CHORUS_CHECK(!chunked_.empty(), "a message in chunks is kept until its last chunk is acknowledged");
  auto payload = std::move(chunked_.front().payload);
  chunked_.pop_front();
  return payload;
}

std::size_t sender::room(urgency how) const noexcept {
  if (!started_)
    return 0;
  std::uint64_t reserve = how == urgency::reserved ? settings_.receive_reserve_bytes : 0;
  if (charged_ <= credit_) {
    auto left = credit_ - charged_;
    return left + std::min(reserve, std::uint64_t{SIZE_MAX} - left);
  }
  auto beyond = charged_ - credit_;
  return beyond < reserve ? reserve - beyond : 0;
}

/// Whether a segment of that many bytes may enter a frame.
bool sender::can_append(std::size_t bytes) const noexcept {
  if (recovery_)
    return false;
  if (!open_.empty() && open_.size() + segment_head_bytes + bytes <= frame_capacity_)
    return true;
  return can_open_frame();
}

/// Besides the one that may be open.
bool sender::can_open_frame() const noexcept {
  auto frames = unacknowledged_.size() + (open_.empty() ? 0 : 1);
  return frames < settings_.frames_in_flight;
}

void sender::append(part kind, const pair& who, std::uint32_t message_size, const shared_bytes& bytes) {
  auto is_lone = bytes.size() >= settings_.lone_bytes && can_open_frame();
  if (is_lone || open_.size() + segment_head_bytes + bytes.size() > frame_capacity_)
    seal();
  if (is_lone) {
    append_segment_head(open_, kind, who, message_size, bytes.size());
    lone_ = bytes;
  } else {
    append_segment(open_, kind, who, message_size, bytes.view());
  }
  auto cost = cost_of(kind, bytes.size());
  charged_ += cost;
  open_cost_ += cost;
  ++open_count_;
  ++count_.segments_sent;
  count_.beyond_credit += charged_ > credit_ ? 1 : 0;
  if (is_lone)
    seal();
}

void sender::seal() {
  if (open_.empty())
    return;
  sent_frame sealed{
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
