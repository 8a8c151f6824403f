#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/lamport_clock.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/vector_clock.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::testing {

/// An event of a made-up execution, with both clocks' stamps and with the truth: which events it can
/// be reached from.
struct recorded_event {
  lamport_stamp stamp;
  vector_clock known;
  std::vector<bool> past; ///< by index of the event
};

/// Few processes that do something, send and receive in random order; messages overtake each other
/// and get lost.
///
/// The truth is built from the definition of happens-before alone (Lamport 1978: the order within a
/// process, from sending to receiving, and its transitive closure) and knows nothing of clocks.
class random_execution {
public:
  static constexpr std::size_t process_count = 4;

  random_execution(random_generator random, std::size_t event_count) : random_(random) {
    for (std::size_t i = 0; i < process_count; ++i)
      processes_.push_back({peer{{0, i + 1}, {1}}, {}, {}, {}});
    while (events_.size() < event_count)
      step(processes_[random_.below(process_count)]);
  }

  const std::vector<recorded_event>& events() const noexcept { return events_; }

  bool happens_before(std::size_t first, std::size_t second) const {
    const auto& past = events_[second].past;
    return first < past.size() && past[first];
  }

private:
  struct process {
    peer self;
    lamport_clock lamport;
    vector_clock vector;
    std::optional<std::size_t> latest;
  };

  struct message {
    lamport_time sent;
    vector_clock known;
    std::size_t sending;
  };

  void step(process& who) {
    auto choice = random_.below(3);
    if (choice == 0 && !under_way_.empty())
      receive(who);
    else if (choice == 1)
      send(who);
    else
      record(who, who.lamport.tick(), {});
  }

  void send(process& who) {
    auto sending = record(who, who.lamport.tick(), {});
    under_way_.push_back({events_[sending].stamp.time, events_[sending].known, sending});
  }

  void receive(process& who) {
    std::swap(under_way_[random_.below(under_way_.size())], under_way_.back());
    auto received = std::move(under_way_.back());
    under_way_.pop_back();
    who.vector.merge(received.known);
    record(who, *who.lamport.witness(received.sent), received.sending);
  }

  /// Returns the index of the new event, which follows the process' latest one and `cause`.
  std::size_t record(process& who, lamport_time time, std::optional<std::size_t> cause) {
    who.vector.increment(who.self);
    auto index = events_.size();
    recorded_event event{{time, who.self.node}, who.vector, std::vector<bool>(index)};
    add_to_past(event, who.latest);
    add_to_past(event, cause);
    events_.push_back(std::move(event));
    who.latest = index;
    return index;
  }

  void add_to_past(recorded_event& event, std::optional<std::size_t> earlier) const {
    if (!earlier)
      return;
    const auto& past = events_[*earlier].past;
    for (std::size_t i = 0; i < past.size(); ++i)
      event.past[i] = event.past[i] || past[i];
    event.past[*earlier] = true;
  }

  random_generator random_;
  std::vector<process> processes_;
  std::vector<message> under_way_;
  std::vector<recorded_event> events_;
};

} // namespace chorus::testing
