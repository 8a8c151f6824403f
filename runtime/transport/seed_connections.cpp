#include "seed_connections.hpp"

#include "host.hpp"
#include "io_loop.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

/// One address of a seed.
struct seed_connections::target {
  address contact; ///< the seed's
  std::string where;
  std::unique_ptr<lane> datagrams;
  poll_set::watch watch_datagrams;
  std::optional<wire_message> waiting;
  bool was_written = false; ///< since the resolver's last answer
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
  if (to.targets.empty())
    to.waiting = std::move(datagram);
  if (!to.resolving && (!to.resolved_at || to.used_at - *to.resolved_at >= resolved_for))
    resolve(to);
}

std::optional<time_point> seed_connections::deadline() const {
  std::optional<time_point> first;
  for (const auto& [where, each] : seeds_) {
    auto waits = std::any_of(each->targets.begin(), each->targets.end(), [](const auto& entry) {
      return entry.second->waiting.has_value();
    });
    first = earliest(first, each->used_at + (waits ? duration{waits_at_most} : duration{kept_for}));
  }
  return first;
}

void seed_connections::tick(time_point now) {
  for (auto entry = seeds_.begin(); entry != seeds_.end();) {
    auto& [where, each] = *entry;
    if (now - each->used_at >= waits_at_most) {
      for (auto& [host, to] : each->targets) {
        if (std::exchange(to->waiting, std::nullopt))
          sent_(false);
      }
    }
    if (now - each->used_at < kept_for) {
      ++entry;
      continue;
    }
    dispose_(each);
    entry = seeds_.erase(entry);
  }
}

seed_connections::seed& seed_connections::find_or_make(const peer& self, const address& where) {
  if (auto known = seeds_.find(where); known != seeds_.end())
    return *known->second;
  if (seeds_.size() >= names_limit) {
    auto oldest = std::min_element(seeds_.begin(), seeds_.end(), [](const auto& left, const auto& right) {
      return left.second->used_at < right.second->used_at;
    });
    dispose_(oldest->second);
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
  if (!hosts) {
    if (std::exchange(what.waiting, std::nullopt))
      sent_(false);
    return;
  }
  what.resolved_at = steady_now();
  std::map<std::string, std::shared_ptr<target>> targets;
  for (const auto& host : *hosts) {
    if (targets.size() >= addresses_limit)
      break;
    if (auto to = keep_or_make(what, host))
      targets.emplace(host, std::move(to));
  }
  for (auto& [host, gone] : what.targets)
    dispose_(gone);
  what.targets = std::move(targets);
  what.waiting.reset();
  // There was no room: whoever sends the next one asks again.
  if (what.targets.empty())
    what.resolved_at.reset();
}

/// Null if no lane can be made now: the next answer of the resolver tries again.
std::shared_ptr<seed_connections::target>
seed_connections::keep_or_make(seed& what, const std::string& host) {
  auto waiting = what.waiting;
  if (auto known = what.targets.extract(host)) {
    auto& former = known.mapped();
    // A lane that could not be written all the time may be one that ZeroMQ has given up.
    if (std::exchange(former->was_written, false))
      return former;
    waiting = std::exchange(former->waiting, std::nullopt);
    dispose_(former);
  }
  auto fresh = std::make_shared<target>();
  address where{host, what.where.port};
  fresh->contact = what.where;
  fresh->where = to_string(where);
  fresh->waiting = std::move(waiting);
  auto opened = environment_.open([&] {
    fresh->datagrams = environment_.make_lane(lane::kind::datagrams, what.self, endpoint_of(where));
    fresh->watch_datagrams = environment_.sockets.add(fresh->datagrams->socket(), [this, to = fresh.get()] {
      return take_messages(*to);
    });
  });
  return opened ? fresh : nullptr;
}

void seed_connections::write(target& to, const wire_message& datagram) {
  to.watch_datagrams.look_again();
  if (to.datagrams->send(datagram)) {
    to.waiting.reset();
    to.was_written = true;
    sent_(true);
    return;
  }
  if (to.waiting)
    sent_(false);
  to.waiting = datagram;
}

bool seed_connections::take_messages(target& from) {
  if (from.waiting && (from.datagrams->ready() & ZMQ_POLLOUT) != 0)
    write(from, *std::exchange(from.waiting, std::nullopt));
  for (std::size_t i = 0; i < lane::messages_per_turn; ++i) {
    auto message = from.datagrams->receive();
    if (!message)
      return from.waiting && (from.datagrams->ready() & (ZMQ_POLLIN | ZMQ_POLLOUT)) != 0;
    received_(from.contact, from.where, std::move(*message));
  }
  return true;
}

} // namespace chorus
