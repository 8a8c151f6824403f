#include "../transport/raw_connection.hpp"
#include "programs.hpp"

#include <chorus/runtime/limits.hpp>

#include <gtest/gtest.h>
#include <zmq.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <utility>
#include <vector>

/// A node at whose port everybody knocks: it goes on to count for those who are members, says once what is
/// going on, and grows no more than it may.
namespace chorus::testing {
namespace {

using namespace std::string_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/// Sanitizers keep what was given back, and a shadow of everything.
constexpr std::size_t cost_of_sanitizer = 16;
#else
constexpr std::size_t cost_of_sanitizer = 1;
#endif

/// What strangers may cost: a few kilobytes for each of the connections that are open at a time, and what is
/// on its way through the queues of some.
constexpr std::size_t growth_limit = 128 * limits::mebibyte * cost_of_sanitizer;

struct strangers : ::testing::Test {
  strangers() {
    seed = address_of(*host);
    where = parse_address(seed).value();
    EXPECT_EQ(ask({"add", "1"}), "1");
    before = host->most_resident_bytes();
  }

  /// As a node of its own, which joins, finds the counter, asks it and leaves; all that within `patience`.
  std::string ask(arguments question) {
    question.insert(question.begin(), {"--seed", seed});
    auto client = start_counter(std::move(question));
    auto code = client->wait();
    auto output = client->output();
    return code == 0 && output.size() == 1 ? output.front() : ::testing::PrintToString(client->log());
  }

  void expect_service() {
    EXPECT_EQ(ask({"add", "1"}), std::to_string(++count));
    EXPECT_LE(host->most_resident_bytes(), before + growth_limit);
  }

  /// One line with `text`, and not one more about these strangers. The node cannot name the address of one
  /// that hung up before it was accepted; that is another line.
  void expect_one_report(const std::string& text) {
    const auto stranger = " " + where.host + ": ";
    EXPECT_TRUE(host->logs(stranger));
    process::lines reports;
    for (auto& line : host->log())
      if (line.find(stranger) != std::string::npos)
        reports.push_back(std::move(line));
    ASSERT_EQ(reports.size(), 1) << ::testing::PrintToString(reports);
    EXPECT_NE(reports.front().find(text), std::string::npos) << reports.front();
  }

  std::unique_ptr<process> host = start_counter({"--host", "--name", "ada", "--listen", "127.0.0.1:0"});
  std::string seed;
  address where;
  std::size_t before = 0;
  int count = 1;
};

std::string random_bytes(std::size_t size) {
  static std::mt19937 chance{1};
  std::string bytes(size, '\0');
  for (auto& byte : bytes)
    byte = static_cast<char>(chance());
  return bytes;
}

TEST_F(strangers, who_speak_anything_but_zeromq_are_reported_once) {
  const auto http = "GET / HTTP/1.1\r\nHost: counter\r\n\r\n"s;
  const auto tls_hello = "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"s + random_bytes(508);
  std::vector<raw_connection> open;
  for (int round = 0; round < 50; ++round) {
    for (const auto& words :
         {random_bytes(16),
          random_bytes(1024 * 1024),
          http,
          tls_hello,
          zmtp_greeting(),
          zmtp_greeting().substr(0, 11),
          zmtp_greeting() + random_bytes(4096)}) {
      auto& next = open.emplace_back(where);
      next.send(words);
    }
  }
  expect_service();
  open.clear();
  expect_one_report("ended during ZeroMQ's handshake");
  expect_service();
}

TEST_F(strangers, with_zeromq_sockets_of_other_kinds_are_reported_once) {
  using type = zmq::socket_type;
  zmq::context_t context;
  std::vector<zmq::socket_t> open;
  for (int round = 0; round < 10; ++round) {
    for (auto kind : {type::pub, type::sub, type::push, type::pull, type::req, type::rep, type::pair}) {
      auto& socket = open.emplace_back(context, kind);
      socket.set(zmq::sockopt::linger, 0);
      socket.connect("tcp://" + seed);
    }
  }
  expect_one_report("ended during ZeroMQ's handshake");
  expect_service();
}

TEST_F(strangers, who_flood_with_frames_and_never_read_are_reported_once) {
  raw_connection flood{where};
  ASSERT_TRUE(flood.shake_hands());
  // A frame of the message lane for an earlier life, which is answered; a datagram of another cluster and
  // one of another version, which are answered too; a message of many parts; one that is cut short.
  const auto ends = std::string(24, '\1') + std::string(24, '\2');
  const auto for_another_life = "CH\1\1"s + ends;
  const auto of_another_cluster = "CD\1\1"s + std::string(32, '\3');
  const auto of_another_version = "CD\x63\1"s + std::string(32, '\3');
  std::string words;
  for (const auto& message : {for_another_life, of_another_cluster, of_another_version, "CD\1"s})
    words += "\0"s + static_cast<char>(message.size()) + message;
  for (int part = 0; part < 200; ++part)
    words += "\1\1x"s;
  words += "\0\1x"s;
  while (words.size() < limits::mebibyte)
    words += words;
  std::jthread flooding{[&](const std::stop_token& stop) {
    while (!stop.stop_requested() && flood.send(words)) {
    }
  }};
  expect_one_report("it belongs to another cluster");
  expect_service();
  expect_service();
  flooding.request_stop();
  flooding.join();
  expect_one_report("it belongs to another cluster");
}

TEST_F(strangers, who_announce_too_large_a_part_are_cut_off) {
  raw_connection boaster{where};
  ASSERT_TRUE(boaster.shake_hands());
  boaster.send("\2\0\0\0\x10\0\0\0\0"s); // 64 GiB follow
  EXPECT_TRUE(boaster.is_ended());
  expect_service();
}

TEST_F(strangers, whose_messages_have_no_end_are_cut_off_each_time) {
  std::string parts;
  while (parts.size() < 64 * limits::kibibyte)
    parts += "\1\1x"; // one byte, and more to come
  std::jthread insisting{[&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      raw_connection endless{where};
      EXPECT_TRUE(endless.shake_hands());
      while (endless.send(parts)) {
      }
    }
  }};
  expect_one_report("a message without an end");
  expect_service();
  expect_service();
}

/// More than the host lets in; the test needs a descriptor for each.
TEST_F(strangers, who_come_in_crowds_leave_room_for_members) {
  rlimit descriptors{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &descriptors), 0);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  constexpr rlim_t own = 200;
  auto wanted = static_cast<std::size_t>(std::min<rlim_t>(10'000, descriptors.rlim_cur - own));
  auto crowd = connect_many(where, wanted);
  EXPECT_EQ(crowd.size(), wanted);
  expect_one_report("too many connections");
  expect_service();
  EXPECT_TRUE(crowd.front().is_ended());
  EXPECT_TRUE(crowd.back().is_ended()) << "a handshake has its time";
  expect_service();
}

TEST_F(strangers, who_come_in_crowds_do_not_take_the_last_descriptors) {
  host = std::make_unique<process>(std::vector<std::string>{
      "/bin/sh",
      "-c",
      R"(ulimit -n 256 && exec "$0" "$@")",
      CHORUS_COUNTER_PROGRAM,
      "--host",
      "--name",
      "bob",
      "--listen",
      "127.0.0.1:0"});
  seed = address_of(*host);
  where = parse_address(seed).value();
  count = 0;
  auto crowd = connect_many(where, 1'000);
  EXPECT_TRUE(host->logs("too many connections"));
  expect_service();
  EXPECT_TRUE(crowd.front().is_ended());
  expect_service();
}

} // namespace
} // namespace chorus::testing
