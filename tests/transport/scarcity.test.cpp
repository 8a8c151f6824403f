#include "../../runtime/transport/connection.hpp"
#include "../../runtime/transport/connection_attempts.hpp"
#include "nobody.hpp"
#include "port.hpp"
#include "raw_connection.hpp"
#include "scarce_descriptors.hpp"
#include "scarce_threads.hpp"
#include "two_nodes.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

/// What happens when the system has nothing left to give.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

/// Waits until the system has made the connection, accepted or not.
bool connect(const descriptor& socket, const address& where) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(where.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket.number(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
}

/// Whether the other side ends the connection; it may greet before that.
bool is_ended(const descriptor& socket) {
  while (true) {
    pollfd wanted{socket.number(), POLLIN, 0};
    char bytes[256];
    auto within = std::chrono::milliseconds{patience}.count();
    if (::poll(&wanted, 1, static_cast<int>(within)) <= 0)
      return false;
    if (::recv(socket.number(), bytes, sizeof bytes, 0) <= 0)
      return true;
  }
}

// -- threads -----------------------------------------------------------------------------------------

TEST(scarce_threads, keep_a_transport_from_starting) {
  nobody events;
  auto opened = transport::open(options_of(ada), events);
  ASSERT_TRUE(opened);
  scarce_threads scarcity;
  auto failed = (*opened)->start();
  EXPECT_EQ(failed.code, errc::io) << to_string(failed);
  (*opened)->stop();
  EXPECT_FALSE((*opened)->post([] {}));
}

TEST(scarce_threads, keep_a_transport_from_opening) {
  nobody events;
  scarce_threads scarcity;
  auto opened = transport::open(options_of(ada), events);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.failure().code, errc::io);
  EXPECT_NE(opened.failure().what.find("ulimit -u"), std::string::npos) << opened.failure().what;
}

TEST(scarce_threads, are_an_answer_to_who_looks_a_name_up) {
  std::vector<std::function<void()>> posted;
  resolver names{[&](std::function<void()> task) { posted.push_back(std::move(task)); }};
  std::optional<errc> answer;
  {
    scarce_threads scarcity;
    names.resolve("localhost", [&](auto found) { answer = found.failure().code; });
    ASSERT_EQ(posted.size(), 1u) << "the answer comes without a thread";
    posted.front()();
  }
  EXPECT_EQ(answer, errc::io);
}

// -- sockets -----------------------------------------------------------------------------------------

/// A connection of datagrams to a ROUTER, in a context that has few sockets.
class scarce_sockets : public ::testing::Test, protected connection::user {
protected:
  static constexpr int sockets_limit = 2;

  scarce_sockets() {
    context.set(zmq::ctxopt::max_sockets, sockets_limit);
    settings.part_bytes = 1024;
    router = zmq::socket_t{context, zmq::socket_type::router};
    router.set(zmq::sockopt::linger, 0);
    router.bind("tcp://127.0.0.1:*");
  }

  address where() const {
    auto endpoint = router.get(zmq::sockopt::last_endpoint);
    return *parse_address(endpoint.substr(endpoint.find("//") + 2));
  }

  void run_posted() {
    for (auto& task : std::exchange(posted, {}))
      task();
  }

  void received(received_message) override {}
  void connected() override {}
  void lost() override {}
  void datagram_done(bool was_sent) override { ++(was_sent ? sent : dropped); }

  zmq::context_t context;
  zmq::socket_t router;
  socket_settings settings;
  std::vector<std::function<void()>> posted;
  resolver names{[this](std::function<void()> task) { posted.push_back(std::move(task)); }};
  poll_set sockets;
  descriptor_budget descriptors = *descriptor_budget::open({1024, 0}, 0);
  descriptor_reserve reserve;
  timer_heap timers;
  connection_environment environment{context, settings, names, sockets, timers, descriptors, reserve};
  int sent = 0;
  int dropped = 0;
};

TEST_F(scarce_sockets, are_asked_for_again_by_who_doubts_a_lane_that_could_not_be_made) {
  zmq::socket_t last{context, zmq::socket_type::pair};
  connection to_router{environment, *this, ada, where()};
  to_router.send_datagram({text_bytes("hello"), {}});
  run_posted();
  sockets.wait(steady_now() + 1ms);
  EXPECT_EQ(sent, 0);
  last.close();
  for (auto until = steady_now() + patience; sent == 0 && steady_now() < until;) {
    to_router.renew_datagrams();
    sockets.wait(steady_now() + 10ms);
  }
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(dropped, 0);
}

// -- descriptors -------------------------------------------------------------------------------------

TEST(scarce_descriptors, keep_a_transport_from_opening_and_say_what_it_needs) {
  nobody events;
  auto usage = descriptor_usage::measure();
  for (std::size_t more = 0; more <= descriptor_budget::own + descriptor_budget::of_peer; ++more) {
    scarce_descriptors scarcity{usage.in_use + more};
    auto opened = transport::open(options_of(ada), events);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.failure().code, errc::io);
    EXPECT_NE(opened.failure().what.find("ulimit -n"), std::string::npos) << opened.failure().what;
  }
}

TEST(scarce_descriptors, are_enough_at_the_limit_that_is_asked_for) {
  nobody events;
  descriptor_usage usage;
  {
    scarce_descriptors scarcity{128}; // what whoever started this process has left open above does not count
    usage = descriptor_usage::measure();
  }
  auto needed = descriptor_budget::open({1024, usage.in_use}, 1)->limit_for(descriptor_budget::least_peers);
  {
    scarce_descriptors scarcity{needed - 1};
    EXPECT_FALSE(transport::open(options_of(ada), events));
  }
  scarce_descriptors scarcity{needed};
  auto opened = transport::open(options_of(ada), events);
  ASSERT_TRUE(opened);
  EXPECT_FALSE((*opened)->start());
  EXPECT_LE(descriptor_usage::measure().in_use, usage.in_use + descriptor_budget::own);
}

/// Each waits in the queue of the system, which tells ZeroMQ of it again and again until it is accepted.
TEST(scarce_descriptors, do_not_keep_a_connection_waiting_for_ever) {
  constexpr std::size_t knocks = 40;
  test_node node{options_of(ada)};
  std::vector<descriptor> knocking;
  for (std::size_t i = 0; i < knocks; ++i)
    knocking.push_back(descriptor::required(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  {
    no_descriptors none{descriptor_usage::measure().in_use + 10};
    for (auto& each : knocking) {
      ASSERT_TRUE(connect(each, node.where()));
      EXPECT_TRUE(is_ended(each));
    }
    EXPECT_GE(node.net().counters().accepts_failed, 1u);
    EXPECT_EQ(node.net().counters().connections_refused, knocks);
  }
  ASSERT_TRUE(node.wait([&] { return !node.told.strangers.empty(); }));
  raw_connection late{node.where()};
  EXPECT_TRUE(late.shake_hands()) << "there is room again";
}

/// A node with room for two peers, and six of them.
TEST(scarce_descriptors, are_shared_by_lanes_in_turn) {
  constexpr std::uint64_t peers = 6;
  std::vector<std::unique_ptr<test_node>> others;
  for (std::uint64_t i = 0; i < peers; ++i)
    others.push_back(std::make_unique<test_node>(options_of({{i + 10, 1}, {1}})));
  auto usage = descriptor_usage::measure();
  auto few = descriptor_budget::open({1 << 16, usage.in_use}, 1)->limit_for(descriptor_budget::least_peers);
  std::unique_ptr<test_node> node;
  {
    scarce_descriptors scarcity{few};
    node = std::make_unique<test_node>(options_of(ada));
  }
  std::vector<std::shared_ptr<outbox>> to_others;
  for (auto& other : others) {
    to_others.push_back(node->add(other->self(), other->where()));
    other->add(ada, node->where());
  }
  for (std::uint64_t round = 1; round <= 3; ++round) {
    for (auto& each : to_others)
      send_numbers(*each, {round, 1}, 100);
    for (auto& other : others)
      ASSERT_TRUE(has_all(*other, ada, {round, 1}, 100)) << round;
    for (auto& other : others)
      ASSERT_TRUE(other->wait([&] {
        node->post_datagram(other->self(), text_bytes(std::to_string(round)));
        return std::ranges::any_of(other->told.datagrams, [&](auto& each) {
          return each.second == std::to_string(round);
        });
      })) << round;
  }
  EXPECT_GT(node->net().counters().lanes_closed_idle, 0u);
  ASSERT_TRUE(node->wait([&] {
    return std::ranges::any_of(node->told.strangers, [](auto& each) {
      return each.second.what.find("too few file descriptors") != std::string::npos;
    });
  }));
  EXPECT_TRUE(node->told.closed.empty()) << "every link went on";
}

/// The smallest limit with which a transport opens now.
std::size_t least_limit() {
  auto usage = descriptor_usage::measure();
  return descriptor_budget::open({1 << 16, usage.in_use}, 1)->limit_for(descriptor_budget::least_peers);
}

/// A node with as few descriptors as may be, and contacts where nobody listens.
struct scarce_contacts : ::testing::Test {
  explicit scarce_contacts(std::size_t count = 8) : dead(count) {
    auto few = least_limit();
    scarce_descriptors scarcity{few};
    node = std::make_unique<test_node>(options_of(ada));
  }

  void ask_the_dead() {
    for (auto& each : dead)
      node->post_datagram(each.number(), text_bytes("anybody?"));
  }

  /// Of datagrams.
  std::uint64_t counted() const {
    auto now = node->net().counters();
    return now.datagrams_sent + now.datagrams_dropped;
  }

  std::vector<port> dead; ///< bound, so that nobody else gets them
  std::unique_ptr<test_node> node;
};

TEST_F(scarce_contacts, leave_members_their_lanes) {
  test_node member{options_of(bob)};
  ask_the_dead();
  // What a lane holds before a member comes is held by then.
  ASSERT_TRUE(node->wait([&] { return counted() > 0; }));
  ask_the_dead();
  auto to_member = node->add(bob, member.where());
  member.add(ada, node->where());
  send_numbers(*to_member, first_pair, 100);
  EXPECT_TRUE(has_all(member, ada, first_pair, 100));
  EXPECT_TRUE(member.wait([&] {
    ask_the_dead();
    node->post_datagram(bob, text_bytes("alive?"));
    return std::ranges::any_of(member.told.datagrams, [](auto& each) { return each.second == "alive?"; });
  }));
  EXPECT_EQ(node->net().counters().lanes_closed_idle, 0u) << "no member makes room for contacts";
}

TEST_F(scarce_contacts, take_turns) {
  test_node seed{options_of(bob)};
  ask_the_dead();
  ASSERT_TRUE(node->wait([&] { return counted() > 0; })); // they hold all lanes
  EXPECT_TRUE(seed.wait([&] {
    ask_the_dead();
    node->post_datagram(seed.where(), text_bytes("anybody?"));
    return !seed.told.datagrams.empty();
  }));
}

struct many_scarce_contacts : scarce_contacts {
  many_scarce_contacts() : scarce_contacts(16) {}
};

TEST_F(many_scarce_contacts, are_counted_each_although_most_have_no_lane) {
  ask_the_dead();
  ASSERT_TRUE(node->wait([&] { return counted() >= dead.size(); }));
  EXPECT_EQ(counted(), dead.size());
  EXPECT_EQ(node->net().counters().datagrams_sent, 0u);
}

/// Questions by plain connections, asked in this thread.
struct scarce_attempts : ::testing::Test {
  static constexpr std::size_t questions = 32;

  void ask(const port& where) {
    for (std::size_t i = 0; i < questions; ++i)
      attempts.ask(where.number(), connection_attempts::goal::connection, [this](connection_outcome how) {
        answers.push_back(how);
      });
    for (auto& task : std::exchange(posted, {}))
      task();
  }

  std::vector<std::function<void()>> posted;
  resolver names{[this](std::function<void()> task) { posted.push_back(std::move(task)); }};
  poll_set sockets;
  descriptor_budget descriptors =
      *descriptor_budget::open({descriptor_budget::open({1024, 0}, 1)->limit_for(2), 0}, 1);
  connection_attempts attempts{
      names, sockets, descriptors, [this](auto task) { posted.push_back(std::move(task)); }, 1h};
  std::vector<connection_outcome> answers;
};

TEST_F(scarce_attempts, take_no_more_descriptors_than_they_have) {
  port full;
  full.fill_queue();
  auto before = descriptor_usage::measure().in_use;
  ask(full);
  auto taken = descriptor_usage::measure().in_use - before;
  EXPECT_GE(taken, 1u);
  EXPECT_LE(taken, descriptor_budget::unknown_least / 3);
}

TEST_F(scarce_attempts, have_their_turn_when_others_have_ended) {
  port open;
  open.listen_without_accepting(static_cast<int>(questions));
  port closed;
  for (auto* where : {&open, &closed}) {
    answers.clear();
    ask(*where);
    for (auto until = steady_now() + patience; answers.size() < questions && steady_now() < until;)
      sockets.wait(steady_now() + 10ms);
    auto expected = where == &open ? connection_outcome::open : connection_outcome::refused;
    EXPECT_EQ(answers, std::vector(questions, expected));
  }
}

} // namespace
} // namespace chorus
