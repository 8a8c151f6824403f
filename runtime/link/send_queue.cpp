#include "send_queue.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <utility>

namespace chorus::link {

namespace {

constexpr std::size_t index(urgency how) noexcept {
  return static_cast<std::size_t>(how);
}

} // namespace

send_queue::send_queue(std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {
  CHORUS_CHECK(chunk_bytes > 0, "a chunk carries something");
}

void send_queue::push(const pair& who, urgency how, shared_bytes payload) {
  auto& waiting = lanes_[who];
  waiting.pair = who;
  waiting.messages.push_back({std::move(payload), how});
  if (how == urgency::reserved)
    ++waiting.reserved;
  place(waiting);
}

std::optional<segment> send_queue::take(std::size_t ordinary_room, std::size_t reserved_room) {
  const std::array<std::size_t, urgencies> room{ordinary_room, reserved_room};
  for (std::size_t asked = 0; asked < urgencies; ++asked) {
    auto how = (turn_ + asked) % urgencies;
    if (ready_[how].empty())
      continue;
    auto& waiting = *ready_[how].front();
    if (next_cost(waiting) <= room[how])
      return cut(waiting);
  }
  return std::nullopt;
}

void send_queue::clear() {
  passage_ = nullptr;
  for (auto how : {urgency::reserved, urgency::ordinary}) {
    ready_[index(how)].clear();
    parked_[index(how)].clear();
  }
  held_.clear();
  lanes_.clear();
}

bool send_queue::is_large(const lane& waiting) const {
  return waiting.messages.front().payload.size() > chunk_bytes_;
}

std::size_t send_queue::next_cost(const lane& waiting) const {
  auto left = waiting.messages.front().payload.size() - waiting.offset;
  auto kind = waiting.offset == 0 ? part::first : part::middle;
  return cost_of(kind, std::min(left, chunk_bytes_));
}

segment send_queue::cut(lane& waiting) {
  const auto& payload = waiting.messages.front().payload;
  auto size = std::min(payload.size() - waiting.offset, chunk_bytes_);
  auto begins_here = waiting.offset == 0;
  auto ends_here = waiting.offset + size == payload.size();
  segment next;
  next.kind = begins_here ? (ends_here ? part::whole : part::first) : (ends_here ? part::last : part::middle);
  next.pair = waiting.pair;
  next.message_size = next.kind == part::first ? static_cast<std::uint32_t>(payload.size()) : 0;
  next.bytes = payload.part(waiting.offset, size);
  waiting.offset += size;
  waiting.spent += cost_of(next.kind, size);
  if (waiting.spent >= chunk_bytes_)
    end_turn(waiting);
  if (ends_here)
    end_message(waiting);
  return next;
}

void send_queue::end_turn(lane& waiting) {
  waiting.spent = 0;
  waiting.home->splice(waiting.home->end(), *waiting.home, waiting.place);
  turn_ = (turn_ + 1) % urgencies;
}

void send_queue::end_message(lane& waiting) {
  if (waiting.messages.front().how == urgency::reserved)
    --waiting.reserved;
  waiting.messages.pop_front();
  waiting.offset = 0;
  auto frees_passage = passage_ == &waiting;
  if (frees_passage)
    pass_on();
  if (waiting.messages.empty()) {
    auto sender = waiting.pair.sender;
    waiting.home->erase(waiting.place);
    lanes_.erase(lanes_.find(waiting.pair));
    release_held(sender);
  } else {
    place(waiting);
  }
}

void send_queue::pass_on() {
  passage_ = nullptr;
  for (auto how : {urgency::reserved, urgency::ordinary}) {
    auto& candidates = parked_[index(how)];
    if (passage_ == nullptr && !candidates.empty()) {
      passage_ = candidates.front();
      place(*passage_);
    }
  }
}

void send_queue::release_held(std::uint64_t sender) {
  if (held_.empty())
    return;
  if (auto position = lanes_.find({sender, 0}); position != lanes_.end())
    place(position->second);
}

bool send_queue::is_held(const lane& waiting) const {
  if (waiting.pair.receiver != 0 || passage_ == &waiting)
    return false;
  auto next = lanes_.upper_bound(waiting.pair);
  return next != lanes_.end() && next->first.sender == waiting.pair.sender;
}

void send_queue::place(lane& waiting) {
  if (passage_ == nullptr && is_large(waiting) && !is_held(waiting))
    passage_ = &waiting;
  auto& home = home_of(waiting);
  if (waiting.home == nullptr)
    waiting.place = home.insert(home.end(), &waiting);
  else if (waiting.home != &home)
    home.splice(home.end(), *waiting.home, waiting.place);
  waiting.home = &home;
  auto lends_urgency = &home == &parked_[index(urgency::reserved)];
  if (lends_urgency)
    place(*passage_);
}

send_queue::ring& send_queue::home_of(const lane& waiting) {
  if (is_held(waiting))
    return held_;
  auto owns_passage = passage_ == &waiting;
  auto inherits = owns_passage && !parked_[index(urgency::reserved)].empty();
  auto how = index(waiting.reserved > 0 || inherits ? urgency::reserved : urgency::ordinary);
  auto is_parked = !owns_passage && is_large(waiting);
  return is_parked ? parked_[how] : ready_[how];
}

} // namespace chorus::link
