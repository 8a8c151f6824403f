#include "seed_connections.hpp"

#include "host.hpp"
#include "io_loop.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

/// One address of a seed.
struct seed_connections::target {
  address contact; ///< the seed's
  peer self;
  address where;
  std::unique_ptr<lane> datagrams; ///< null until its turn comes
  poll_set::watch watch_datagrams;
  time_point opened_at; ///< the lane, last
  std::optional<wire_message> waiting;
  time_point waiting_since;
  bool was_written = false; ///< since the resolver's last answer

  bool wants_lane() const { return waiting && !datagrams; }
  time_point overdue_at() const { return waiting_since + (datagrams ? waits_at_most : waits_for_turn); }
};

struct seed_connections::seed {
  peer self;
  address where;
  std::map<std::string, std::shared_ptr<target>> targets; ///< by host
  std::optional<wire_message> waiting;                    ///< for the first answer of the resolver
  bool resolving = false;
  std::optional<time_point> resolved_at;
  time_point used_at;
};

seed_connections::seed_connections(
    connection_environment& environment,
    receiver received,
    counter sent,
    std::function<void(std::shared_ptr<void>)> dispose
)
    : environment_(environment), received_(std::move(received)), sent_(std::move(sent)),
      dispose_(std::move(dispose)) {}

seed_connections::~seed_connections() = default;

void seed_connections::send(const peer& self, const address& where, wire_message datagram) {
  auto& to = find_or_make(self, where);
  to.used_at = steady_now();
  for (auto& [host, each] : to.targets)
    write(*each, datagram);
  if (to.targets.empty()) {
    drop_waiting(to.waiting);
    to.waiting = std::move(datagram);
  }
  if (!to.resolving && (!to.resolved_at || to.used_at - *to.resolved_at >= resolved_for))
    resolve(to);
}

void seed_connections::clear() {
  for (auto& [where, each] : seeds_) {
    drop_waiting(each->waiting);
    for (auto& [host, to] : each->targets)
      drop_waiting(to->waiting);
  }
  seeds_.clear(); // at once: sockets end before their context
}

std::optional<time_point> seed_connections::deadline() const {
  auto first = next_turn();
  for (const auto& [where, each] : seeds_) {
    first = earliest(first, each->used_at + kept_for);
    for (const auto& [host, to] : each->targets) {
      if (to->waiting)
        first = earliest(first, to->overdue_at());
    }
  }
  return first;
}

void seed_connections::tick(time_point now) {
  drop_overdue(now);
  give_turns(now);
  close_unused(now);
}

seed_connections::seed& seed_connections::find_or_make(const peer& self, const address& where) {
  if (auto known = seeds_.find(where); known != seeds_.end())
    return *known->second;
  if (seeds_.size() >= names_limit) {
    auto oldest = std::min_element(seeds_.begin(), seeds_.end(), [](const auto& left, const auto& right) {
      return left.second->used_at < right.second->used_at;
    });
    forget(oldest->second);
    seeds_.erase(oldest);
  }
  auto fresh = std::make_shared<seed>();
  fresh->self = self;
  fresh->where = where;
  return *seeds_.emplace(where, std::move(fresh)).first->second;
}

void seed_connections::resolve(seed& what) {
  what.resolving = true;
  environment_.names.resolve(
      what.where.host,
      [this, where = what.where, asked = &what](const result<std::vector<std::string>>& hosts) {
        // It may have been closed meanwhile, and even be another one by now.
        auto known = seeds_.find(where);
        if (known != seeds_.end() && known->second.get() == asked)
          resolved(*known->second, hosts);
      }
  );
}

void seed_connections::resolved(seed& what, const result<std::vector<std::string>>& hosts) {
  what.resolving = false;
  if (!hosts || hosts->empty())
    return drop_waiting(what.waiting);
  what.resolved_at = steady_now();
  std::map<std::string, std::shared_ptr<target>> targets;
  for (const auto& host : *hosts) {
    if (targets.size() >= addresses_limit)
      break;
    targets.emplace(host, keep_or_make(what, host));
  }
  for (auto& [host, gone] : what.targets)
    drop_waiting(gone->waiting);
  what.targets = std::move(targets);
  if (auto first = std::exchange(what.waiting, std::nullopt)) {
    for (auto& [host, each] : what.targets)
      write(*each, *first);
  }
}

std::shared_ptr<seed_connections::target>
seed_connections::keep_or_make(seed& what, const std::string& host) {
  if (auto known = what.targets.extract(host)) {
    auto& to = *known.mapped();
    // A lane that could not be written all the time may be one that ZeroMQ has given up.
    if (!std::exchange(to.was_written, false) && steady_now() - to.opened_at >= turn)
      close(to);
    return known.mapped();
  }
  auto fresh = std::make_shared<target>();
  fresh->contact = what.where;
  fresh->self = what.self;
  fresh->where = {host, what.where.port};
  return fresh;
}

void seed_connections::forget(const std::shared_ptr<seed>& gone) {
  drop_waiting(gone->waiting);
  for (auto& [host, each] : gone->targets)
    drop_waiting(each->waiting);
  dispose_(gone);
}

void seed_connections::write(target& to, const wire_message& datagram) {
  to.watch_datagrams.look_again();
  if (to.datagrams && to.datagrams->send(datagram)) {
    to.was_written = true;
    sent_(true);
    return drop_waiting(to.waiting);
  }
  drop_waiting(to.waiting);
  to.waiting = datagram;
  to.waiting_since = steady_now();
}

void seed_connections::drop_waiting(std::optional<wire_message>& datagram) {
  if (std::exchange(datagram, std::nullopt))
    sent_(false);
}

void seed_connections::drop_overdue(time_point now) {
  for (auto& [where, each] : seeds_) {
    for (auto& [host, to] : each->targets) {
      if (to->waiting && to->overdue_at() <= now)
        drop_waiting(to->waiting);
    }
  }
}

void seed_connections::close_unused(time_point now) {
  std::erase_if(seeds_, [&](const auto& entry) {
    if (now - entry.second->used_at < kept_for)
      return false;
    forget(entry.second);
    return true;
  });
}

// -- turns -------------------------------------------------------------------------------------------

void seed_connections::give_turns(time_point now) {
  if (make_again_at_ && now < *make_again_at_)
    return;
  make_again_at_.reset();
  while (auto* next = first_without_lane()) {
    if (!environment_.descriptors.has_room_for_contact()) {
      auto* first = first_opened();
      if (first == nullptr || now - first->opened_at < turn)
        return;
      close(*first);
    }
    if (!open(*next, now)) {
      make_again_at_ = now + made_again_after;
      return;
    }
  }
}

std::optional<time_point> seed_connections::next_turn() const {
  if (first_without_lane() == nullptr)
    return std::nullopt;
  if (make_again_at_)
    return make_again_at_;
  if (environment_.descriptors.has_room_for_contact())
    return time_point{}; // at once
  const auto* first = first_opened();
  return first == nullptr ? std::nullopt : std::optional{first->opened_at + turn};
}

/// Of those that want a lane, the one that has had none for longest.
seed_connections::target* seed_connections::first_without_lane() const {
  target* first = nullptr;
  for (const auto& [where, each] : seeds_) {
    for (const auto& [host, to] : each->targets) {
      if (to->wants_lane() && (first == nullptr || to->opened_at < first->opened_at))
        first = to.get();
    }
  }
  return first;
}

seed_connections::target* seed_connections::first_opened() const {
  target* first = nullptr;
  for (const auto& [where, each] : seeds_) {
    for (const auto& [host, to] : each->targets) {
      if (to->datagrams && (first == nullptr || to->opened_at < first->opened_at))
        first = to.get();
    }
  }
  return first;
}

bool seed_connections::open(target& to, time_point now) {
  auto opened = environment_.open([&] {
    to.datagrams = environment_.make_contact_lane(to.self, endpoint_of(to.where));
    to.watch_datagrams =
        environment_.sockets.add(to.datagrams->socket(), [this, &to] { return take_messages(to); });
  });
  if (!opened) {
    close(to);
    return false;
  }
  to.opened_at = now;
  to.waiting_since = now;
  return true;
}

/// Not while one of its messages is taken.
void seed_connections::close(target& to) {
  to.watch_datagrams.end();
  to.datagrams.reset();
}

bool seed_connections::take_messages(target& from) {
  if (from.waiting && (from.datagrams->ready() & ZMQ_POLLOUT) != 0)
    write(from, *std::exchange(from.waiting, std::nullopt));
  const auto where = to_string(from.where);
  for (std::size_t i = 0; i < lane::messages_per_turn; ++i) {
    auto message = from.datagrams->receive();
    if (!message)
      return from.waiting && (from.datagrams->ready() & (ZMQ_POLLIN | ZMQ_POLLOUT)) != 0;
    received_(from.contact, where, std::move(*message));
  }
  return true;
}

} // namespace chorus
