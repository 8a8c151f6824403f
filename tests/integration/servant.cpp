#include "servant.hpp"

#include "postponed.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/flow.hpp>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <string>

namespace chorus::testing {

namespace {

struct servant_state {
  servant_state() = default; // no aggregate: CAF would make the actor itself its steward

  caf::actor steward; ///< linked to all servants: they end with it
  caf::actor listener;
  postponed<std::string> waiting;
  std::int64_t received = 0;
  std::int64_t latest = -1;
  bool in_order = true;
  std::int64_t lost = 0;
};

using servant_self = caf::stateful_actor<servant_state>*;

caf::behavior servant(servant_self self, const caf::actor& steward);

/// How this listener's text names the reason.
std::string describe(servant_self self, const caf::error& reason) {
  if (reason.category() == error_category)
    return std::string{to_string(static_cast<errc>(reason.code()))};
  return self->system().render(reason);
}

void report(servant_self self, const std::string& what) {
  if (self->state.listener)
    self->send(self->state.listener, heard_atom::value, what);
}

caf::message_handler answer_requests(servant_self self) {
  return {
      [](echo_atom, const std::string& text) { return text; },
      [=](later_atom, const std::string& text) { return self->state.waiting.add(self, text); },
      [=](now_atom) {
        self->state.waiting.deliver();
        return true;
      },
      [](fail_atom) -> caf::result<std::string> {
        return caf::make_error(caf::sec::invalid_argument, "on purpose");
      },
      [=](mute_atom) {
        report(self, "mute");
        return self->make_response_promise<std::string>();
      },
      [=](pass_atom, const caf::actor& to, const caf::message& what) { return self->delegate(to, what); },
  };
}

caf::message_handler give_handles(servant_self self) {
  return {
      [=](self_atom) { return caf::actor{self}; },
      [=](fresh_atom) -> caf::actor { return self->spawn(servant, self->state.steward); },
      [](reflect_atom, const caf::actor& handle) { return handle; },
      [](reflect_atom, const adder& handle) { return handle; },
      [](reflect_atom, const handles& both) { return both; },
      [=](tell_atom, const caf::actor& whom, const caf::message& what) { self->send(whom, what); },
  };
}

caf::message_handler watch(servant_self self) {
  self->set_down_handler([=](const caf::down_msg& what) {
    report(self, "down " + describe(self, what.reason));
  });
  return {
      [=](report_atom, const caf::actor& listener) {
        self->state.listener = listener;
        return true;
      },
      [=](monitor_atom, const caf::actor& whom) {
        self->monitor(whom);
        return true;
      },
      [=](demonitor_atom, const caf::actor& whom) {
        self->demonitor(whom);
        return true;
      },
      [=](link_atom, const caf::actor& whom) {
        self->link_to(whom);
        return true;
      },
      [=](unlink_atom, const caf::actor& whom) {
        self->unlink_from(whom);
        return true;
      },
      [=](trap_atom) {
        self->set_exit_handler([=](const caf::exit_msg& what) {
          report(self, "exit " + describe(self, what.reason));
        });
        return true;
      },
      [=](ask_atom, const caf::actor& whom) {
        self->request(whom, caf::infinite, mute_atom::value)
            .then(
                [=](const std::string&) { report(self, "answered"); },
                [=](const caf::error& reason) { report(self, "failed " + describe(self, reason)); }
            );
        return true;
      },
      [=](quit_atom, const caf::error& reason) { self->quit(reason); },
  };
}

caf::message_handler stream(servant_self self) {
  return {
      [=](number_atom, std::int64_t number, const std::string&) {
        auto& state = self->state;
        ++state.received;
        state.in_order = state.in_order && number > state.latest;
        state.latest = number;
      },
      [=](tally_atom) -> std::int64_t { return self->state.in_order ? self->state.received : -1; },
      [=](flood_atom, const caf::actor& whom, std::int64_t count, std::uint64_t bytes) {
        for (std::int64_t number = 0; number < count; ++number)
          self->send(whom, number_atom::value, number, std::string(bytes, 'x'));
      },
      [=](const undelivered& what) {
        if (what.reason.code == errc::overloaded)
          self->state.lost += static_cast<std::int64_t>(what.count);
      },
      [=](lost_atom) -> std::int64_t { return self->state.lost; },
  };
}

caf::behavior servant(servant_self self, const caf::actor& steward) {
  self->state.steward = steward;
  self->link_to(steward);
  return answer_requests(self).or_else(give_handles(self)).or_else(watch(self)).or_else(stream(self));
}

caf::behavior steward(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  return {[](caf::unit_t) {}};
}

} // namespace

caf::actor spawn_servant(caf::actor_system& system, const caf::actor& steward) {
  return system.spawn(servant, steward);
}

caf::actor spawn_steward(caf::actor_system& system) {
  return system.spawn(steward);
}

} // namespace chorus::testing
