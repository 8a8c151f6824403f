#pragma once

#include <chorus/consensus/generals/order.hpp>
#include <chorus/runtime/steps.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace chorus::consensus::generals {

/// An input of the commander's core: the order to give. The first counts, and it must come before round 0
/// is over; later ones are ignored.
struct command {
  order what = default_order;
};

/// A step of a core's output, once in a battle: what this general obeys. The commander decides when the
/// order is given, a lieutenant at the end of the last round.
struct decided {
  order what = default_order;
  friend bool operator==(const decided&, const decided&) = default;
};

/// Performed in the order of the fields.
template <class Message>
struct output {
  std::vector<transmit<Message>> messages;
  std::optional<decided> decision;

  bool empty() const noexcept { return messages.empty() && !decision; }

  template <class Visitor>
  void for_each_step(Visitor&& visit) {
    for (auto& step : messages)
      visit(std::move(step));
    if (decision)
      visit(*decision);
  }
};

} // namespace chorus::consensus::generals
