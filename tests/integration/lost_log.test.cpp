#include "../actors/temporary_folder.hpp"
#include "programs.hpp"

#include <chorus/runtime/transport/descriptor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

/// A node whose log nobody reads, or which has no room for it: it stays a member, and ends in order.
namespace chorus {
namespace {

using namespace chorus::testing;

class a_lost_log : public ::testing::Test {
protected:
  a_lost_log() { EXPECT_EQ(::mkfifo(fifo.c_str(), 0600), 0); }

  /// A node whose log goes where `redirection` says, after the shell has done `before`.
  void start(const std::string& redirection, const std::string& before = ":") {
    ada = std::make_unique<process>(std::vector<std::string>{
        "/bin/sh",
        "-c",
        before + R"( && exec "$0" "$@" 2>)" + redirection,
        CHORUS_COUNTER_PROGRAM,
        "--host",
        "--name",
        "ada",
        "--listen",
        "127.0.0.1:0",
        "--log-level",
        "debug"});
    seed = address_of(*ada);
  }

  /// Others come, are served and go: it logs something about each. To a witness it is a member all the time
  /// and leaves in order. (They may be gone before they have met the witness.)
  void expect_a_member_to_the_end() {
    auto witness = start_chorusd({"--name", "dora", "--seed", seed});
    EXPECT_TRUE(witness->logs("joined: ada "));
    for (const auto* name : {"ben", "cleo"})
      expect_service(name);
    ada->signal(SIGTERM);
    EXPECT_EQ(ada->wait(), 0);
    EXPECT_TRUE(witness->logs("left: ada "));
    EXPECT_TRUE(std::ranges::none_of(witness->log(), [](const std::string& line) {
      return line.find("failed: ada ") != std::string::npos;
    }));
  }

  /// To a node that joins, asks and leaves.
  void expect_service(const std::string& name) {
    auto client = start_counter({"--name", name, "--seed", seed, "get"});
    EXPECT_EQ(client->wait(), 0);
    EXPECT_EQ(client->output(), process::lines{"0"});
  }

  descriptor open_reader() const {
    return descriptor::required(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }

  /// Waits for a line that contains the text.
  static ::testing::AssertionResult shows(const descriptor& reader, const std::string& text) {
    std::string all;
    while (all.find(text) == std::string::npos) {
      pollfd wanted{reader.number(), POLLIN, 0};
      auto within = std::chrono::milliseconds{process::patience}.count();
      std::array<char, 4096> bytes;
      if (::poll(&wanted, 1, static_cast<int>(within)) <= 0)
        return ::testing::AssertionFailure() << "only: " << all;
      auto count = ::read(reader.number(), bytes.data(), bytes.size());
      if (count <= 0)
        return ::testing::AssertionFailure() << "ended after: " << all;
      all.append(bytes.data(), static_cast<std::size_t>(count));
    }
    return ::testing::AssertionSuccess();
  }

  temporary_folder folder;
  const std::string fifo = folder.path() / "log";
  std::unique_ptr<process> ada;
  std::string seed;
};

TEST_F(a_lost_log, whose_reader_goes_ends_nobody) {
  auto reader = open_reader();
  start(fifo);
  EXPECT_TRUE(shows(reader, "started: ada "));
  reader.close();
  expect_a_member_to_the_end();
}

TEST_F(a_lost_log, says_how_much_is_missing_when_it_has_a_reader_again) {
  auto reader = open_reader();
  start(fifo);
  EXPECT_TRUE(shows(reader, "started: ada "));
  reader.close();
  expect_service("eve");
  // Nothing is to be read as long as nobody has written there since.
  auto late = open_reader();
  EXPECT_TRUE(shows(late, "of the log not written: Broken pipe"));
  expect_a_member_to_the_end();
}

TEST_F(a_lost_log, that_is_not_read_holds_up_nobody) {
  descriptor reader{::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
  while (::write(reader.number(), "x", 1) == 1) {
  }
  ASSERT_EQ(errno, EAGAIN);
  start(fifo);
  expect_a_member_to_the_end();
}

TEST_F(a_lost_log, on_a_full_disk_ends_nobody) {
  start("/dev/full");
  expect_a_member_to_the_end();
}

TEST_F(a_lost_log, in_a_file_that_may_not_grow_ends_nobody) {
  start(folder.path() / "file", "ulimit -f 0");
  expect_a_member_to_the_end();
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "file"), 0u);
}

TEST_F(a_lost_log, of_a_node_that_is_refused_keeps_its_exit_code) {
  descriptor reader{::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
  while (::write(reader.number(), "x", 1) == 1) {
  }
  for (const auto& redirection : {fifo, std::string{"/dev/full"}}) {
    process late{
        {"/bin/sh",
         "-c",
         R"(exec "$0" "$@" 2>)" + redirection,
         CHORUS_CHORUSD_PROGRAM,
         "--listen",
         "192.0.2.1:4000"}};
    EXPECT_EQ(late.wait(), 2);
  }
}

} // namespace
} // namespace chorus
