#include "open_requests.hpp"

#include <utility>

namespace chorus {

namespace {

handles::request_key key_of(std::uint64_t sender, caf::message_id id) noexcept {
  return {sender, id.integer_value() & caf::message_id::request_id_mask};
}

} // namespace

std::optional<open_requests::request>
open_requests::add(const place& to, const caf::strong_actor_ptr& sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  return living(table_.add(key_of(sender->id(), id), {caf::weak_actor_ptr{sender.get()}, id}, to));
}

bool open_requests::close(std::uint64_t sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  return table_.take(key_of(sender, id)).has_value();
}

std::optional<open_requests::request> open_requests::take(std::uint64_t sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  auto taken = table_.take(key_of(sender, id));
  return taken ? std::optional{strong(*taken)} : std::nullopt;
}

std::optional<open_requests::request>
open_requests::move(std::uint64_t sender, caf::message_id id, relation_number from, const place& to) {
  std::lock_guard guard{mutex_};
  return living(table_.move(key_of(sender, id), from, to));
}

std::vector<open_requests::request> open_requests::end(const place& ended) {
  std::lock_guard guard{mutex_};
  return living(table_.end(ended));
}

std::vector<open_requests::request> open_requests::cut(relation_number via, const peer& to) {
  std::lock_guard guard{mutex_};
  return living(table_.cut(via, to));
}

bool open_requests::empty() {
  std::lock_guard guard{mutex_};
  return table_.empty();
}

void open_requests::forget(std::uint64_t sender) {
  std::lock_guard guard{mutex_};
  table_.forget(sender);
}

std::optional<open_requests::request> open_requests::living(const std::optional<open_request>& found) {
  auto one = found ? strong(*found) : request{};
  return one.sender ? std::optional{std::move(one)} : std::nullopt;
}

std::vector<open_requests::request> open_requests::living(const std::vector<open_request>& found) {
  std::vector<request> all;
  for (auto& each : found)
    if (auto one = strong(each); one.sender)
      all.push_back(std::move(one));
  return all;
}

} // namespace chorus
