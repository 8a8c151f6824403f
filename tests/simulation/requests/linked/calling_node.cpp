#include "calling_node.hpp"

#include "linked_request_trial.hpp"

#include <chorus/runtime/link/refusal_code.hpp>
#include <chorus/runtime/requests/fate.hpp>

#include <algorithm>
#include <chrono>

namespace chorus::testing::linked_calls {

using namespace std::chrono_literals;
using requests::fate_at;
using requests::request_fate;
using requests::request_stage;

namespace {

/// How long what was sent may wait in the outbox for the I/O thread.
constexpr duration turn_within = 2ms;

} // namespace

calling_node::calling_node(simulation::node& at, linked_request_trial& all)
    : link_process(at, linked_request_trial::limits()), all_(all), timer_(at.make_timer([this] { turn(); })),
      way_(links_, linked_request_trial::limits(), [this] { wake(); }),
      caller_(around_caller(), linked_request_trial::retry(), at.chance().split()), worker_(make_worker()) {}

caller_host::environment calling_node::around_caller() {
  return {
      [this](const peer& to, const parcel& what) { return way_.send(to, what); },
      [this] { return all_.find_target(node_.index()); },
      [this](const call_key& call, requests::request_semantics how) {
        all_.check_.begun(call.client, call.number, how);
      },
      [this](const call_key& call) { all_.check_.tried(call.client, call.number); },
      [this](const call_key& call, std::optional<std::int64_t> answer, request_fate fate) {
        node_.note(
            "call " + std::to_string(call.number)
            + (answer ? " is answered" : " has ended: " + to_string(fate))
        );
        all_.check_.ended(call.client, {call.number, answer, fate});
      },
      [this](const call_key& call) { all_.check_.abandoned(call.client, call.number); },
      [this](const std::string& branch) { all_.met_.add(branch); }};
}

std::unique_ptr<worker> calling_node::make_worker() {
  return std::make_unique<linked_calls::worker>(
      all_.next_worker(),
      worker::environment{
          [this](const peer& to, const parcel& what) { answer(to, what); },
          [this](const parcel& call, std::int64_t value) {
            node_.note("executes call " + std::to_string(call.call.number));
            all_.check_.executed({call.how, call.call.client, call.call.number, value});
          },
          [this](const std::string& branch) { all_.met_.add(branch); }},
      linked_request_trial::remembered(),
      node_.chance().split()
  );
}

// -- work ------------------------------------------------------------------------------------------------

void calling_node::begin(const caller_host::order& what) {
  caller_.begin(timer_->now(), what);
  arm();
}

void calling_node::chatter(const peer& to, std::size_t bytes) {
  parcel what;
  what.filling.resize(bytes);
  way_.send(to, what);
}

void calling_node::end_worker() {
  auto ended = std::exchange(worker_, make_worker());
  ended->end();
  arm();
}

void calling_node::drain(duration within) {
  if (!leave_at_)
    leave_at_ = timer_->now() + within;
  arm();
}

bool calling_node::is_settled() const {
  auto all = links_.peers();
  return caller_.open() == 0 && worker_->is_idle() && way_.empty()
         && std::ranges::all_of(all, [this](const peer& other) { return links_.core(other)->settled(); });
}

// -- what the links tell ---------------------------------------------------------------------------------

void calling_node::perform(const peer&, const link::established&) {}

void calling_node::perform(const peer& other, link::delivered&& step) {
  auto what = decode(step.payload);
  deliver(other, what);
  if (what.kind == parcel::kind::chatter)
    read_lazily(other, {step.cost});
  else
    read(other, {step.cost});
  arm();
}

void calling_node::perform(const peer& other, link::refused&& step) {
  way_.released(other, step.payload.size() + link::message_overhead);
  bounce(other, decode(step.payload), to_code(step.reason));
}

void calling_node::perform(const peer& other, const link::released& step) {
  way_.released(other, step.bytes);
}

/// First what is known not to have left, then the rest. A life whose link has ended is over in this world:
/// its callers have ended.
void calling_node::perform(const peer& other, link::closed&& step) {
  node_.note("has no link to " + to_string(other) + " any more: " + std::string{to_string(step.reason)});
  for (const auto& left : way_.close(other))
    bounce(other, left, errc::node_down);
  caller_.lose(timer_->now(), other);
  worker_->life_ended(other);
  arm();
}

// -- messages --------------------------------------------------------------------------------------------

void calling_node::deliver(const peer& from, const parcel& what) {
  switch (what.kind) {
  case parcel::kind::chatter:
    return;
  case parcel::kind::acknowledgement:
    if (what.worker == worker_->number())
      worker_->acknowledge(from, what);
    return;
  case parcel::kind::call:
    break;
  case parcel::kind::answer:
    if (what.nature == message_nature::unreadable) { // what remoting makes of it
      all_.met_.add("answer cannot be read");
      auto fate = fate_at(request_stage::answered);
      return caller_.receive(timer_->now(), from, failure_of(what, errc::unknown_type, fate));
    }
    [[fallthrough]];
  default:
    return caller_.receive(timer_->now(), from, what);
  }
  auto turn_away = [&](const std::string& branch, errc code) {
    all_.met_.add(branch);
    answer(from, failure_of(what, code, fate_at(request_stage::turned_away)));
  };
  if (what.nature == message_nature::unreadable)
    return turn_away("call cannot be read", errc::unknown_type);
  if (leave_at_)
    return turn_away("call of a leaving node", errc::unavailable);
  if (what.worker != worker_->number())
    return turn_away("call of a worker that has ended", errc::not_found);
  worker_->receive(timer_->now(), from, what);
}

void calling_node::answer(const peer& to, const parcel& what) {
  if (auto code = way_.send(to, what); code != errc::none)
    replace(to, what, code);
}

/// As `remoting::replace_answer`.
void calling_node::replace(const peer& to, const parcel& answer, errc code) {
  if (code == errc::node_down)
    return;
  auto is_by_worker = answer.kind == parcel::kind::answer;
  auto fate = is_by_worker                           ? fate_at(request_stage::answered)
              : answer.kind == parcel::kind::failure ? answer.fate
                                                     : request_fate::unknown;
  if (is_by_worker)
    all_.met_.add("answer cannot be sent: " + std::string{to_string(code)});
  auto failed = way_.send(to, failure_of(answer, code, fate));
  if (failed == errc::none || failed == errc::node_down)
    return;
  all_.met_.add("no room for a failure");
  way_.give_up(to);
}

void calling_node::bounce(const peer& to, const parcel& what, errc code) {
  if (what.kind == parcel::kind::call)
    caller_.bounced(timer_->now(), what, code);
  else if (what.kind != parcel::kind::chatter && what.kind != parcel::kind::acknowledgement)
    replace(to, what, code);
}

// -- time ------------------------------------------------------------------------------------------------

/// The outbox has something for the links.
void calling_node::wake() {
  turn_due_ = true;
  arm();
}

void calling_node::turn() {
  auto now = timer_->now();
  if (std::exchange(turn_due_, false))
    way_.turn();
  worker_->tick(now);
  caller_.tick(now);
  leave_if_done(now);
  arm();
}

void calling_node::leave_if_done(time_point now) {
  auto is_done = worker_->is_idle() && way_.empty();
  if (!leave_at_ || (!is_done && now < *leave_at_))
    return;
  if (!is_done)
    all_.met_.add("node left before it had answered");
  leave_at_.reset();
  for (const auto& other : links_.peers())
    leave(other);
}

void calling_node::arm() {
  auto next = earliest(caller_.next_deadline(), worker_ ? worker_->next_deadline() : std::nullopt);
  next = earliest(next, leave_at_);
  if (turn_due_)
    next = earliest(next, timer_->now() + turn_within);
  timer_->arm(next);
}

} // namespace chorus::testing::linked_calls
