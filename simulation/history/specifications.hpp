#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace chorus::simulation {

/// A register that holds a number, zero at first: the sequential specification of one key of a store.
struct register_specification {
  using state = std::int64_t;

  struct read {
    friend bool operator==(const read&, const read&) = default;
  };
  struct write {
    std::int64_t value = 0;
    friend bool operator==(const write&, const write&) = default;
  };
  /// Writes `desired` if the register holds `expected`.
  struct compare_and_set {
    std::int64_t expected = 0;
    std::int64_t desired = 0;
    friend bool operator==(const compare_and_set&, const compare_and_set&) = default;
  };
  using input = std::variant<read, write, compare_and_set>;

  /// The answer to `read`.
  struct value {
    std::int64_t held = 0;
  };
  /// The answer to `write`.
  struct written {};
  /// The answer to `compare_and_set`: whether it wrote.
  struct compared {
    bool done = false;
  };
  using output = std::variant<value, written, compared>;

  static state initial() { return 0; }
  static bool step(state& now, const input& asked, const output* observed);
  static bool only_observes(const input& asked, const output& answer);
  static std::string describe(state held);
  static std::string describe(const input& asked);
  static std::string describe(const output& answer);
};

/// A counter, zero at first. Every answer is its value after the operation.
struct counter_specification {
  using state = std::int64_t;

  /// `amount` zero only reads.
  struct add {
    std::int64_t amount = 0;
    friend bool operator==(const add&, const add&) = default;
  };
  using input = add;
  using output = std::int64_t;

  static state initial() { return 0; }
  static bool step(state& now, const input& asked, const output* observed);
  static bool only_observes(const input& asked, const output&) { return asked.amount == 0; }
  static std::string describe(std::int64_t value);
  static std::string describe(const input& asked);
};

} // namespace chorus::simulation
