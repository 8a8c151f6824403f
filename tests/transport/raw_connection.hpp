#pragma once

#include <chorus/runtime/address.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::testing {

/// A TCP connection of somebody who speaks what he likes. Blocks, but not for ever.
class raw_connection {
public:
  /// `where` is an IPv4 address in digits. Not connected if that failed within `patience`.
  explicit raw_connection(const address& where);
  ~raw_connection();

  raw_connection(raw_connection&& other) noexcept;
  raw_connection& operator=(raw_connection&&) = delete;

  bool is_connected() const noexcept { return socket_ >= 0; }

  /// False if the other side has ended the connection, or reads nothing for `patience`.
  bool send(std::string_view bytes);

  /// As much as comes, at most `size` bytes: fewer if the other side ends the connection.
  std::string receive(std::size_t size);

  /// Waits until the other side has ended the connection, at most `patience`.
  bool is_ended();

  /// Speaks ZeroMQ's protocol (ZMTP 3.0, without security) until messages may be sent.
  bool shake_hands();

private:
  static constexpr std::chrono::seconds patience{60};

  int socket_ = -1;
};

/// The 64 bytes with which ZMTP 3.0 begins.
std::string zmtp_greeting();

/// Others opened at the same time; fewer if the system refuses more.
std::vector<raw_connection> connect_many(const address& where, std::size_t count);

} // namespace chorus::testing
