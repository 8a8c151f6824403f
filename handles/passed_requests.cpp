#include "passed_requests.hpp"

#include <chorus/runtime/limits.hpp>

#include <utility>

namespace chorus::handles {

bool passed_requests::pass_on(relation_number origin) {
  return note(news_.origins, origin);
}

bool passed_requests::receive(relation_number delegator) {
  return note(news_.delegators, delegator);
}

void passed_requests::forget(relation_number ended) {
  news_.origins.erase(ended);
  news_.delegators.erase(ended);
}

passed_requests::to_tell passed_requests::close() {
  is_over_ = true;
  return std::exchange(news_, {});
}

bool passed_requests::note(std::set<relation_number>& who, relation_number relation) {
  if (is_over_)
    return false;
  if (who.size() < limits::members)
    who.insert(relation);
  return true;
}

} // namespace chorus::handles
