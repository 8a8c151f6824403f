#pragma once

#include "cluster.hpp"

#include <chorus/actors/message.hpp>

#include <caf/atom.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdint>
#include <vector>

namespace chorus::testing {

/// Not idempotent, which is what request semantics are about.
struct add {
  std::int64_t amount = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(amount);
  }
};

} // namespace chorus::testing

CHORUS_MESSAGE(chorus::testing::add, "test.add/1")

namespace chorus::testing {

using hold_atom = caf::atom_constant<caf::atom("hold")>;
using release_atom = caf::atom_constant<caf::atom("release")>;
using fail_atom = caf::atom_constant<caf::atom("fail")>;
using quit_atom = caf::atom_constant<caf::atom("quit")>;

struct counting_state {
  std::int64_t value = 0;
  bool holds = false;
  std::vector<caf::typed_response_promise<std::int64_t>> held;
  std::vector<std::int64_t> answers;
};

/// Adds, and writes `executed` into the log each time. From `hold` to `release` it executes and does not
/// answer.
inline caf::behavior counting_worker(caf::stateful_actor<counting_state>* self, event_log* log) {
  return {
      [=](const add& what) -> caf::result<std::int64_t> {
        self->state.value += what.amount;
        log->add("executed");
        if (!self->state.holds)
          return self->state.value;
        self->state.answers.push_back(self->state.value);
        return self->state.held.emplace_back(self->make_response_promise<std::int64_t>());
      },
      [=](hold_atom) { self->state.holds = true; },
      [=](release_atom) {
        self->state.holds = false;
        for (std::size_t which = 0; which < self->state.held.size(); ++which)
          self->state.held[which].deliver(self->state.answers[which]);
        self->state.held.clear();
        self->state.answers.clear();
      },
      [=](fail_atom) -> caf::result<std::int64_t> {
        log->add("executed");
        return caf::make_error(caf::sec::runtime_error, "on purpose");
      },
      [=](quit_atom) { self->quit(); },
  };
}

} // namespace chorus::testing
