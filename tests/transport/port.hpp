#pragma once

#include <chorus/runtime/address.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace chorus::testing {

/// A port that this test owns: of 127.0.0.1, or of another loopback address and with a given number.
class port {
public:
  explicit port(in_addr_t host = INADDR_LOOPBACK, std::uint16_t number = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    where_.sin_family = AF_INET;
    where_.sin_addr.s_addr = htonl(host);
    where_.sin_port = htons(number);
    socklen_t size = sizeof where_;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&where_), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&where_), &size), 0);
  }
  ~port() {
    for (auto each : callers_)
      close(each);
    if (speaker_.joinable()) {
      shutdown(socket_, SHUT_RDWR); // wakes it when nobody has come
      speaker_.join();
    }
    close(socket_);
  }
  port(const port&) = delete;
  port& operator=(const port&) = delete;

  address number() const { return {"127.0.0.1", ntohs(where_.sin_port)}; }

  /// At most `queue` and one more get a connection.
  void listen_without_accepting(int queue = 0) { EXPECT_EQ(listen(socket_, queue), 0); }

  enum class then { hang_up, wait };

  /// To the first one who comes; then hangs up, or waits until the other does.
  void listen_and_say(std::string words, then after = then::hang_up) {
    listen_without_accepting();
    speaker_ = std::thread{[this, words = std::move(words), after] {
      auto caller = accept(socket_, nullptr, nullptr);
      send(caller, words.data(), words.size(), MSG_NOSIGNAL);
      char byte;
      while (after == then::wait && recv(caller, &byte, 1, 0) > 0)
        ;
      close(caller);
    }};
  }

  /// Until the system drops whoever else knocks.
  void fill_queue() {
    listen_without_accepting();
    for (int i = 0; i < 8; ++i) {
      callers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      connect(callers_.back(), reinterpret_cast<sockaddr*>(&where_), sizeof where_);
    }
  }

private:
  const int socket_;
  sockaddr_in where_{};
  std::vector<int> callers_;
  std::thread speaker_;
};

} // namespace chorus::testing
