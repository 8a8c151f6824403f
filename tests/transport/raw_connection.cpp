#include "raw_connection.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace chorus::testing {

namespace {

using namespace std::string_literals;

/// A length of four bytes, the greatest first.
std::string value(const std::string& text) {
  return std::string(3, '\0') + static_cast<char>(text.size()) + text;
}

std::string ready_command() {
  auto content = "\5READY\13Socket-Type"s + value("DEALER") + "\10Identity"s + value("");
  return "\4"s + static_cast<char>(content.size()) + content;
}

} // namespace

raw_connection::raw_connection(const address& where) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(where.port);
  if (::inet_pton(AF_INET, where.host.c_str(), &to.sin_addr) != 1)
    return;
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval limit{patience.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    ::close(std::exchange(socket_, -1));
}

raw_connection::~raw_connection() {
  if (socket_ >= 0)
    ::close(socket_);
}

raw_connection::raw_connection(raw_connection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

bool raw_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string raw_connection::receive(std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    auto count = ::recv(socket_, bytes.data() + have, size - have, 0);
    if (count <= 0)
      break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

bool raw_connection::is_ended() {
  std::array<char, 4096> swallowed;
  while (true) {
    auto count = ::recv(socket_, swallowed.data(), swallowed.size(), 0);
    if (count <= 0)
      return count == 0 || errno == ECONNRESET;
  }
}

bool raw_connection::shake_hands() {
  auto greeting = zmtp_greeting();
  if (!send(greeting) || receive(greeting.size()).size() != greeting.size() || !send(ready_command()))
    return false;
  auto header = receive(2); // of the command that answers
  return header.size() == 2 && receive(static_cast<unsigned char>(header[1])).starts_with("\5READY");
}

std::string zmtp_greeting() {
  auto greeting = "\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL"s;
  greeting.resize(64, '\0');
  return greeting;
}

std::vector<raw_connection> connect_many(const address& where, std::size_t count) {
  std::vector<raw_connection> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    raw_connection next{where};
    if (!next.is_connected())
      break;
    all.push_back(std::move(next));
  }
  return all;
}

} // namespace chorus::testing
