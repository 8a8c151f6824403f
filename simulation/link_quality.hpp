#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>

namespace chorus::simulation {

/// How long a packet takes: anything from `low` to `high`, each as likely as the others; and with the
/// probability `tail`, again and again, twice as long, up to `at_most`. So most are quick and a few very
/// late, as in real networks, where the mean says little about the worst.
///
/// (Doubling instead of an exponential distribution, because the functions of the standard library for it
/// may differ in the last bit from machine to machine, and with it the whole run.)
struct delay_range {
  duration low = std::chrono::microseconds{100};
  duration high = std::chrono::microseconds{500};
  double tail = 0;
  duration at_most = std::chrono::seconds{1};

  /// Pre: `low <= high`.
  duration draw(random_generator& chance) const {
    auto time = chance.duration_between(low, high);
    while (tail > 0 && time < at_most && chance.chance(tail))
      time *= 2;
    return time > at_most ? at_most : time;
  }
};

/// What one direction of one link does to packets; probabilities from 0 to 1.
struct link_quality {
  delay_range delay{};
  double loss = 0;
  double duplication = 0;
  double reordering = 0; ///< a packet does not wait for those before it; all others keep their order
  double corruption = 0; ///< some bytes are changed, cut off or added

  /// Larger packets are lost, head and body together: a path whose MTU nobody tells.
  std::size_t largest_bytes = static_cast<std::size_t>(-1);
};

} // namespace chorus::simulation
