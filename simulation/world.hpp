#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/checker.hpp>
#include <chorus/simulation/event_queue.hpp>
#include <chorus/simulation/fault.hpp>
#include <chorus/simulation/network.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/transcript.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::simulation {

/// An invariant that was broken.
struct breach {
  time_point when;
  std::string invariant;
  std::string how;
};

/// Several nodes, the network between them and all that can go wrong, under one clock and one seed.
///
/// The same seed and the same calls give the same run, byte for byte: nothing in a world depends on the
/// machine, on addresses in memory or on real time. By itself a world does no harm: whoever runs it says
/// what happens, through `network()`, through the nodes, or through a `storm`.
///
/// Thread rules: belongs to one thread; several worlds may run in several threads.
class world final : private network::user {
public:
  /// Events of one moment; a protocol in which more happens without time passing will never stop (reported
  /// as a violation).
  static constexpr std::uint64_t limit_at_once = 1'000'000;

  explicit world(std::uint64_t seed, bool recorded = false);
  ~world() override;

  // -- nodes ------------------------------------------------------------------------------------------

  /// A node that will run this program, when it is started. Names are for the transcript.
  node& add_node(std::string name, program what);

  std::size_t size() const noexcept { return nodes_.size(); }

  /// Pre: `index < size()`.
  node& at(node_index index) { return *nodes_[index]; }

  /// Nothing for a node of another world.
  node* find(const node_id& id);

  // -- time -------------------------------------------------------------------------------------------

  /// True time; the world begins at zero. Nodes have clocks of their own.
  time_point now() const noexcept { return events_.now(); }

  /// Lets the next event happen. False if there is none or an invariant is broken.
  bool step();

  /// Lets time pass; stops when an invariant is broken.
  void run_for(duration time);

  /// Runs until `condition()` holds; false if it does not within `at_most`, or an invariant is broken.
  template <class Condition>
  bool run_until(Condition&& condition, duration at_most) {
    auto end = now() + at_most;
    while (!condition()) {
      if (broken_ || events_.empty() || events_.next() > end) {
        if (!broken_ && now() < end)
          events_.advance_to(end);
        return false;
      }
      step();
    }
    return !broken_;
  }

  // -- what goes wrong, and who looks -----------------------------------------------------------------

  simulation::network& network() noexcept { return network_; }

  /// The connection between the two breaks and there is a new one: what is under way is lost, both are told.
  void reset_connection(node& one, node& other);

  /// `who` must outlive the run.
  void watch(checker& who) { checkers_.push_back(&who); }

  /// Asks all checkers; happens by itself after each event.
  void look_around();

  /// `what` is broken: the run is over. Pre: nothing is broken yet.
  void end_run(breach what);

  /// The first invariant that was broken.
  const std::optional<breach>& broken() const noexcept { return broken_; }

  // -- what is known of the run -----------------------------------------------------------------------

  fault_counts& faults() noexcept { return faults_; }
  const fault_counts& faults() const noexcept { return faults_; }
  event_queue& events() noexcept { return events_; }
  std::uint64_t events_happened() const noexcept { return events_.happened(); }

  simulation::transcript& story() noexcept { return story_; }
  void note(const std::string& what) { story_.add(now(), what); }

  /// A generator of its own for whoever asks: the order of the questions is part of the run.
  random_generator split_chance() noexcept { return chance_.split(); }

private:
  friend class node;

  // what the network calls
  void arrived(packet what) override;
  void lost(const packet& what, fault how) override;

  // what a node calls
  void send(packet what) { network_.send(std::move(what)); }
  void announce(const node& who);
  void overflow(const packet& what);
  void tell_loss(const packet& what, std::string_view how);

  random_generator chance_;
  event_queue events_;
  fault_counts faults_;
  simulation::transcript story_;
  simulation::network network_;
  std::vector<std::unique_ptr<node>> nodes_;
  std::map<node_id, node_index> by_id_;
  std::vector<checker*> checkers_;
  std::optional<breach> broken_;
  time_point moment_; ///< of the last event
  std::uint64_t at_this_moment_ = 0;
};

} // namespace chorus::simulation
