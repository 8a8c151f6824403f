#include <chorus/runtime/check.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace chorus::requests {

duplicate_filter::verdict duplicate_filter::admit(const call_id& call, std::uint64_t lowest_open) {
  if (call.number == 0 || lowest_open > call.number)
    return verdict::stale;
  auto caller = callers_.find(call.caller);
  if (caller != callers_.end()) {
    acknowledge(caller->second, lowest_open); // first: it may make room
    if (call.number < caller->second.lowest_open || caller->second.has_ended)
      return verdict::stale;
    if (auto known = caller->second.calls.find(call.number); known != caller->second.calls.end()) {
      switch (known->second.state) {
      case state::running:
        return verdict::in_progress;
      case state::kept:
        return verdict::answered;
      case state::not_kept:
        return verdict::not_kept;
      }
    }
  }
  if (!has_room_for(caller))
    return verdict::refused;
  auto& record = callers_[call.caller];
  record.lowest_open = std::max(record.lowest_open, lowest_open);
  record.calls.emplace(call.number, call_record{});
  ++calls_;
  return verdict::execute;
}

void duplicate_filter::finish(const call_id& call, std::any answer, std::size_t bytes) {
  auto caller = callers_.find(call.caller);
  CHORUS_CHECK(caller != callers_.end(), "an answer to a call that was never begun");
  auto& calls = caller->second.calls;
  auto known = calls.find(call.number);
  CHORUS_CHECK(known != calls.end() && known->second.state == state::running, "a call has one answer");
  if (caller->second.has_ended || call.number < caller->second.lowest_open) {
    calls.erase(known);
    --calls_;
    if (caller->second.has_ended && calls.empty())
      callers_.erase(caller);
  } else if (bytes > limits_.answer_bytes - answer_bytes_) {
    known->second.state = state::not_kept;
  } else {
    known->second = {state::kept, std::move(answer), bytes};
    answer_bytes_ += bytes;
  }
}

const std::any& duplicate_filter::answer_to(const call_id& call) const {
  auto caller = callers_.find(call.caller);
  CHORUS_CHECK(caller != callers_.end(), "an unknown caller");
  auto known = caller->second.calls.find(call.number);
  CHORUS_CHECK(known != caller->second.calls.end() && known->second.state == state::kept, "no such answer");
  return known->second.answer;
}

void duplicate_filter::acknowledge(const caller_id& caller, std::uint64_t lowest_open) {
  if (auto known = callers_.find(caller); known != callers_.end())
    acknowledge(known->second, lowest_open);
}

void duplicate_filter::forget(const caller_id& caller) {
  if (auto known = callers_.find(caller); known != callers_.end())
    end(known);
}

void duplicate_filter::forget(const peer& home) {
  for (auto each = callers_.lower_bound({home, 0}); each != callers_.end() && each->first.home == home;)
    each = end(each);
}

/// Whether a call that is not known may begin.
bool duplicate_filter::has_room_for(caller_table::const_iterator caller) const {
  if (calls_ >= limits_.calls || answer_bytes_ >= limits_.answer_bytes)
    return false;
  return caller == callers_.end() ? callers_.size() < limits_.callers
                                  : caller->second.calls.size() < limits_.calls_of_one_caller;
}

/// Tries come in any order, so what one says may be older than what is known.
void duplicate_filter::acknowledge(caller_record& caller, std::uint64_t lowest_open) {
  if (lowest_open <= caller.lowest_open)
    return;
  caller.lowest_open = lowest_open;
  drop_answers(caller.calls, caller.calls.lower_bound(lowest_open));
}

/// What runs is remembered until it is answered, so that there are never more than the limits say.
duplicate_filter::caller_table::iterator duplicate_filter::end(caller_table::iterator caller) {
  drop_answers(caller->second.calls, caller->second.calls.end());
  caller->second.has_ended = true;
  return caller->second.calls.empty() ? callers_.erase(caller) : std::next(caller);
}

/// All before `end` that do not run any more.
void duplicate_filter::drop_answers(call_table& calls, call_table::iterator end) {
  for (auto each = calls.begin(); each != end;) {
    if (each->second.state == state::running) {
      ++each;
      continue;
    }
    --calls_;
    answer_bytes_ -= each->second.bytes;
    each = calls.erase(each);
  }
}

} // namespace chorus::requests
