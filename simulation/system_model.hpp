#pragma once

#include <chorus/simulation/fault_profile.hpp>

#include <cstdint>
#include <string>

namespace chorus::simulation {

/// What a protocol may assume of its world, in three parts: links, nodes, timing. What can and cannot be
/// solved under which assumptions: docs/concepts/system-models.md.
///
/// (The division is the usual one of lectures on distributed systems; for its parts see Cachin, Guerraoui
/// and Rodrigues, "Introduction to Reliable and Secure Distributed Programming", 2011, chapter 2.)
struct system_model {
  enum class link_behaviour : std::uint8_t {
    reliable,  ///< what is sent to a node that runs arrives once; perhaps out of order
    fair_loss, ///< may be lost, doubled and out of order, but who sends again and again gets through
    arbitrary, ///< besides, altered on the way
  };
  enum class node_behaviour : std::uint8_t {
    crash_stop,     ///< who has crashed stays down for ever
    crash_recovery, ///< who has crashed comes back, with what it had on disk
    byzantine,      ///< besides, some nodes say what they like
  };
  enum class timing_behaviour : std::uint8_t {
    synchronous,           ///< messages and nodes keep a bound that everybody knows
    partially_synchronous, ///< so most of the time; in storms there is no bound
    asynchronous,          ///< there is never a bound: nodes pause, clocks and messages do as they like
  };

  link_behaviour links = link_behaviour::fair_loss;
  node_behaviour nodes = node_behaviour::crash_recovery;
  timing_behaviour timing = timing_behaviour::partially_synchronous;

  /// Of the preset for synchronous links: the longest that a packet is under way.
  static constexpr duration bound = std::chrono::milliseconds{5};
};

/// The model in words: `fair-loss links, crash-recovery nodes, partially synchronous timing`.
std::string to_string(const system_model& model);

/// All that can go wrong under these assumptions, at rates at which a minute of a small cluster sees
/// everything a few times.
fault_profile faults_of(const system_model& model);

} // namespace chorus::simulation
