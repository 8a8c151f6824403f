#pragma once

#include <chorus/runtime/transport/transport.hpp>

#include <atomic>
#include <cstdint>

namespace chorus {

/// `transport_counters` while they are counted: by the I/O thread, read by any.
class shared_counter {
public:
  shared_counter& operator++() noexcept {
    value_.fetch_add(1, std::memory_order_relaxed);
    return *this;
  }

  shared_counter& operator+=(std::uint64_t more) noexcept {
    value_.fetch_add(more, std::memory_order_relaxed);
    return *this;
  }

  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// The longest of some times, kept by the I/O thread, read by any.
class shared_longest {
public:
  void note(duration time) noexcept {
    if (time > value())
      value_.store(time, std::memory_order_relaxed);
  }

  duration value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<duration> value_{duration{}};
};

struct shared_counters {
  shared_counter frames_sent;
  shared_counter frames_received;
  shared_counter frames_dropped_unwritable;
  shared_counter frames_malformed;
  shared_counter frames_of_strangers;
  shared_counter datagrams_sent;
  shared_counter datagrams_received;
  shared_counter datagrams_dropped;
  shared_counter reconnects;
  shared_counter lanes_closed_idle;
  shared_counter connections_accepted;
  shared_counter connections_refused;
  shared_counter accepts_failed;
  shared_counter handshakes_failed;
  shared_counter messages_without_end;
  shared_counter turns;
  shared_counter links_looked_at;
  shared_longest longest_turn;

  transport_counters snapshot() const noexcept {
    return {
        frames_sent.value(),
        frames_received.value(),
        frames_dropped_unwritable.value(),
        frames_malformed.value(),
        frames_of_strangers.value(),
        datagrams_sent.value(),
        datagrams_received.value(),
        datagrams_dropped.value(),
        reconnects.value(),
        lanes_closed_idle.value(),
        connections_accepted.value(),
        connections_refused.value(),
        accepts_failed.value(),
        handshakes_failed.value(),
        messages_without_end.value(),
        turns.value(),
        links_looked_at.value(),
        longest_turn.value(),
    };
  }
};

} // namespace chorus
