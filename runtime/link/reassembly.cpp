#include "reassembly.hpp"

#include <utility>

namespace chorus::link {

bool reassembly::add(segment next, std::optional<delivered>& complete) {
  switch (next.kind) {
  case part::whole:
    return add_whole(next, complete);
  case part::first:
    return begin(next);
  case part::middle:
  case part::last:
    return go_on(next, complete);
  }
  return false;
}

bool reassembly::add_whole(segment& next, std::optional<delivered>& complete) const {
  auto overtakes = unfinished_ && unfinished_->pair == next.pair;
  if (overtakes || next.bytes.size() > message_bytes_)
    return false;
  auto cost = cost_of(part::whole, next.bytes.size());
  complete = delivered{next.pair, std::move(next.bytes), cost};
  return true;
}

bool reassembly::begin(const segment& next) {
  if (unfinished_ || next.message_size > message_bytes_)
    return false;
  if (next.bytes.empty() || next.bytes.size() >= next.message_size)
    return false;
  auto& message = unfinished_.emplace(unfinished{next.pair, next.message_size, {}});
  message.bytes.reserve(next.message_size);
  auto chunk = next.bytes.view();
  message.bytes.assign(chunk.begin(), chunk.end());
  return true;
}

bool reassembly::go_on(const segment& next, std::optional<delivered>& complete) {
  if (!unfinished_ || unfinished_->pair != next.pair || next.bytes.empty())
    return false;
  auto& message = *unfinished_;
  auto left = message.message_size - message.bytes.size();
  auto completes = next.kind == part::last;
  if (completes ? next.bytes.size() != left : next.bytes.size() >= left)
    return false;
  auto chunk = next.bytes.view();
  message.bytes.insert(message.bytes.end(), chunk.begin(), chunk.end());
  if (completes) {
    auto cost = cost_of(part::whole, message.message_size);
    complete = delivered{message.pair, shared_bytes{std::move(message.bytes)}, cost};
    unfinished_.reset();
  }
  return true;
}

} // namespace chorus::link
