#include <chorus/runtime/random.hpp>

#include <bit>

namespace chorus {

namespace {

// Two numbers side by side; gcc and clang have the type, the standard does not.
__extension__ using uint128 = unsigned __int128;

/// One step of splitmix64 (Steele, Lea and Flood, OOPSLA 2014; Vigna's splitmix64.c).
std::uint64_t splitmix64(std::uint64_t& state) noexcept {
  std::uint64_t mixed = (state += 0x9E3779B97F4A7C15u);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

} // namespace

// Four successive outputs of splitmix64 are never all zero, the one state that xoshiro cannot leave.
random_generator::random_generator(std::uint64_t seed) noexcept {
  for (auto& word : state_)
    word = splitmix64(seed);
}

std::uint64_t random_generator::next() noexcept {
  auto drawn = std::rotl(state_[1] * 5, 7) * 9;
  auto shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return drawn;
}

// Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019, algorithm 5: the
// upper half of draw * count is the answer, and a few lower halves are drawn again so that each answer
// is left with the same number of draws.
std::uint64_t random_generator::below(std::uint64_t count) {
  CHORUS_CHECK(count > 0, "nothing to draw from");
  auto product = static_cast<uint128>(next()) * count;
  if (static_cast<std::uint64_t>(product) < count) {
    auto surplus = (0 - count) % count; // 2^64 mod count
    while (static_cast<std::uint64_t>(product) < surplus)
      product = static_cast<uint128>(next()) * count;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t random_generator::between(std::int64_t low, std::int64_t high) {
  CHORUS_CHECK(low <= high, "an empty interval");
  auto base = static_cast<std::uint64_t>(low);
  auto count = static_cast<std::uint64_t>(high) - base + 1;
  // The interval of all numbers has 2^64 of them, which `count` shows as zero.
  auto offset = count == 0 ? next() : below(count);
  return static_cast<std::int64_t>(base + offset);
}

duration random_generator::duration_between(duration low, duration high) {
  static_assert(sizeof(duration::rep) == sizeof(std::int64_t));
  return duration{between(low.count(), high.count())};
}

bool random_generator::chance(double probability) noexcept {
  // The upper 53 bits are exact in a double, and so is the product with a power of two.
  return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
}

random_generator random_generator::split() noexcept {
  return random_generator{next()};
}

} // namespace chorus
