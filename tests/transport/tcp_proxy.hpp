#pragma once

#include <chorus/runtime/address.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace chorus::testing {

/// A wire that a test can treat badly: listens on a free port of 127.0.0.1 and passes what comes on
/// to the target. One thread of its own; every verb may be called from any thread, takes effect at
/// once for all connections, old and new, and lasts until the next one.
class tcp_proxy {
public:
  /// `target` is an address in digits; it may also be set later.
  explicit tcp_proxy(address target = {});
  ~tcp_proxy();

  tcp_proxy(const tcp_proxy&) = delete;
  tcp_proxy& operator=(const tcp_proxy&) = delete;

  const address& listening_on() const noexcept;

  /// Where new connections go from now on.
  void lead_to(address target);

  /// Resets all connections; new ones are accepted.
  void cut();

  /// Resets all connections and every new one.
  void refuse();

  /// Passes nothing in either direction, and reads nothing: the kernel's buffers fill up.
  void stall();

  /// Accepts, and swallows what comes from the connecting side; the other direction passes. Connections
  /// with such a gap are reset by the next verb.
  void half_open();

  /// Passes everything, each byte after that long.
  void delay(std::chrono::milliseconds each);

  /// Passes everything at once again.
  void heal();

  /// Connections accepted so far.
  std::size_t accepted() const;

  /// Bytes read from connecting sides so far.
  std::size_t bytes_taken() const;

private:
  class implementation;
  std::unique_ptr<implementation> content_;
};

} // namespace chorus::testing
