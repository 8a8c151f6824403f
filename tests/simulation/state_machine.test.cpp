#include <chorus/simulation/state_machine.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <variant>

namespace chorus::simulation {
namespace {

using ::testing::HasSubstr;

// -- a class that can be replicated ------------------------------------------------------------------------

struct deposit {
  std::string owner;
  std::uint32_t amount = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(owner, amount);
  }
};

struct close_account {
  std::string owner;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(owner);
  }
};

using command = std::variant<deposit, close_account>;

class bank {
public:
  std::uint64_t on(const deposit& what) { return accounts_[what.owner] += what.amount; }
  void on(const close_account& what) { accounts_.erase(what.owner); }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(accounts_);
  }

private:
  std::map<std::string, std::uint64_t> accounts_;
};

command random_command(random_generator& chance) {
  auto owner = std::string(1, static_cast<char>('a' + chance.below(5)));
  if (chance.chance(0.1))
    return close_account{owner};
  return deposit{owner, static_cast<std::uint32_t>(chance.below(100))};
}

TEST(state_machine, of_a_deterministic_class_never_differs) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto found = try_state_machine<bank>(seed, random_command);
    EXPECT_FALSE(found) << to_string(*found);
  }
}

// -- classes that cannot ---------------------------------------------------------------------------------

struct increment {};

increment next_increment(random_generator&) {
  return {};
}

/// `Class` is found to differ, for every seed, and the report has that in it.
template <class Class, class NextCommand>
void expect_found(NextCommand next, const std::string& part_of_report) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto found = try_state_machine<Class>(seed, next);
    ASSERT_TRUE(found) << "seed " << seed;
    EXPECT_THAT(to_string(*found), HasSubstr(part_of_report));
    EXPECT_GT(found->replica, 0u);
  }
}

struct forgets_a_member {
  std::uint32_t count = 0;
  std::uint32_t steps = 0;

  std::uint32_t on(const increment&) {
    ++steps;
    return count += steps;
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(count);
  }
};

TEST(state_machine, that_leaves_a_member_out_of_its_snapshot_is_found) {
  expect_found<forgets_a_member>(next_increment, "the result differs");
}

struct depends_on_its_address {
  std::uint32_t count = 0;

  std::uint64_t on(const increment&) { return ++count + reinterpret_cast<std::uintptr_t>(this); }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(count);
  }
};

TEST(state_machine, whose_snapshots_nobody_reads_does_not_show_what_they_lack) {
  EXPECT_FALSE(try_state_machine<forgets_a_member>(1, next_increment, {.replicas = 2, .restores = 0}));
  EXPECT_TRUE(try_state_machine<forgets_a_member>(1, next_increment, {.replicas = 2, .restores = 1}));
}

TEST(state_machine, whose_result_depends_on_its_address_is_found) {
  expect_found<depends_on_its_address>(next_increment, "the result differs");
}

struct shares_a_variable {
  static inline std::uint32_t of_all = 0;
  std::uint32_t last = 0;

  void on(const increment&) { last = ++of_all; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(last);
  }
};

TEST(state_machine, that_has_state_in_a_static_variable_is_found) {
  expect_found<shares_a_variable>(next_increment, "the encoded state differs");
}

// All replicas write the same into it: seen only because one replica is ahead of the other.
struct shares_a_maximum {
  static inline std::uint32_t of_all = 0;

  std::uint32_t on(const deposit& what) { return of_all = std::max(of_all, what.amount); }

  template <class Archive>
  void serialize(Archive&) {}
};

TEST(state_machine, that_shares_what_all_replicas_write_alike_is_found) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    shares_a_maximum::of_all = 0;
    auto next = [amount = 0u](random_generator&) mutable { return deposit{"a", ++amount}; };
    EXPECT_TRUE(try_state_machine<shares_a_maximum>(seed, next)) << "seed " << seed;
  }
}

struct shows_an_accidental_order {
  std::unordered_set<std::string> owners;

  std::string on(const deposit& what) {
    owners.insert(what.owner + std::to_string(what.amount));
    return *owners.begin();
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(owners);
  }
};

TEST(state_machine, whose_result_depends_on_the_order_of_an_unordered_container_is_found) {
  auto next = [](random_generator& chance) {
    return deposit{"a", static_cast<std::uint32_t>(chance.below(100))};
  };
  expect_found<shows_an_accidental_order>(next, "the result differs");
}

struct forgets_to_initialise {
  std::uint32_t count; // NOLINT: this is what is planted

  forgets_to_initialise() {}

  void on(const increment&) {}

  template <class Archive>
  void serialize(Archive& archive) {
    archive(count);
  }
};

TEST(state_machine, with_a_member_that_nobody_initialises_is_found) {
  expect_found<forgets_to_initialise>(next_increment, "the encoded state differs");
}

struct saves_what_it_does_not_load {
  std::uint32_t count = 0;

  void on(const increment&) { ++count; }

  template <class Archive>
  void save(Archive& archive) const {
    archive(count, count);
  }

  template <class Archive>
  void load(Archive& archive) {
    archive(count);
  }
};

TEST(state_machine, that_does_not_read_all_of_its_snapshot_is_found) {
  expect_found<saves_what_it_does_not_load>(next_increment, "it cannot read its snapshot");
}

struct loads_something_else {
  std::uint32_t count = 0;

  void on(const increment&) { ++count; }

  template <class Archive>
  void save(Archive& archive) const {
    archive(count);
  }

  template <class Archive>
  void load(Archive& archive) {
    archive(count);
    count = 0;
  }
};

TEST(state_machine, that_reads_another_state_than_it_wrote_is_found) {
  expect_found<loads_something_else>(next_increment, "the encoded state, once restored, differs");
}

// The first replica gets the command that was made, the others what came over the wire.
struct loses_its_amount {
  std::uint32_t amount = 0;

  template <class Archive>
  void serialize(Archive&) {}
};

struct sums {
  std::uint32_t sum = 0;

  std::uint32_t on(const loses_its_amount& what) { return sum += what.amount; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(sum);
  }
};

TEST(state_machine, whose_commands_do_not_survive_the_wire_is_found) {
  expect_found<sums>([](random_generator&) { return loses_its_amount{7}; }, "07000000");
}

// -- what is told ----------------------------------------------------------------------------------------

TEST(divergence, tells_where_to_look) {
  EXPECT_EQ(to_string(divergence{7, 12, 2, {}, "it differs"}), "seed 7, command 12, replica 2: it differs");
  EXPECT_EQ(
      to_string(divergence{7, 12, 2, 11, "it differs"}),
      "seed 7, command 12, replica 2 (restored from a snapshot before command 11): it differs"
  );
}

TEST(divergence, is_the_same_for_the_same_seed) {
  auto one = try_state_machine<forgets_a_member>(1, next_increment);
  auto other = try_state_machine<forgets_a_member>(1, next_increment);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(to_string(*one), to_string(*other));
}

TEST(state_machine, applies_as_many_commands_as_it_is_told) {
  std::size_t made = 0;
  auto next = [&made](random_generator& chance) {
    ++made;
    return random_command(chance);
  };
  EXPECT_FALSE(try_state_machine<bank>(1, next, {.commands = 100}));
  EXPECT_EQ(made, 100u);
  EXPECT_FALSE(try_state_machine<bank>(1, next, {.commands = 0}));
  EXPECT_EQ(made, 100u);
}

} // namespace
} // namespace chorus::simulation
