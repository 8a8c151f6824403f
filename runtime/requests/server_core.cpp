#include <chorus/runtime/requests/server_core.hpp>

#include <utility>

namespace chorus::requests {

server_core::decision server_core::receive(const waiting& from, std::uint64_t lowest_open, bool is_in_reach) {
  if (has_ended_ || (!is_in_reach && !filter_.knows(from.call.caller)))
    return turn_away{};
  auto verdict = filter_.admit(from.call, lowest_open);
  switch (verdict) {
  case duplicate_filter::verdict::execute:
    executions_.emplace(from.call, ++last_execution_);
    running_.emplace(last_execution_, from);
    return execute{last_execution_};
  case duplicate_filter::verdict::in_progress: {
    auto earlier = std::exchange(running_.at(executions_.at(from.call)), from);
    return refuse{earlier, refusal::superseded};
  }
  case duplicate_filter::verdict::answered:
    return give_answer{filter_.answer_to(from.call)};
  default:
    return refuse{from, *refusal_of(verdict)};
  }
}

std::optional<server_core::waiting>
server_core::answered(std::uint64_t execution, std::any content, std::size_t bytes) {
  auto known = running_.find(execution);
  if (known == running_.end())
    return std::nullopt;
  auto last_try = known->second;
  filter_.finish(last_try.call, std::move(content), bytes);
  executions_.erase(last_try.call);
  running_.erase(known);
  return last_try;
}

std::vector<server_core::waiting> server_core::worker_ended() {
  has_ended_ = true;
  executions_.clear();
  std::vector<waiting> open;
  open.reserve(running_.size());
  for (const auto& [execution, last_try] : std::exchange(running_, {}))
    open.push_back(last_try);
  return open;
}

} // namespace chorus::requests
