#pragma once

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/strong_integer.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/history/identifiers.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// What an object does when its operations come one at a time: the measure of a linearizable one.
///
///     struct switch_specification {
///       using state = bool;                                     // ordered, cheap to copy
///       struct input { bool on; friend bool operator==(input, input) = default; };
///       using output = bool;                                    // how it was before
///       static state initial() { return false; }
///       static bool step(state& now, const input& in, const output* observed) {
///         auto before = std::exchange(now, in.on);
///         return !observed || *observed == before;
///       }
///       static std::string describe(bool value) { return value ? "on" : "off"; }      // state and output
///       static std::string describe(const input& in) { return "turn " + describe(in.on); }
///     };
///
/// `step` applies one operation to the state and says whether it may have answered `*observed`; without one
/// (nobody saw the answer) it says whether it can take effect at all. The state after a "no" is not looked
/// at. `step` is a function of its arguments. Equal inputs do the same.
///
/// Optional: `static bool only_observes(const input&, const output&)` says that an operation with this answer
/// changes no state at all, as a read does. (Writing what is there already is no observation.) It saves work.
template <class Specification>
concept sequential_specification = requires(
    typename Specification::state& state,
    const typename Specification::state& view,
    const typename Specification::input& input,
    const typename Specification::output& output
) {
  requires std::totally_ordered<typename Specification::state>;
  requires std::copyable<typename Specification::state>;
  requires std::equality_comparable<typename Specification::input>;
  { Specification::initial() } -> std::same_as<typename Specification::state>;
  { Specification::step(state, input, &output) } -> std::same_as<bool>;
  { Specification::describe(view) } -> std::convertible_to<std::string>;
  { Specification::describe(input) } -> std::convertible_to<std::string>;
  { Specification::describe(output) } -> std::convertible_to<std::string>;
};

/// An operation of a history: the n-th that was invoked.
using operation_id = strong_integer<struct operation_tag, std::size_t>;

/// What clients asked of objects and what they were told. Objects are told apart by keys and do not depend on
/// each other.
///
/// Calls come in the order in which things happen in the run, seen from outside; that order is what counts,
/// times are for the reader. An operation that is neither answered nor refused stays open for ever: it may
/// take effect at any later time, or never.
///
/// Thread rules: none of its own; one history belongs to one thread.
template <sequential_specification Specification>
class operation_history {
public:
  using input = typename Specification::input;
  using output = typename Specification::output;

  /// When something was recorded, among all that was.
  using position = std::size_t;
  static constexpr position never = std::numeric_limits<position>::max();

  struct operation {
    participant client;
    std::string key;
    input asked;
    std::optional<output> answer;
    position invoked = 0;
    position returned = never;
    time_point invoked_at;
    time_point returned_at; ///< only if it has returned
    bool refused = false;
  };

  /// `client` asks for `asked` on the object `key`. A client may have several operations under way.
  /// Pre: `now` is not before an earlier one.
  operation_id invoke(participant client, std::string key, input asked, time_point now) {
    operations_.push_back({client, std::move(key), std::move(asked), {}, advance(now), never, now, {}, false}
    );
    return {operations_.size()};
  }

  /// It was performed and answered so. Pre: it is open, `now` is not before an earlier one.
  void answered(operation_id which, output answer, time_point now) {
    auto& ending = open(which);
    ending.answer = std::move(answer);
    ending.returned = advance(now);
    ending.returned_at = now;
  }

  /// It has certainly had no effect and never will: it is no part of the history any more. A timeout is no
  /// refusal. Pre: it is open.
  void refused(operation_id which) { open(which).refused = true; }

  /// In the order of invocation, the refused ones among them.
  const std::vector<operation>& operations() const noexcept { return operations_; }

private:
  position advance(time_point now) {
    CHORUS_CHECK(now >= latest_, "a history is recorded in the order in which things happen");
    latest_ = now;
    return next_++;
  }

  operation& open(operation_id which) {
    CHORUS_CHECK(which && which.value <= operations_.size(), "an operation that was not invoked");
    auto& found = operations_[which.value - 1];
    CHORUS_CHECK(!found.answer && !found.refused, "an operation ends once");
    return found;
  }

  std::vector<operation> operations_;
  position next_ = 0;
  time_point latest_ = time_point::min();
};

} // namespace chorus::simulation
