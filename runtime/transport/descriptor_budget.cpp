#include "descriptor_budget.hpp"

#include <algorithm>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>

namespace chorus {

namespace {

/// The system gives the lowest number that is free. Who holds more than these has a limit far above.
constexpr std::size_t numbers_looked_at = 4096;

constexpr std::size_t without_limit = std::size_t{1} << 20;

std::size_t share_of_application(std::size_t limit) {
  return std::max(limit / descriptor_budget::application_part, descriptor_budget::application_least);
}

std::size_t difference(std::size_t all, std::size_t part) {
  return all - std::min(all, part);
}

} // namespace

descriptor_usage descriptor_usage::measure() {
  descriptor_usage process;
  rlimit allowed{};
  process.limit = getrlimit(RLIMIT_NOFILE, &allowed) != 0 || allowed.rlim_cur == RLIM_INFINITY
                      ? without_limit
                      : static_cast<std::size_t>(allowed.rlim_cur);
  auto last = static_cast<int>(std::min(process.limit, numbers_looked_at));
  for (int number = 0; number < last; ++number)
    process.in_use += fcntl(number, F_GETFD) >= 0 ? 1 : 0;
  return process;
}

descriptor_budget::parts descriptor_budget::share_out(const descriptor_usage& process) {
  auto all = difference(process.limit, process.in_use + own + share_of_application(process.limit));
  auto unknown = std::min(all, std::max(all / unknown_part, unknown_least));
  auto attempts = unknown / 3;
  return {unknown - attempts, attempts, all - unknown};
}

/// The smallest limit that leaves `room` for connections of members.
std::size_t descriptor_budget::limit_with(std::size_t room, std::size_t in_use) {
  auto limit = in_use + own + room;
  while (share_out({limit, in_use}).room < room)
    ++limit;
  return limit;
}

result<descriptor_budget> descriptor_budget::open(const descriptor_usage& process, std::size_t connections) {
  auto all = share_out(process);
  if (all.room < least_peers * of_peer) {
    auto needed = limit_with(least_peers * of_peer, process.in_use);
    return error{
        errc::io,
        "this process may have " + std::to_string(process.limit) + " file descriptors and uses "
            + std::to_string(process.in_use) + "; a node needs a limit of at least " + std::to_string(needed)
            + ", which is enough for " + std::to_string(least_peers) + " other nodes, and "
            + std::to_string(limit_of_peer)
            + " more for each further one: raise it (ulimit -n, or LimitNOFILE= of a service)"};
  }
  return descriptor_budget{process, all, connections};
}

descriptor_budget::descriptor_budget(
    const descriptor_usage& process, const parts& all, std::size_t connections
)
    : process_(process), parts_(all),
      connections_limit_(std::clamp<std::size_t>(connections, 1, all.room / 2)) {}

std::size_t descriptor_budget::limit_for(std::size_t peers) const noexcept {
  return limit_with(peers * of_peer, process_.in_use);
}

std::size_t descriptor_budget::room_for_lanes() const noexcept {
  return parts_.room - std::min(connections_, connections_limit_);
}

std::size_t descriptor_budget::room_for_message_lanes() const noexcept {
  auto room = room_for_lanes();
  return room - room / 4;
}

std::optional<descriptor_budget::lease> descriptor_budget::take_for_messages() {
  auto all = messages_ + datagrams_ + of_message_lane;
  if (all <= room_for_lanes() && messages_ + of_message_lane <= room_for_message_lanes())
    return lease{messages_, of_message_lane};
  refused_messages_ += of_message_lane;
  return std::nullopt;
}

std::optional<descriptor_budget::lease> descriptor_budget::take_for_datagrams() {
  if (messages_ + datagrams_ + of_datagram_lane <= room_for_lanes())
    return lease{datagrams_, of_datagram_lane};
  refused_datagrams_ += of_datagram_lane;
  return std::nullopt;
}

bool descriptor_budget::has_room_for_contact() const noexcept {
  return contacts_ + of_datagram_lane <= parts_.contacts;
}

std::optional<descriptor_budget::lease> descriptor_budget::take_for_contact() {
  if (has_room_for_contact())
    return lease{contacts_, of_datagram_lane};
  return std::nullopt;
}

std::optional<descriptor_budget::lease> descriptor_budget::take_for_attempt() {
  if (attempts_ < parts_.attempts)
    return lease{attempts_, 1};
  return std::nullopt;
}

descriptor_budget::shortage descriptor_budget::take_shortage() {
  auto messages = messages_ + std::exchange(refused_messages_, 0);
  auto all = messages + datagrams_ + std::exchange(refused_datagrams_, 0);
  return {
      std::min(difference(all, room_for_lanes()), largest_shortage),
      std::min(difference(messages, room_for_message_lanes()), largest_shortage)};
}

} // namespace chorus
