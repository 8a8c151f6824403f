#include <chorus/runtime/requests/refusal.hpp>

namespace chorus::requests {

request_fate fate_of(refusal reason) noexcept {
  switch (reason) {
  case refusal::overloaded:
    return request_fate::not_executed;
  case refusal::not_kept:
    return request_fate::executed;
  case refusal::superseded:
  case refusal::stale:
    break;
  }
  return request_fate::unknown;
}

errc code_of(refusal reason) noexcept {
  return reason == refusal::overloaded || reason == refusal::not_kept ? errc::overloaded
                                                                      : errc::outcome_unknown;
}

std::optional<refusal> refusal_of(duplicate_filter::verdict verdict) noexcept {
  switch (verdict) {
  case duplicate_filter::verdict::in_progress:
    return refusal::superseded;
  case duplicate_filter::verdict::not_kept:
    return refusal::not_kept;
  case duplicate_filter::verdict::stale:
    return refusal::stale;
  case duplicate_filter::verdict::refused:
    return refusal::overloaded;
  case duplicate_filter::verdict::execute:
  case duplicate_filter::verdict::answered:
    break;
  }
  return std::nullopt;
}

} // namespace chorus::requests
