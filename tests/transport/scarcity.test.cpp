#include "../../runtime/transport/connection.hpp"
#include "nobody.hpp"
#include "scarce_threads.hpp"
#include "two_nodes.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

/// What happens when the system has nothing left to give.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

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
  connection_environment environment{context, settings, names, sockets};
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

} // namespace
} // namespace chorus
