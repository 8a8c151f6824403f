#include "tcp_proxy.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <fcntl.h>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace chorus::testing {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t buffered_at_most = 256 * 1024;

/// A file descriptor that is closed with its owner.
class descriptor {
public:
  explicit descriptor(int number = -1) : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0)
      close(number_);
  }

  int number() const noexcept { return number_; }

  void reset_when_closed() {
    linger now{1, 0};
    setsockopt(number_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

private:
  int number_;
};

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

sockaddr_in to_sockaddr(const address& where) {
  sockaddr_in converted{};
  converted.sin_family = AF_INET;
  converted.sin_port = htons(where.port);
  if (inet_pton(AF_INET, where.host.c_str(), &converted.sin_addr) != 1)
    give_up("the proxy's target is no IPv4 address");
  return converted;
}

descriptor make_socket() {
  descriptor made{socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (made.number() < 0)
    give_up("socket");
  return made;
}

/// One direction of one connection.
struct stream {
  struct piece {
    clock::time_point due;
    std::vector<char> bytes;
    std::size_t written = 0;
  };
  std::deque<piece> waiting;
  std::size_t bytes = 0;
  bool has_ended = false; ///< its source has closed; what is waiting is still passed on

  bool is_over() const { return has_ended && waiting.empty(); }
};

struct connection {
  descriptor near; ///< the connecting side
  descriptor far;  ///< the target
  stream forth;
  stream back;
  bool has_a_gap = false; ///< bytes were swallowed: never again a stream that anybody may read

  void reset_when_closed() {
    near.reset_when_closed();
    far.reset_when_closed();
  }
};

enum class mode { pass, refuse, stall, half_open };

} // namespace

class tcp_proxy::implementation {
public:
  explicit implementation(address target) : target_(std::move(target)), listener_(make_socket()) {
    auto any = to_sockaddr({"127.0.0.1", 0});
    socklen_t size = sizeof any;
    auto* place = reinterpret_cast<sockaddr*>(&any);
    if (bind(listener_.number(), place, size) != 0 || listen(listener_.number(), 128) != 0
        || getsockname(listener_.number(), place, &size) != 0)
      give_up("the proxy cannot listen");
    own_ = {"127.0.0.1", ntohs(any.sin_port)};
    wakes_ = descriptor{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    thread_ = std::thread{[this] { run(); }};
  }

  ~implementation() {
    change([this] { stopping_ = true; });
    thread_.join();
  }

  template <class Change>
  void change(Change&& what) {
    std::lock_guard guard{mutex_};
    what();
    std::uint64_t one = 1;
    [[maybe_unused]] auto written = write(wakes_.number(), &one, sizeof one);
  }

  void cut_all() {
    for (auto& each : connections_)
      each.reset_when_closed();
    connections_.clear();
  }

  address own_;
  std::mutex mutex_; ///< guards all that follows, held by the thread except while it waits
  address target_;
  mode mode_ = mode::pass;
  std::chrono::milliseconds delay_{0};
  std::size_t accepted_ = 0;
  std::size_t bytes_taken_ = 0;

private:
  void run() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
      std::vector<pollfd> wanted{{wakes_.number(), POLLIN, 0}, {listener_.number(), POLLIN, 0}};
      for (const auto& each : connections_) {
        wanted.push_back({each.near.number(), interest(each.forth, each.back), 0});
        wanted.push_back({each.far.number(), interest(each.back, each.forth), 0});
      }
      auto limit = time_to_wait();
      lock.unlock();
      poll(wanted.data(), wanted.size(), limit);
      lock.lock();
      std::uint64_t count = 0;
      [[maybe_unused]] auto taken = read(wakes_.number(), &count, sizeof count);
      accept_new();
      if (mode_ != mode::stall)
        connections_.remove_if([this](connection& each) { return !move_bytes(each); });
    }
  }

  /// Of the descriptor that feeds `in` and drains `out`.
  short interest(const stream& in, const stream& out) const {
    if (mode_ == mode::stall)
      return 0;
    short events = !in.has_ended && in.bytes < buffered_at_most ? POLLIN : 0;
    if (!out.waiting.empty() && out.waiting.front().due <= clock::now())
      events |= POLLOUT;
    return events;
  }

  int time_to_wait() const {
    std::optional<clock::time_point> first;
    for (const auto& each : connections_) {
      for (const auto* direction : {&each.forth, &each.back}) {
        if (!direction->waiting.empty() && (!first || direction->waiting.front().due < *first))
          first = direction->waiting.front().due;
      }
    }
    // What is due already waits for POLLOUT.
    if (!first || *first <= clock::now() || mode_ == mode::stall)
      return -1;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*first - clock::now()).count());
  }

  void accept_new() {
    while (true) {
      descriptor near{accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (near.number() < 0)
        return;
      ++accepted_;
      if (mode_ == mode::refuse || target_.port == 0) {
        near.reset_when_closed();
        continue;
      }
      auto far = make_socket();
      auto where = to_sockaddr(target_);
      if (connect(far.number(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0
          && errno != EINPROGRESS)
        continue;
      int on = 1;
      setsockopt(near.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      setsockopt(far.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_.push_back({std::move(near), std::move(far), {}, {}});
    }
  }

  /// False when one side has ended and the other has got everything of it.
  bool move_bytes(connection& each) {
    if (each.has_a_gap && mode_ != mode::half_open) {
      each.reset_when_closed();
      return false;
    }
    return take(each.near, each.forth, &each.has_a_gap) && take(each.far, each.back, nullptr)
           && pass_on(each.far, each.forth) && pass_on(each.near, each.back) && !each.forth.is_over()
           && !each.back.is_over();
  }

  /// `swallowed` is where to say so; null for the direction that always passes.
  bool take(const descriptor& from, stream& into, bool* swallowed) {
    while (!into.has_ended && into.bytes < buffered_at_most) {
      std::array<char, 16 * 1024> bytes;
      auto count = recv(from.number(), bytes.data(), bytes.size(), 0);
      if (count < 0)
        return errno == EAGAIN || errno == ENOTCONN;
      if (count == 0) {
        into.has_ended = true;
        break;
      }
      auto size = static_cast<std::size_t>(count);
      if (swallowed != nullptr)
        bytes_taken_ += size;
      if (swallowed != nullptr && mode_ == mode::half_open) {
        *swallowed = true;
        continue;
      }
      into.bytes += size;
      into.waiting.push_back({clock::now() + delay_, {bytes.begin(), bytes.begin() + count}});
    }
    return true;
  }

  bool pass_on(const descriptor& to, stream& from) {
    while (!from.waiting.empty() && from.waiting.front().due <= clock::now()) {
      auto& piece = from.waiting.front();
      auto left = piece.bytes.size() - piece.written;
      auto count = ::send(to.number(), piece.bytes.data() + piece.written, left, MSG_NOSIGNAL);
      if (count < 0)
        return errno == EAGAIN || errno == ENOTCONN;
      piece.written += static_cast<std::size_t>(count);
      from.bytes -= static_cast<std::size_t>(count);
      if (piece.written == piece.bytes.size())
        from.waiting.pop_front();
    }
    return true;
  }

  descriptor listener_;
  descriptor wakes_;
  bool stopping_ = false;
  std::list<connection> connections_;
  std::thread thread_;
};

tcp_proxy::tcp_proxy(address target) : content_(std::make_unique<implementation>(std::move(target))) {}

tcp_proxy::~tcp_proxy() = default;

const address& tcp_proxy::listening_on() const noexcept {
  return content_->own_;
}

void tcp_proxy::lead_to(address target) {
  content_->change([&] { content_->target_ = std::move(target); });
}

void tcp_proxy::cut() {
  content_->change([&] { content_->cut_all(); });
}

void tcp_proxy::refuse() {
  content_->change([&] {
    content_->mode_ = mode::refuse;
    content_->cut_all();
  });
}

void tcp_proxy::stall() {
  content_->change([&] { content_->mode_ = mode::stall; });
}

void tcp_proxy::half_open() {
  content_->change([&] { content_->mode_ = mode::half_open; });
}

void tcp_proxy::delay(std::chrono::milliseconds each) {
  content_->change([&] {
    content_->mode_ = mode::pass;
    content_->delay_ = each;
  });
}

void tcp_proxy::heal() {
  delay(std::chrono::milliseconds{0});
}

std::size_t tcp_proxy::accepted() const {
  std::lock_guard guard{content_->mutex_};
  return content_->accepted_;
}

std::size_t tcp_proxy::bytes_taken() const {
  std::lock_guard guard{content_->mutex_};
  return content_->bytes_taken_;
}

} // namespace chorus::testing
