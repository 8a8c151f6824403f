#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/event_queue.hpp>
#include <chorus/simulation/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace chorus::simulation {

/// A node's disk: a list of records that outlives its processes. It keeps what it has answered for, and
/// promises nothing for the rest.
///
/// Writes become durable in order; all that wait when the disk begins to sync become durable together.
/// A crash keeps of what was not answered a first part, drawn by chance; the record after that part may be
/// torn. A full disk lets writes wait until there is room again; a crash takes those.
class disk {
public:
  /// Writes that wait; a program that writes more without an answer has no limit of its own (checked).
  static constexpr std::size_t limit_waiting = 100'000;

  struct record {
    byte_buffer bytes;
    /// Whether a checksum over it would fit: false for a record that is torn or has rotted.
    bool intact = true;

    friend bool operator==(const record&, const record&) = default;
  };

  using answer = std::function<void(persist_token)>;

  /// Both must outlive the disk.
  disk(event_queue& events, fault_counts& faults, random_generator chance)
      : events_(events), faults_(faults), chance_(chance) {}

  /// `done(token)` is called when the record is durable; never if the node crashes first.
  void write(persist_token token, byte_buffer bytes, answer done);

  /// What is durable, in the order in which it was written.
  const std::vector<record>& records() const noexcept { return records_; }

  // -- faults ------------------------------------------------------------------------------------------

  void crash();

  /// Nothing is durable any more. False if nothing was.
  bool wipe();
  void set_full(bool full);

  /// Each sync takes that many times as long; 1 is normal. Pre: at least 1.
  void set_slowness(int times);

  /// One bit of one durable record changes. False if there is none with any bits.
  bool rot();

private:
  struct waiting_write {
    persist_token token;
    byte_buffer bytes;
    answer done;
  };

  void begin_sync();
  void end_sync();

  event_queue& events_;
  fault_counts& faults_;
  random_generator chance_;
  std::vector<record> records_;
  std::deque<waiting_write> waiting_;
  std::size_t syncing_ = 0; ///< how many of them, from the front, are on their way to the disk
  bool full_ = false;
  int slowness_ = 1;
  std::uint64_t crashes_ = 0;
};

} // namespace chorus::simulation
