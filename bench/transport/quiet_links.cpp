/// What a link costs over which nothing is said: the processor time of one transport with few and with many
/// quiet links. The other ends are bare transports in another process.

#include <chorus/runtime/transport/transport.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace chorus;
using namespace std::chrono_literals;

constexpr std::size_t few = 4;
constexpr std::size_t many = 200;

/// The node has something to do that concerns no link, as every node has: a timer.
constexpr duration timer_every = 10ms;

constexpr std::uint64_t measured_node = 1;

peer life(std::uint64_t number) {
  return {{number, 1}, {1}};
}

address at(std::uint16_t port) {
  return {"127.0.0.1", port};
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "quiet_links: %s\n", what);
  std::exit(1);
}

void write_all(int pipe, const std::vector<std::uint16_t>& ports) {
  auto bytes = ports.size() * sizeof(std::uint16_t);
  if (write(pipe, ports.data(), bytes) != static_cast<ssize_t>(bytes))
    fail("cannot tell the ports");
}

std::vector<std::uint16_t> read_all(int pipe, std::size_t count) {
  std::vector<std::uint16_t> ports(count);
  auto bytes = count * sizeof(std::uint16_t);
  for (std::size_t taken = 0; taken < bytes;) {
    auto more = read(pipe, reinterpret_cast<char*>(ports.data()) + taken, bytes - taken);
    if (more <= 0)
      fail("the other process has ended");
    taken += static_cast<std::size_t>(more);
  }
  return ports;
}

/// A transport that counts which of its links are open.
class bare_node : private transport_events {
public:
  explicit bare_node(std::uint64_t number) {
    transport_options options;
    options.cluster = "quiet";
    options.self = life(number);
    options.listen = at(0);
    options.links_kept_open = 256;
    auto opened = transport::open(std::move(options), *this);
    if (!opened)
      fail(opened.failure().what.c_str());
    net = std::move(*opened);
    if (net->start())
      fail("cannot start a transport");
  }

  std::uint16_t port() const { return net->listening_on().port; }

  void connect(std::uint64_t number, std::uint16_t where) {
    net->post([this, number, where] { net->add_peer(life(number), at(where), relation_number{++relations_}); }
    );
  }

  /// Uses both lanes of the link once, so that both are open.
  void speak(std::uint64_t number) {
    net->post([this, number] {
      net->outbox_of(life(number))->send({{1, 1}, {}, shared_bytes{byte_buffer(32)}});
      net->send_datagram(life(number), byte_buffer(32));
    });
  }

  std::atomic<std::size_t> established = 0;
  std::atomic<std::size_t> heard = 0;
  std::atomic<bool> is_ending = false;
  std::unique_ptr<transport> net;

private:
  void link_established(const peer&) override { ++established; }
  void message_delivered(const peer& from, link::delivered message) override {
    ++heard;
    net->outbox_of(from)->consumed(message.cost);
  }
  void message_refused(const peer&, link::refused) override { fail("a message was refused"); }
  void link_closed(const peer&, const link::closed&) override {
    if (!is_ending)
      fail("a link has ended");
  }
  void datagram_received(const peer&, shared_bytes) override { ++heard; }
  void stranger_met(const std::string&, const error& reason) override { fail(reason.what.c_str()); }

  std::uint64_t relations_ = 0;
};

/// The other process: answers nothing but what the protocol asks for, until `node` is closed.
[[noreturn]] void be_peers(std::size_t count, int node, int tell) {
  std::vector<std::unique_ptr<bare_node>> peers;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(std::make_unique<bare_node>(measured_node + 1 + i));
    ports.push_back(peers.back()->port());
  }
  write_all(tell, ports);
  auto port = read_all(node, 1).front();
  for (auto& each : peers)
    each->connect(measured_node, port);
  char end = 0;
  while (read(node, &end, 1) > 0) {
  }
  _exit(0);
}

template <class Condition>
void await(const char* what, Condition&& holds) {
  for (auto left = 60s; !holds(); left -= 1s) {
    if (left == 0s)
      fail(what);
    std::this_thread::sleep_for(1s);
  }
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void tick(transport& net, std::uint64_t& ticks) {
  net.arm(1, net.now() + timer_every, [&] {
    ++ticks;
    tick(net, ticks);
  });
}

/// Processor seconds of the process with one transport and that many quiet links.
double measure(std::size_t links, std::chrono::seconds time) {
  std::array<int, 2> to_peers{};
  std::array<int, 2> from_peers{};
  if (pipe(to_peers.data()) != 0 || pipe(from_peers.data()) != 0)
    fail("no pipe");
  auto child = fork();
  if (child < 0)
    fail("no process");
  if (child == 0) {
    close(to_peers[1]);
    be_peers(links, to_peers[0], from_peers[1]);
  }
  close(to_peers[0]);
  close(from_peers[1]);
  auto ports = read_all(from_peers[0], links);
  double used = 0;
  {
    std::uint64_t ticks = 0; // of the I/O thread; ends after it
    bare_node node{measured_node};
    write_all(to_peers[1], {node.port()});
    for (std::size_t i = 0; i < links; ++i)
      node.connect(measured_node + 1 + i, ports[i]);
    await("the links do not come about", [&] { return node.established == links; });
    for (std::size_t i = 0; i < links; ++i)
      node.speak(measured_node + 1 + i);
    node.net->post([&] { tick(*node.net, ticks); });
    // Quiet: the last acknowledgement is through.
    for (auto before = node.net->counters();;) {
      std::this_thread::sleep_for(1s);
      auto now = node.net->counters();
      if (now.links_looked_at == before.links_looked_at && now.frames_received == before.frames_received
          && now.frames_sent == before.frames_sent)
        break;
      before = now;
    }
    auto before = node.net->counters();
    auto used_before = processor_seconds();
    std::this_thread::sleep_for(time);
    used = processor_seconds() - used_before;
    auto after = node.net->counters();
    auto turns = after.turns - before.turns;
    std::printf(
        "links=%zu seconds=%lld processor_ms=%.2f turns=%llu links_looked_at=%llu frames=%llu "
        "microseconds_per_turn=%.2f\n",
        links,
        static_cast<long long>(time.count()),
        used * 1e3,
        static_cast<unsigned long long>(turns),
        static_cast<unsigned long long>(after.links_looked_at - before.links_looked_at),
        static_cast<unsigned long long>(
            after.frames_sent + after.frames_received - before.frames_sent - before.frames_received
        ),
        used * 1e6 / static_cast<double>(turns)
    );
    std::fflush(stdout);
    // The other ends go first, and tell nobody.
    node.is_ending = true;
    kill(child, SIGKILL);
  }
  close(to_peers[1]);
  close(from_peers[0]);
  waitpid(child, nullptr, 0);
  return used;
}

} // namespace

int main(int argc, char** argv) {
  auto time = std::chrono::seconds{argc > 1 ? std::atoi(argv[1]) : 10};
  auto rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (argc > 3 || time <= 0s || rounds <= 0) {
    std::fprintf(stderr, "usage: quiet_links [SECONDS] [ROUNDS]\n");
    return 2;
  }
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    auto with_few = measure(few, time);
    auto with_many = measure(many, time);
    ratios.push_back(with_many / with_few);
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("R many_to_few=%.3f\n", ratios[ratios.size() / 2]);
}
