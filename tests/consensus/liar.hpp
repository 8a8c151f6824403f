#pragma once

#include "battlefield.hpp"

#include <chorus/runtime/random.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus::testing {

/// How often each kind of lie was told, and each rare thing happened: a test that saw none has not tested it.
class tally {
public:
  explicit tally(std::span<const std::string_view> names) {
    for (auto name : names)
      counts_[name] = 0;
  }

  void add(std::string_view name, std::uint64_t times = 1) {
    auto found = counts_.find(name);
    ASSERT_NE(found, counts_.end()) << "nobody counts " << name;
    found->second += times;
  }

  /// Prints all and fails for each that is zero.
  void check(std::string_view title) const {
    std::cout << title << ':';
    for (const auto& [name, count] : counts_)
      std::cout << ' ' << name << ' ' << count << ';';
    std::cout << '\n';
    for (const auto& [name, count] : counts_)
      EXPECT_GT(count, 0u) << "never seen: " << name;
  }

private:
  std::map<std::string_view, std::uint64_t> counts_;
};

/// What the liars of both protocols have in common: chance, what the traitors have seen, and lies about
/// bytes that need no understanding of them.
class liar {
public:
  liar(const forces& army, random_generator chance, tally& told) : army_(army), chance_(chance), told_(told) {
    for (std::size_t who = 0; who < army.generals; ++who)
      side_.push_back(any_order());
  }

  /// A letter of an earlier battle, for `replay`.
  void remember(const letter& old) { seen_.push_back(old.bytes); }

protected:
  generals::order any_order() {
    return chance_.chance(0.5) ? generals::order::attack : generals::order::retreat;
  }

  generals::general any_general() { return static_cast<generals::general>(chance_.below(army_.generals)); }

  generals::general any_traitor() {
    auto found = army_.traitors.begin();
    std::advance(found, static_cast<std::ptrdiff_t>(chance_.below(army_.traitors.size())));
    return *found;
  }

  bool is_traitor(generals::general who) const { return army_.traitors.contains(who); }

  /// What the traitors want that general to believe in this battle: they split the loyal into two camps.
  generals::order side_of(generals::general who) const { return side_[who]; }

  void see(const std::vector<letter>& letters) {
    for (const auto& each : letters)
      if (seen_.size() < 4096)
        seen_.push_back(each.bytes);
  }

  /// A letter that the traitors have seen, to somebody else and perhaps in another round or battle.
  std::optional<letter> replay() {
    if (seen_.empty())
      return std::nullopt;
    told_.add("replay");
    return letter{any_traitor(), any_general(), seen_[chance_.below(seen_.size())]};
  }

  /// Bytes that are no message, or a message with a byte changed.
  letter garbage() {
    told_.add("garbage");
    letter made{any_traitor(), any_general(), {}};
    if (!seen_.empty() && chance_.chance(0.5)) {
      made.bytes = seen_[chance_.below(seen_.size())];
      made.bytes[chance_.below(made.bytes.size())] = any_byte();
      return made;
    }
    made.bytes.resize(chance_.below(40));
    for (auto& byte : made.bytes)
      byte = any_byte();
    return made;
  }

  std::byte any_byte() { return static_cast<std::byte>(chance_.below(256)); }

  static generals::order opposite(generals::order what) {
    return what == generals::order::attack ? generals::order::retreat : generals::order::attack;
  }

  forces army_;
  random_generator chance_;
  tally& told_;
  std::vector<generals::order> side_;
  std::vector<byte_buffer> seen_;
};

} // namespace chorus::testing
