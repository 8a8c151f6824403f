#include "../support/seeds.hpp"

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/simulation/history/agreement.hpp>
#include <chorus/simulation/history/broadcast_history.hpp>
#include <chorus/simulation/history/causal_order.hpp>
#include <chorus/simulation/history/fifo_order.hpp>
#include <chorus/simulation/history/integrity.hpp>
#include <chorus/simulation/population.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

/// The checkers of broadcast at work in the simulator: a notice board whose members answer each other, once
/// with notices shown as they come, once held back until what they answer is there.
namespace chorus::testing {
namespace {

using namespace std::chrono_literals;
using simulation::node;
using simulation::participant;

constexpr std::size_t members = 4;

/// A notice and how many of each member's were on the board of its author, its own included.
struct notice {
  std::uint32_t author = 0;
  std::vector<std::uint64_t> seen;

  std::uint64_t number() const { return seen[author]; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(author, seen);
  }
};

struct wire {
  static wire_message encode(const notice& what) { return {codec::encode(what), {}}; }
  static result<notice> decode(const shared_bytes& head, const shared_bytes&) {
    return codec::decode<notice>(head.view());
  }
};

enum class shown { as_they_come, in_causal_order };

class board {
public:
  using message = notice;
  struct publish {};
  using input = publish;

  struct published {};
  struct delivered {
    notice what;
  };

  struct output {
    std::vector<std::variant<published, delivered>> events; ///< in the order in which they happened
    std::vector<transmit<notice>> notices;

    bool empty() const { return events.empty() && notices.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : events)
        std::visit(visit, step);
      for (auto& step : notices)
        visit(std::move(step));
    }
  };

  board(std::uint32_t self, std::vector<peer> all, shown how)
      : self_(self), all_(std::move(all)), how_(how) {}

  void apply(time_point, const publish&) {
    output_.events.emplace_back(published{});
    auto seen = seen_;
    ++seen[self_];
    show({self_, seen});
    for (std::uint32_t other = 0; other < all_.size(); ++other)
      if (other != self_)
        output_.notices.push_back({all_[other], {self_, seen}});
  }

  void receive(time_point, const peer&, const notice& what) {
    held_back_.push_back(what);
    while (show_next()) {
    }
  }

  void tick(time_point) {}
  std::optional<time_point> next_deadline() const { return std::nullopt; }
  output drain() { return std::exchange(output_, {}); }

private:
  bool show_next() {
    for (auto at = held_back_.begin(); at != held_back_.end(); ++at)
      if (how_ == shown::as_they_come || is_next(*at)) {
        auto what = std::move(*at);
        held_back_.erase(at);
        show(what);
        return true;
      }
    return false;
  }

  /// All that its author had seen is here, and all of its author before it (Birman, Schiper and Stephenson,
  /// "Lightweight causal and atomic group multicast", 1991).
  bool is_next(const notice& what) const {
    for (std::uint32_t member = 0; member < seen_.size(); ++member)
      if (what.seen[member] > seen_[member] + (member == what.author ? 1 : 0))
        return false;
    return true;
  }

  void show(const notice& what) {
    ++seen_[what.author];
    output_.events.emplace_back(delivered{what});
  }

  std::uint32_t self_;
  std::vector<peer> all_;
  shown how_;
  std::vector<std::uint64_t> seen_ = std::vector<std::uint64_t>(members);
  std::vector<notice> held_back_;
  output output_;
};

static_assert(protocol_core<board>);

/// What the members of a board saw, when they are quick to answer what they read.
simulation::broadcast_history conversation(random_generator& random, shown how) {
  simulation::world world{random.next()};
  world.network().set_quality({.delay = {1ms, 50ms, 0.3, 1s}});
  simulation::broadcast_history history;
  auto who = [](std::size_t index) { return participant{static_cast<std::uint32_t>(index + 1)}; };
  for (std::size_t index = 0; index < members; ++index)
    history.founded(who(index));

  auto answers = random.split();
  std::optional<simulation::population<board>> boards;
  boards.emplace(simulation::run_cores<wire>(
      world,
      members,
      [how](node& at) {
        std::vector<peer> all;
        for (std::size_t index = 0; index < members; ++index)
          all.push_back(at.around().at(index).self());
        return board{static_cast<std::uint32_t>(at.index()), std::move(all), how};
      },
      [&](node& at, const auto& step) {
        if constexpr (requires { step.what; }) {
          history.delivered(who(at.index()), {who(step.what.author), step.what.number()});
          if (step.what.author != at.index() && answers.chance(0.25))
            boards->apply(at.index(), {});
        } else {
          history.published(who(at.index()));
        }
      }
  ));
  for (int opening = 0; opening < 10; ++opening) {
    boards->apply(random.below(members), {});
    world.run_for(20ms);
  }
  world.run_for(60s);
  EXPECT_EQ(world.network().under_way(), 0u);
  return history;
}

const std::set<participant> everybody{{1}, {2}, {3}, {4}};

TEST(causal_order_in_the_simulator, is_kept_by_a_board_that_holds_back_what_comes_too_early) {
  for_each_seed(100, [](random_generator& random) {
    auto history = conversation(random, shown::in_causal_order);
    EXPECT_TRUE(check_integrity(history).empty());
    EXPECT_TRUE(check_fifo_order(history).empty());
    EXPECT_TRUE(check_causal_order(history).empty());
    EXPECT_TRUE(check_agreement(history, everybody, simulation::agreement_kind::uniform).empty());
  });
}

TEST(causal_order_in_the_simulator, is_broken_by_a_board_that_shows_notices_as_they_come) {
  int broken = 0;
  for_each_seed(100, [&broken](random_generator& random) {
    auto history = conversation(random, shown::as_they_come);
    // Links keep their order, and nothing is lost: these hold nevertheless.
    EXPECT_TRUE(check_integrity(history).empty());
    EXPECT_TRUE(check_fifo_order(history).empty());
    EXPECT_TRUE(check_agreement(history, everybody, simulation::agreement_kind::uniform).empty());
    broken += check_causal_order(history).empty() ? 0 : 1;
  });
  EXPECT_GT(broken, 50);
}

} // namespace
} // namespace chorus::testing
