#include <chorus/runtime/requests/fate.hpp>

namespace chorus::requests {

std::string to_string(request_fate fate) {
  switch (fate) {
  case request_fate::executed:
    return "executed";
  case request_fate::not_executed:
    return "not_executed";
  case request_fate::unknown:
    break;
  }
  return "unknown";
}

request_fate fate_at(request_stage stage, bool is_delegated) noexcept {
  switch (stage) {
  case request_stage::not_sent:
  case request_stage::turned_away:
    return is_delegated ? request_fate::unknown : request_fate::not_executed;
  case request_stage::answered:
    return request_fate::executed;
  case request_stage::sent:
  case request_stage::handed_over:
    break;
  }
  return request_fate::unknown;
}

} // namespace chorus::requests
