#include "programs.hpp"

#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chorus::testing {

namespace {

// Below the range from which Linux takes ports for outgoing connections.
constexpr std::uint16_t first_port = 20'000;
constexpr std::uint16_t number_of_ports = 12'000;

bool is_free(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto bound = ::bind(file, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  ::close(file);
  return bound;
}

std::unique_ptr<process> start(const std::string& program, arguments flags) {
  flags.insert(flags.begin(), program);
  return std::make_unique<process>(std::move(flags));
}

} // namespace

std::unique_ptr<process> start_counter(arguments flags) {
  return start(CHORUS_COUNTER_PROGRAM, std::move(flags));
}

std::unique_ptr<process> start_chat(arguments flags) {
  return start(CHORUS_CHAT_PROGRAM, std::move(flags));
}

std::unique_ptr<process> start_chorusd(arguments flags) {
  return start(CHORUS_CHORUSD_PROGRAM, std::move(flags));
}

std::unique_ptr<process> start_servant(arguments flags) {
  return start(CHORUS_SERVANT_PROGRAM, std::move(flags));
}

std::string address_of(process& node) {
  constexpr std::string_view before = " listening on ";
  EXPECT_TRUE(node.prints("ready "));
  auto line = node.printed_line("ready ");
  auto place = line.find(before);
  return place == std::string::npos ? "" : line.substr(place + before.size());
}

address free_address() {
  // Tests run at the same time: each begins to look somewhere else.
  static std::uint32_t next = static_cast<std::uint32_t>(::getpid()) * 16;
  while (true) {
    auto port = static_cast<std::uint16_t>(first_port + next++ % number_of_ports);
    if (is_free(port))
      return {"127.0.0.1", port};
  }
}

} // namespace chorus::testing
