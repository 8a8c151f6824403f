#include "way.hpp"

#include <algorithm>

namespace chorus::testing::linked_calls {

namespace {

/// Answers find room where requests do not, and small failures where answers do not.
constexpr std::size_t notice_bytes = 200;
constexpr std::size_t notice_share = 2;

link::urgency urgency_of(const parcel& what) {
  auto is_answer = what.kind == parcel::kind::answer || what.kind == parcel::kind::failure
                   || what.kind == parcel::kind::refusal;
  return is_answer ? link::urgency::reserved : link::urgency::ordinary;
}

std::size_t cost_of(const link::send& message) {
  return message.payload.size() + link::message_overhead;
}

} // namespace

errc way::send(const peer& to, const parcel& what) {
  if (what.nature == message_nature::undeclared)
    return errc::unknown_type;
  auto text = what;
  if (what.nature == message_nature::too_large)
    text.filling.resize(limits_.channels.front().message_bytes + 1);
  link::send message{{1, 1}, urgency_of(what), shared_bytes{encode(text)}};
  if (message.payload.size() > limits_.channels.front().message_bytes)
    return errc::too_large;
  auto* core = links_.core(to);
  if (core == nullptr || core->has_ended())
    return errc::node_down;
  auto& box = boxes_[to];
  if (box.held + cost_of(message) > room_for(message))
    return errc::overloaded;
  box.held += cost_of(message);
  box.waiting.push_back(std::move(message));
  wake_();
  return errc::none;
}

std::size_t way::room_for(const link::send& message) const {
  auto room = limits_.channels.front().send_buffer_bytes;
  if (message.how == link::urgency::reserved)
    room += message.payload.size() > notice_bytes
                ? limits_.channels.front().send_reserve_bytes
                      - limits_.channels.front().send_reserve_bytes / notice_share
                : limits_.channels.front().send_reserve_bytes;
  return room;
}

void way::turn() {
  std::vector<std::pair<peer, std::vector<link::send>>> batches;
  for (auto& [to, box] : boxes_)
    batches.emplace_back(to, std::exchange(box.waiting, {}));
  for (auto& [to, messages] : batches)
    for (auto& message : messages)
      links_.apply(to, std::move(message));
  for (const auto& other : std::exchange(hopeless_, {}))
    links_.apply(other, link::abandon{});
}

void way::give_up(const peer& other) {
  hopeless_.insert(other);
  wake_();
}

std::vector<parcel> way::close(const peer& other) {
  std::vector<parcel> left;
  if (auto box = boxes_.extract(other))
    for (auto& message : box.mapped().waiting)
      left.push_back(decode(message.payload));
  return left;
}

bool way::empty() const {
  return std::ranges::all_of(boxes_, [](const auto& item) { return item.second.waiting.empty(); });
}

} // namespace chorus::testing::linked_calls
