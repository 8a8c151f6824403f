#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <optional>

/// Where pure code meets the world. Production implements the network over ZeroMQ and the clock over the
/// steady clock, and the store not yet; the simulator implements all three over one event queue and one
/// seed. Nothing else lies between a protocol core and the outside, so what runs in the simulator is what
/// runs in production. (Cores that sign have one seam more: `signature_scheme.hpp`.)
namespace chorus {

/// A message in the form in which it travels. `body` is empty for most protocols; it lets a large
/// payload be sent, kept and sent again without being copied.
struct wire_message {
  byte_buffer head;
  shared_bytes body;
};

/// Carries bytes to peers: best effort, never blocks, may lose, double, delay and reorder.
class network_seam {
public:
  virtual ~network_seam() = default;
  virtual void send(const peer& to, wire_message message) = 0;
};

/// Makes records durable in the order of the calls; answers through `driver::persisted`, never from
/// within `persist`.
class store_seam {
public:
  virtual ~store_seam() = default;
  virtual void persist(persist_token token, byte_buffer record) = 0;
};

/// Tells the time and wakes one driver.
class clock_seam {
public:
  virtual ~clock_seam() = default;

  virtual time_point now() const = 0;

  /// Calls `driver::wake` at `deadline` or soon after. A later call replaces the earlier one;
  /// nothing means not to wake at all.
  virtual void arm(std::optional<time_point> deadline) = 0;
};

} // namespace chorus
