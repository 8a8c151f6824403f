#include <chorus/simulation/history/specifications.hpp>

#include <utility>

namespace chorus::simulation {

namespace {

using registers = register_specification;

bool apply(std::int64_t& now, const registers::read&, const registers::output* observed) {
  const auto* seen = std::get_if<registers::value>(observed);
  return !observed || (seen && seen->held == now);
}

bool apply(std::int64_t& now, const registers::write& asked, const registers::output* observed) {
  now = asked.value;
  return !observed || std::holds_alternative<registers::written>(*observed);
}

bool apply(std::int64_t& now, const registers::compare_and_set& asked, const registers::output* observed) {
  bool done = now == asked.expected;
  if (done)
    now = asked.desired;
  const auto* seen = std::get_if<registers::compared>(observed);
  return !observed || (seen && seen->done == done);
}

std::string text_of(const registers::read&) {
  return "read";
}

std::string text_of(const registers::write& asked) {
  return "write " + std::to_string(asked.value);
}

std::string text_of(const registers::compare_and_set& asked) {
  return "compare and set " + std::to_string(asked.expected) + " to " + std::to_string(asked.desired);
}

std::string text_of(const registers::value& answer) {
  return std::to_string(answer.held);
}

std::string text_of(const registers::written&) {
  return "done";
}

std::string text_of(const registers::compared& answer) {
  return answer.done ? "done" : "not done";
}

} // namespace

bool register_specification::step(state& now, const input& asked, const output* observed) {
  return std::visit([&](const auto& operation) { return apply(now, operation, observed); }, asked);
}

bool register_specification::only_observes(const input& asked, const output& answer) {
  const auto* compared_with = std::get_if<compared>(&answer);
  return std::holds_alternative<read>(asked)
         || (std::holds_alternative<compare_and_set>(asked) && compared_with && !compared_with->done);
}

std::string register_specification::describe(state held) {
  return std::to_string(held);
}

std::string register_specification::describe(const input& asked) {
  return std::visit([](const auto& operation) { return text_of(operation); }, asked);
}

std::string register_specification::describe(const output& answer) {
  return std::visit([](const auto& each) { return text_of(each); }, answer);
}

bool counter_specification::step(state& now, const input& asked, const output* observed) {
  now = static_cast<state>(static_cast<std::uint64_t>(now) + static_cast<std::uint64_t>(asked.amount));
  return !observed || *observed == now;
}

std::string counter_specification::describe(std::int64_t value) {
  return std::to_string(value);
}

std::string counter_specification::describe(const input& asked) {
  return asked.amount == 0 ? "get" : "add " + std::to_string(asked.amount);
}

} // namespace chorus::simulation
