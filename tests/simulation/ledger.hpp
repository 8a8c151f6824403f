#pragma once

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/population.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::testing {

/// A small protocol core: it adds ones, makes each durable, and says when it is.
class ledger_core {
public:
  struct message {};
  struct add {};
  using input = std::variant<add, persisted>;

  /// One more is durable.
  struct added {};

  struct output {
    std::vector<persist<int>> records;
    std::vector<added> answers;

    bool empty() const { return records.empty() && answers.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : records)
        visit(std::move(step));
      for (auto& step : answers)
        visit(std::move(step));
    }
  };

  /// `recovered`: the sum of an earlier life.
  explicit ledger_core(std::uint64_t recovered) : sum_(recovered) {}

  void receive(time_point, const peer&, const message&) {}
  void apply(time_point, const input& what) {
    if (std::holds_alternative<add>(what)) {
      ++sum_;
      output_.records.push_back({persist_token{++token_}, 1});
    } else {
      output_.answers.push_back({});
    }
  }
  void tick(time_point) {}
  std::optional<time_point> next_deadline() const { return {}; }
  output drain() { return std::exchange(output_, {}); }

  std::uint64_t sum() const { return sum_; }

private:
  std::uint64_t sum_;
  std::uint64_t token_ = 0;
  output output_;
};

struct ledger_wire {
  static wire_message encode(const ledger_core::message&) { return {}; }
  static result<ledger_core::message> decode(const shared_bytes&, const shared_bytes&) {
    return ledger_core::message{};
  }
  static byte_buffer encode_record(int number) { return {static_cast<std::byte>(number)}; }
};

/// What a ledger has said to be durable is in its sum in all later lives.
class nothing_is_forgotten final : public simulation::checker {
public:
  explicit nothing_is_forgotten(const simulation::population<ledger_core>& all)
      : checker("what is durable is not forgotten"), all_(all) {}

  void added(const simulation::node& at) { ++durable_[at.index()]; }

  void after_event() override {
    for (std::size_t place = 0; place < all_.size(); ++place)
      if (const auto* core = all_.core(place); core != nullptr && core->sum() < durable_[place])
        broken(
            all_[place].name() + " has " + std::to_string(core->sum()) + " of "
            + std::to_string(durable_[place])
        );
  }

private:
  const simulation::population<ledger_core>& all_;
  std::array<std::uint64_t, 3> durable_{};
};

enum class recovery { right, reads_one_record_at_most };

/// Three ledgers; a piece of work adds one somewhere.
class ledger_trial final : public simulation::trial {
public:
  ledger_trial(simulation::world& around, recovery how)
      : all_(simulation::run_cores<ledger_wire>(
          around,
          3,
          [how](simulation::node& at) {
            auto durable = at.disk().records().size();
            return ledger_core{how == recovery::right || durable < 1 ? durable : 1};
          },
          [this](simulation::node& at, const ledger_core::added&) { check_.added(at); }
      )) {
    around.watch(check_);
  }

  void work(random_generator& chance) override { all_.apply(chance.below(3), ledger_core::add{}); }
  void count(simulation::coverage& met) const override { met.add("ledgers", all_.size()); }

private:
  simulation::population<ledger_core> all_;
  nothing_is_forgotten check_{all_};
};

} // namespace chorus::testing
