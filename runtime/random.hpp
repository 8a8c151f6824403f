#pragma once

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <utility>

namespace chorus {

/// Chance that can be repeated: the same seed gives the same draws on every platform, compiler and
/// standard library. Whatever in chorus leaves something to chance takes one of these as an argument.
///
/// The generator is xoshiro256** seeded through splitmix64 (Blackman and Vigna, "Scrambled linear
/// pseudorandom number generators", ACM TOMS 47(4), 2021; https://prng.di.unimi.it). The draws are
/// chorus' own, because the standard leaves to each library how its distributions use a generator;
/// for the same reason this is no UniformRandomBitGenerator.
///
/// Not for secrets: whoever sees a few numbers can compute all others.
///
/// Thread rules: a value type; distinct objects are independent. A copy repeats what the original draws.
class random_generator {
public:
  /// Any seed is good, zero included.
  explicit random_generator(std::uint64_t seed) noexcept;

  /// 64 random bits.
  std::uint64_t next() noexcept;

  /// A number from 0 to `count - 1`, each exactly as likely as the others. Pre: `count > 0`.
  std::uint64_t below(std::uint64_t count);

  /// A number from `low` to `high`, both included, each as likely as the others. Pre: `low <= high`.
  std::int64_t between(std::int64_t low, std::int64_t high);

  /// A length of time from `low` to `high`, both included. Pre: `low <= high`.
  duration duration_between(duration low, duration high);

  /// True with that probability, to a precision of 2^-53. At 0 and below it is never true, at 1 and
  /// above always. Takes one draw whatever the answer.
  bool chance(double probability) noexcept;

  /// Puts the items in an order drawn from all orders, each as likely as the others (Fisher and Yates;
  /// Knuth, TAOCP volume 2, algorithm 3.4.2P).
  template <std::ranges::random_access_range Items>
  void shuffle(Items&& items) {
    auto first = std::ranges::begin(items);
    for (auto left = static_cast<std::uint64_t>(std::ranges::size(items)); left > 1; --left)
      std::ranges::swap(
          first[static_cast<std::ptrdiff_t>(left - 1)], first[static_cast<std::ptrdiff_t>(below(left))]
      );
  }

  /// A new generator, seeded by one draw from this one: give each component its own, so that one more
  /// draw in one of them does not change the draws of all others. The seed has 64 bits: among a million
  /// generators two are the same with a probability below one in ten million.
  random_generator split() noexcept;

private:
  std::array<std::uint64_t, 4> state_;
};

} // namespace chorus
