#include "receiver.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <utility>

namespace chorus::link {

namespace {

/// An acknowledgement or a credit of this part of its limit does not wait for company: with three
/// quarters left the sender never stops.
constexpr std::size_t parts_of_limit = 4;

} // namespace

receiver::receiver(const config& settings, counters& count)
    : settings_(settings), count_(count), reassembly_(settings.message_bytes), received_(settings.held_bytes),
      delivered_(settings.held_bytes), told_credit_(credit()), told_received_(settings.held_bytes) {}

bool receiver::receive(time_point now, const data& frame, std::vector<delivered>& deliveries) {
  if (frame.wants_answer)
    answer_soon();
  if (frame.count == 0)
    return true;
  auto expected = handed_over_.next();
  if (frame.first > expected) {
    ++count_.gaps;
    answer_soon();
    return true;
  }
  auto known = std::min<std::uint64_t>(expected.value - frame.first.value, frame.count);
  count_.duplicates += known;
  if (known == frame.count) {
    answer_soon();
    return true;
  }
  count_.overlaps += known > 0 ? 1 : 0;
  segment_reader reader{frame.segments, frame.lone};
  for (std::uint32_t place = 0; place < frame.count; ++place) {
    auto next = reader.at_end() ? std::nullopt : reader.next();
    if (!next)
      return false;
    if (place >= known && !take(std::move(*next), deliveries))
      return false;
  }
  if (!answer_by_)
    answer_by_ = now + settings_.acknowledge_within;
  ++frames_since_told_;
  if (received_ - told_received_ >= settings_.receive_window_bytes / parts_of_limit
      || frames_since_told_ >= settings_.frames_in_flight / parts_of_limit)
    answer_soon();
  return reader.at_end();
}

void receiver::consumed(std::size_t bytes) {
  CHORUS_CHECK(bytes <= unconsumed(), "only what was delivered can be consumed");
  consumed_ += bytes;
  if (credit() - told_credit_ >= settings_.receive_window_bytes / parts_of_limit)
    answer_soon();
}

std::uint64_t receiver::credit() const noexcept {
  return consumed_ + settings_.receive_window_bytes;
}

bool receiver::must_answer(time_point now) const noexcept {
  return answer_now_ || (answer_by_ && *answer_by_ <= now);
}

void receiver::told() noexcept {
  told_credit();
  told_received_ = received_;
  frames_since_told_ = 0;
  answer_now_ = false;
  answer_by_.reset();
}

bool receiver::take(segment next, std::vector<delivered>& deliveries) {
  received_ += cost_of(next.kind, next.bytes.size());
  if (received_ > told_credit_ + settings_.receive_reserve_bytes)
    return false;
  std::optional<delivered> complete;
  if (!reassembly_.add(std::move(next), complete))
    return false;
  handed_over_ = handed_over_.next();
  ++count_.segments_received;
  if (complete) {
    delivered_ += complete->cost;
    ++count_.messages_delivered;
    deliveries.push_back(std::move(*complete));
  }
  return true;
}

} // namespace chorus::link
