#include "../../runtime/transport/envelope.hpp"
#include "../link/offers.hpp"
#include "raw_connection.hpp"
#include "two_nodes.hpp"

#include <chorus/runtime/link/frame.hpp>

#include <gtest/gtest.h>
#include <zmq.hpp>

#include <algorithm>
#include <string>

/// Whatever comes to the port does no harm, and good peers are served as before.
namespace chorus {
namespace {

using namespace chorus::testing;

const peer eve{{3, 3}, {1}};

/// A ZeroMQ socket of somebody who does not keep to our rules.
struct knocker {
  explicit knocker(const address& where, zmq::socket_type type = zmq::socket_type::dealer)
      : socket(context, type) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(std::chrono::milliseconds{patience}.count()));
    socket.connect("tcp://" + to_string(where));
  }

  void send(std::initializer_list<byte_buffer> parts) {
    std::size_t left = parts.size();
    for (const auto& part : parts)
      socket.send(zmq::buffer(part), --left > 0 ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }

  wire_message receive() {
    zmq::message_t head;
    if (!socket.recv(head))
      return {};
    auto view = const_bytes{static_cast<const std::byte*>(head.data()), head.size()};
    return {{view.begin(), view.end()}, {}};
  }

  zmq::context_t context;
  zmq::socket_t socket;
};

void expect_good_peers_are_served(two_nodes& nodes) {
  send_numbers(*nodes.a_sends, first_pair, 100);
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 100));
  send_numbers(*nodes.b_sends, first_pair, 100);
  EXPECT_TRUE(has_all(nodes.a, bob, first_pair, 100));
}

bool met_somebody_who(test_node& node, const std::string& text) {
  return node.wait([&] {
    return std::any_of(node.told.strangers.begin(), node.told.strangers.end(), [&](const auto& entry) {
      return entry.second.what.find(text) != std::string::npos;
    });
  });
}

TEST(strangers, of_another_cluster_learn_which_one_is_here) {
  two_nodes nodes;
  auto options = options_of(eve);
  options.cluster = "choir";
  test_node c{options};
  auto seed = nodes.a.where();
  c.run([&] { c.net().send_datagram(seed, text_bytes("let me in")); });
  ASSERT_TRUE(met_somebody_who(c, "it belongs to cluster 'test', this node to 'choir'"));
  EXPECT_EQ(c.told.strangers.front().first, to_string(seed));
  EXPECT_EQ(c.told.strangers.front().second.code, errc::refused);
  EXPECT_EQ(c.told.refusals.front().first, seed);
  EXPECT_TRUE(met_somebody_who(nodes.a, "it belongs to cluster 'choir', this node to 'test'"));
  EXPECT_TRUE(nodes.a.told.datagrams.empty());
  expect_good_peers_are_served(nodes);
}

TEST(strangers, to_whom_nobody_can_connect_are_answered_over_their_own_connection) {
  two_nodes nodes;
  test_node c{options_of(eve)};
  auto seed = nodes.a.where();
  c.run([&] { c.net().send_datagram(seed, text_bytes("let me in")); });
  ASSERT_TRUE(nodes.a.wait([&] { return !nodes.a.told.datagrams.empty(); }));
  nodes.a.run([&] {
    nodes.a.net().reply_datagram(eve, text_bytes("you cannot be reached"));
    nodes.a.net().reply_datagram({{9, 9}, {1}}, text_bytes("who never spoke"));
  });
  ASSERT_TRUE(c.wait([&] { return !c.told.datagrams.empty(); }));
  EXPECT_EQ(c.told.datagrams.front(), (std::pair{ada, std::string{"you cannot be reached"}}));
  EXPECT_EQ(nodes.a.net().counters().datagrams_dropped, 1u);
}

TEST(strangers, of_another_version_learn_which_one_is_here) {
  two_nodes nodes;
  knocker other{nodes.a.where()};
  auto message = envelope::encode(envelope::datagram{eve, envelope::hash_of("test"), {}});
  message.head[2] = std::byte{99};
  other.send({message.head});
  auto answer = envelope::decode(shared_bytes{other.receive().head}, {});
  ASSERT_TRUE(answer);
  const auto& refusal = std::get<envelope::refusal>(*answer);
  EXPECT_EQ(refusal.reason, envelope::refusal::why::wrong_version);
  EXPECT_EQ(refusal.version, link::protocol_version);
  EXPECT_EQ(refusal.cluster, "test");
  EXPECT_TRUE(met_somebody_who(nodes.a, "it speaks protocol version 99"));
  expect_good_peers_are_served(nodes);
}

TEST(strangers, who_send_frames_for_another_life_learn_of_the_present_one) {
  two_nodes nodes;
  knocker other{nodes.a.where()};
  const peer ada_before{ada.node, {0}};
  other.send({link::wire::encode({eve, ada_before, {1}, {}, link::hello{"test", 0, offered(1)}}).head});
  auto answer = link::wire::decode(shared_bytes{other.receive().head}, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->source, ada);
  EXPECT_EQ(std::get<link::refusal>(answer->content).reason, link::refusal::why::wrong_incarnation);
  EXPECT_EQ(std::get<link::refusal>(answer->content).current, ada.incarnation);
}

TEST(strangers, who_are_no_peers_are_counted_and_ignored) {
  two_nodes nodes;
  knocker other{nodes.a.where()};
  other.send({link::wire::encode({eve, ada, {1}, {}, link::hello{"test", 0, offered(1)}}).head});
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().frames_of_strangers == 1; }));
  expect_good_peers_are_served(nodes);
}

TEST(strangers, with_malformed_messages_are_counted_and_ignored) {
  two_nodes nodes;
  knocker other{nodes.a.where()};
  auto frame = link::wire::encode({bob, ada, {1}, {1}, link::goodbye{}}).head;
  other.send({text_bytes("GET / HTTP/1.1")});
  other.send({byte_buffer{}});
  other.send({frame, byte_buffer(10), byte_buffer(10)});
  other.send({frame, byte_buffer(1), byte_buffer(1), byte_buffer(1), byte_buffer(1), byte_buffer(1)});
  frame.pop_back();
  other.send({frame});
  frame.push_back(std::byte{0});
  frame.push_back(std::byte{0});
  other.send({frame}); // the transport sees two ends, the link that it is too long
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().frames_malformed == 6; }));
  ASSERT_EQ(nodes.a.told.strangers.size(), 1u) << "one report for each address in a while";
  EXPECT_EQ(nodes.a.told.strangers.front().first, "127.0.0.1");
  expect_good_peers_are_served(nodes);
}

TEST(strangers, with_sockets_of_another_kind_do_no_harm) {
  two_nodes nodes;
  knocker asks{nodes.a.where(), zmq::socket_type::req};
  asks.send({text_bytes("time?")});
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().frames_malformed == 1; }));
  knocker subscribes{nodes.a.where(), zmq::socket_type::sub};
  subscribes.socket.set(zmq::sockopt::subscribe, "");
  expect_good_peers_are_served(nodes);
}

TEST(strangers, who_announce_too_much_are_cut_off) {
  two_nodes nodes;
  tcp_proxy wire{nodes.a.where()};
  knocker other{wire.listening_on()};
  other.send({byte_buffer(16 * 1024 * 1024)});
  EXPECT_TRUE(nodes.a.wait([&] { return wire.accepted() > 1; })) << "its ZeroMQ has to connect again";
  expect_good_peers_are_served(nodes);
}

TEST(strangers, who_do_not_speak_zeromq_do_no_harm) {
  two_nodes nodes;
  raw_connection raw{nodes.a.where()};
  ASSERT_TRUE(raw.is_connected());
  EXPECT_TRUE(raw.send(std::string(4096, '\x7f')));
  expect_good_peers_are_served(nodes);
}

} // namespace
} // namespace chorus
