#include "connection_attempts.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace chorus {

namespace {

constexpr int events_per_turn = 64;

/// With which every connection of ZeroMQ begins: 0xFF, eight bytes, 0x7F.
constexpr std::size_t signature_bytes = 10;

/// Of several addresses of a name, one that is refused says less than one without an answer: somebody may be
/// there.
int rank(connection_outcome how) {
  switch (how) {
  case connection_outcome::open:
    return 5;
  case connection_outcome::foreign:
    return 4;
  case connection_outcome::silent:
    return 3;
  case connection_outcome::no_answer:
    return 2;
  case connection_outcome::refused:
    return 1;
  case connection_outcome::unknown_host:
    return 0;
  }
  return 0;
}

/// Where a port is free, the system may choose it for this end as well, and TCP connects a socket with
/// itself. Nobody listens there.
bool is_connected_with_itself(int socket) {
  sockaddr_storage here{};
  sockaddr_storage there{};
  socklen_t size_here = sizeof here;
  socklen_t size_there = sizeof there;
  return getsockname(socket, reinterpret_cast<sockaddr*>(&here), &size_here) == 0
         && getpeername(socket, reinterpret_cast<sockaddr*>(&there), &size_there) == 0
         && size_here == size_there && std::memcmp(&here, &there, size_here) == 0;
}

connection_outcome outcome_of(int code) {
  return code == ECONNREFUSED ? connection_outcome::refused : connection_outcome::no_answer;
}

/// Begins to connect; the error's number if that has failed already.
int begin(int socket, const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return EINVAL;
  auto rc = connect(socket, found->ai_addr, found->ai_addrlen);
  auto code = rc == 0 || errno == EINPROGRESS ? 0 : errno;
  freeaddrinfo(found);
  return code;
}

int family_of(const std::string& host) {
  return host.find(':') == std::string::npos ? AF_INET : AF_INET6;
}

} // namespace

/// One address of a name.
struct connection_attempts::attempt {
  attempt(int family, descriptor_budget::lease taken)
      : room(std::move(taken)), socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    // Closed at once, without a farewell that the other side would have to answer.
    linger at_once{1, 0};
    setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

  /// `best` of all addresses is the one that says most.
  void end(std::optional<connection_outcome>& best, connection_outcome how) {
    socket.close();
    room = {};
    if (!best || rank(how) > rank(*best))
      best = how;
  }

  /// Whoever speaks ZeroMQ says so at once (ZMTP 3.1, section 2: the signature).
  void read_greeting(std::optional<connection_outcome>& best) {
    char bytes[signature_bytes];
    auto count = recv(socket.number(), bytes, signature_bytes - greeting.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    greeting.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count <= 0 || greeting.front() != '\xff')
      return end(best, connection_outcome::foreign);
    if (greeting.size() == signature_bytes)
      end(best, greeting.back() == '\x7f' ? connection_outcome::open : connection_outcome::foreign);
  }

  descriptor_budget::lease room; ///< ends after the socket
  descriptor socket;
  std::uint64_t number = 0;  ///< of the question
  bool is_connected = false; ///< and waits for a greeting
  std::string greeting;
};

struct connection_attempts::question {
  answer done;
  goal what = goal::connection;
  time_point until;
  std::uint16_t port = 0;
  std::vector<std::string> hosts;                 ///< in digits
  std::vector<std::unique_ptr<attempt>> attempts; ///< at the first of them; the others wait
  std::optional<connection_outcome> best;         ///< of those that have ended
};

connection_attempts::connection_attempts(
    resolver& names, poll_set& sockets, descriptor_budget& descriptors, post_function post, duration within
)
    : names_(names), descriptors_(descriptors), post_(std::move(post)), within_(within),
      events_(descriptor::required(epoll_create1(EPOLL_CLOEXEC))),
      handle_(std::make_shared<connection_attempts*>(this)) {
  watch_events_ = sockets.add(events_.number(), [this] {
    take_events();
    return false;
  });
}

connection_attempts::~connection_attempts() = default;

void connection_attempts::ask(const address& where, goal what, answer done) {
  if (open_.size() >= questions_limit)
    return post_([done = std::move(done)] { done(connection_outcome::no_answer); });
  auto which = ++last_;
  auto& fresh = *open_.emplace(which, std::make_unique<question>()).first->second;
  fresh.done = std::move(done);
  fresh.what = what;
  fresh.until = steady_now() + within_;
  fresh.port = where.port;
  names_.resolve(
      where.host,
      [handle = std::weak_ptr{handle_}, which](const result<std::vector<std::string>>& hosts) {
        if (auto alive = handle.lock())
          (*alive)->resolved(which, hosts);
      }
  );
}

void connection_attempts::clear() {
  open_.clear();
}

std::optional<time_point> connection_attempts::deadline() const {
  std::optional<time_point> first;
  for (const auto& [which, each] : open_)
    first = earliest(first, each->until);
  return first;
}

void connection_attempts::tick(time_point now) {
  std::vector<std::uint64_t> overdue;
  for (const auto& [which, each] : open_) {
    if (each->until <= now)
      overdue.push_back(which);
  }
  for (auto which : overdue) {
    auto& asked = *open_.at(which);
    for (auto& each : asked.attempts)
      if (each->socket)
        each->end(
            asked.best, each->is_connected ? connection_outcome::silent : connection_outcome::no_answer
        );
    finish(which, asked.best.value_or(connection_outcome::no_answer));
  }
  connect_waiting();
}

void connection_attempts::resolved(std::uint64_t which, const result<std::vector<std::string>>& hosts) {
  auto known = open_.find(which);
  if (known == open_.end())
    return;
  if (!hosts || hosts->empty())
    return finish(which, connection_outcome::unknown_host);
  auto& asked = *known->second;
  asked.hosts = *hosts;
  asked.hosts.resize(std::min(asked.hosts.size(), addresses_limit));
  connect_waiting();
}

/// As far as there is room. Whoever is told of an outcome may ask again meanwhile.
void connection_attempts::connect_waiting() {
  for (auto entry = open_.begin(); entry != open_.end();) {
    const auto which = entry->first;
    auto& asked = *entry->second;
    while (asked.attempts.size() < asked.hosts.size()) {
      if (!connect_next(which, asked))
        return;
    }
    if (!asked.hosts.empty())
      finish_if_over(which, asked);
    entry = open_.upper_bound(which);
  }
}

/// False if there is no room.
bool connection_attempts::connect_next(std::uint64_t which, question& asked) {
  auto taken = descriptors_.take_for_attempt();
  if (!taken)
    return false;
  const auto& host = asked.hosts[asked.attempts.size()];
  auto fresh = std::make_unique<attempt>(family_of(host), std::move(*taken));
  fresh->number = which;
  auto code = fresh->socket ? begin(fresh->socket.number(), host, asked.port) : errno;
  epoll_event wanted{};
  wanted.events = EPOLLOUT;
  wanted.data.u64 = which;
  if (code == 0 && epoll_ctl(events_.number(), EPOLL_CTL_ADD, fresh->socket.number(), &wanted) != 0)
    code = errno;
  if (code != 0)
    fresh->end(asked.best, outcome_of(code));
  asked.attempts.push_back(std::move(fresh));
  return true;
}

void connection_attempts::take_events() {
  epoll_event ready[events_per_turn];
  auto count = epoll_wait(events_.number(), ready, events_per_turn, 0);
  for (int i = 0; i < count; ++i)
    look_at(ready[i].data.u64);
  connect_waiting();
}

/// Some of its attempts have come further.
void connection_attempts::look_at(std::uint64_t which) {
  auto known = open_.find(which);
  if (known == open_.end())
    return;
  auto& asked = *known->second;
  for (auto& each : asked.attempts) {
    pollfd state{each->socket.number(), static_cast<short>(each->is_connected ? POLLIN : POLLOUT), 0};
    if (each->socket && poll(&state, 1, 0) > 0)
      look_at(asked, *each);
  }
  finish_if_over(which, asked);
}

void connection_attempts::look_at(question& asked, attempt& each) const {
  if (each.is_connected)
    return each.read_greeting(asked.best);
  int code = 0;
  socklen_t size = sizeof code;
  getsockopt(each.socket.number(), SOL_SOCKET, SO_ERROR, &code, &size);
  if (code == 0 && is_connected_with_itself(each.socket.number()))
    code = ECONNREFUSED;
  if (code != 0)
    return each.end(asked.best, outcome_of(code));
  if (asked.what == goal::connection)
    return each.end(asked.best, connection_outcome::open);
  each.is_connected = true;
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u64 = each.number;
  epoll_ctl(events_.number(), EPOLL_CTL_MOD, each.socket.number(), &wanted);
}

void connection_attempts::finish_if_over(std::uint64_t which, const question& asked) {
  auto is_under_way = [](const auto& each) { return static_cast<bool>(each->socket); };
  auto is_over =
      asked.attempts.size() == asked.hosts.size() && std::ranges::none_of(asked.attempts, is_under_way);
  if (asked.best == connection_outcome::open || is_over)
    finish(which, asked.best.value_or(connection_outcome::no_answer));
}

void connection_attempts::finish(std::uint64_t which, connection_outcome how) {
  auto known = open_.find(which);
  auto done = std::move(known->second->done);
  open_.erase(known); // first: whoever is told may ask again
  done(how);
}

} // namespace chorus
