#include "receiver.hpp"

#include <algorithm>
#include <utility>

namespace chorus::link {

namespace {

/// The acknowledgement of this part of the frames that may be in flight does not wait for company: with three
/// quarters left the sender never stops.
constexpr std::size_t parts_of_limit = 4;

} // namespace

receiver::receiver(const config& settings, counters& count)
    : settings_(settings), count_(count), channels_(settings.channels.begin(), settings.channels.end()) {}

bool receiver::receive(
    time_point now, channel_number channel, const data& frame, std::vector<delivered>& deliveries
) {
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
    if (place >= known && !take(channel, std::move(*next), deliveries))
      return false;
  }
  if (!answer_by_)
    answer_by_ = now + settings_.acknowledge_within;
  ++frames_since_told_;
  if (channels_[channel].is_news() || frames_since_told_ >= settings_.frames_in_flight / parts_of_limit)
    answer_soon();
  return reader.at_end();
}

void receiver::consumed(channel_number channel, std::size_t bytes) {
  channels_[channel].consumed(bytes);
  if (channels_[channel].is_news())
    answer_soon();
}

channel_credits receiver::credits() const noexcept {
  channel_credits grown;
  for (channel_number number = 0; number < channels_.size(); ++number)
    if (channels_[number].has_grown())
      grown.set(number, channels_[number].credit());
  return grown;
}

bool receiver::must_answer(time_point now) const noexcept {
  return answer_now_ || (answer_by_ && *answer_by_ <= now);
}

void receiver::told() noexcept {
  for (auto& channel : channels_)
    channel.told();
  frames_since_told_ = 0;
  answer_now_ = false;
  answer_by_.reset();
}

std::vector<channel_offer> receiver::offer() {
  std::vector<channel_offer> all;
  for (std::size_t number = 0; number < channels_.size(); ++number) {
    const auto& settings = settings_.channels[number];
    all.push_back({settings.name, channels_[number].credit(), settings.held_bytes});
    channels_[number].told_credit();
  }
  return all;
}

bool receiver::take(channel_number channel, segment next, std::vector<delivered>& deliveries) {
  std::optional<delivered> complete;
  if (!channels_[channel].take(std::move(next), complete))
    return false;
  handed_over_ = handed_over_.next();
  ++count_.segments_received;
  if (complete) {
    complete->channel = channel;
    ++count_.messages_delivered;
    deliveries.push_back(std::move(*complete));
  }
  return true;
}

} // namespace chorus::link
