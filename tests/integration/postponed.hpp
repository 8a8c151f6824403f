#pragma once

#include <caf/typed_response_promise.hpp>

#include <utility>
#include <vector>

namespace chorus::testing {

/// Answers that an actor gives later, all at once.
template <class Answer>
class postponed {
public:
  template <class Self>
  caf::typed_response_promise<Answer> add(Self* self, Answer answer) {
    open_.emplace_back(self->template make_response_promise<Answer>(), std::move(answer));
    return open_.back().first;
  }

  void deliver() {
    for (auto& [promise, answer] : std::exchange(open_, {}))
      promise.deliver(std::move(answer));
  }

private:
  std::vector<std::pair<caf::typed_response_promise<Answer>, Answer>> open_;
};

} // namespace chorus::testing
