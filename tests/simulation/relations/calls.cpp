#include "calls.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/requests/try_failure.hpp>

#include <array>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::testing {

using namespace std::chrono_literals;
using requests::caller_core;
using requests::request_fate;
using requests::request_semantics;
using requests::server_core;

namespace {

constexpr requests::retry_policy retry{200ms, 20ms, 200ms, 4s, 12};

} // namespace

// -- who calls ---------------------------------------------------------------------------------------------

joint_caller::joint_caller(handle_node& node, joint_books& books, bool uses_routers, random_generator chance)
    : node_(node), books_(books), uses_routers_(uses_routers), chance_(chance.split()), core_(chance),
      self_(node.spawn()) {}

/// A handle of it that this process has now. One that it had in an earlier relation is another one, and dead.
thing_handle joint_caller::find(const handles::actor_name& target) const {
  for (const auto& each : node_.hands)
    if (each->name == target && !each->is_dead && !node_.is_own(each))
      return each;
  return nullptr;
}

thing_handle joint_caller::find_any() {
  const auto& known = uses_routers_ ? books_.routers : books_.servers;
  std::vector<thing_handle> all;
  for (const auto& each : node_.hands)
    if (known.contains(each->name) && !each->is_dead && !node_.is_own(each))
      all.push_back(each);
  return all.empty() ? nullptr : all[chance_.below(all.size())];
}

void joint_caller::begin(time_point now, request_semantics how) {
  auto target = find_any();
  if (!target)
    return;
  caller_core::new_call order{retry};
  if (how == request_semantics::maybe)
    order.retry.tries = 1;
  if (how == request_semantics::at_most_once)
    order.server = {target->name.home, target->name.actor};
  order.can_find_target = how == request_semantics::at_least_once;
  auto number = core_.begin(now, order);
  CHORUS_CHECK(number, "few calls of a good policy");
  calls_.emplace(*number, call_record{how, target->name, std::nullopt});
  books_.promises.begun(node_.self(), key_of(*number), how);
  perform_steps(now);
}

bool joint_caller::ended(
    time_point now, std::uint64_t request, request_fate fate, const request_content& answer
) {
  auto known = tries_.find(request);
  if (known == tries_.end())
    return false;
  auto attempt = known->second;
  tries_.erase(known);
  switch (answer.what) {
  case request_content::kind::value:
    if (auto call = core_.call_of(attempt))
      calls_.at(*call).answer = answer.value;
    core_.answered(now, attempt);
    break;
  case request_content::kind::refusal:
    core_.refused(now, attempt, answer.reason);
    break;
  default:
    core_.failed(now, attempt, {requests::failure_of(answer.code), answer.code, fate});
  }
  perform_steps(now);
  return true;
}

void joint_caller::tick(time_point now) {
  core_.tick(now);
  perform_steps(now);
}

void joint_caller::perform_steps(time_point now) {
  while (auto step = core_.take_step())
    std::visit([&](const auto& what) { perform(now, what); }, *step);
}

void joint_caller::perform(time_point now, const caller_core::send& step) {
  const auto& what = calls_.at(step.call);
  request_content content;
  content.what = request_content::kind::call;
  content.how = what.how;
  content.call = key_of(step.call);
  content.lowest_open = step.lowest_open == 0 ? 0 : key_of(step.lowest_open);
  auto request = books_.new_request(self_->name);
  tries_.emplace(request, step.attempt);
  books_.promises.tried(node_.self(), content.call);
  if (auto target = find(what.target))
    return node_.ask(target, self_, request, content);
  books_.met.add("call finds its handle ended");
  books_.accounts.ended(request, request_fate::not_executed);
  ended(now, request, request_fate::not_executed, failure_with(errc::node_down));
}

void joint_caller::perform(time_point now, const caller_core::find_target& step) {
  auto target = find_any();
  if (target)
    calls_.at(step.call).target = target->name;
  core_.found(now, step.call, target != nullptr);
}

void joint_caller::perform(time_point, const caller_core::ended& step) {
  auto& what = calls_.at(step.call);
  books_.met.add("call " + to_string(step.fate));
  books_.promises.ended(node_.self(), {key_of(step.call), what.answer, step.fate});
}

// -- a process's calls -------------------------------------------------------------------------------------

joint_calls::joint_calls(handle_node& node, joint_books& books, random_generator chance)
    : node_(node), books_(books), chance_(chance.split()), direct_(node, books, false, chance.split()),
      routed_(node, books, true, chance.split()), server_(node.spawn()) {
  books_.servers.insert(server_->name);
  make_router();
}

void joint_calls::make_router() {
  routes_to_.reset();
  router_ = node_.spawn();
  books_.routers.insert(router_->name);
}

bool joint_calls::keeps(const handles::actor_name& actor) const {
  return actor == server_->name || actor == router_->name || actor == direct_.name()
         || actor == routed_.name();
}

void joint_calls::begin(time_point now, random_generator& chance) {
  constexpr std::array all{
      request_semantics::maybe, request_semantics::at_least_once, request_semantics::at_most_once};
  auto how = all[chance.below(all.size())];
  (chance.chance(0.5) ? direct_ : routed_).begin(now, how);
}

bool joint_calls::ended(
    time_point now, std::uint64_t request, request_fate fate, const request_content& answer
) {
  return direct_.ended(now, request, fate, answer) || routed_.ended(now, request, fate, answer);
}

bool joint_calls::take(time_point now, waiting_request& arrived) {
  if (arrived.request.content.what != request_content::kind::call)
    return false;
  if (arrived.receiver->name == router_->name)
    route(arrived.request);
  else if (arrived.receiver->name == server_->name)
    serve(now, arrived.request);
  else // a router that was
    node_.answer(arrived.request, request_fate::unknown, failure_with(errc::not_found));
  return true;
}

/// Always to the same server, which removes duplicates.
void joint_calls::route(const asked& request) {
  thing_handle target;
  for (const auto& each : node_.hands) {
    auto fits = routes_to_ ? each->name == *routes_to_ : books_.servers.contains(each->name);
    if (fits && !each->is_dead && !node_.is_own(each))
      target = each;
  }
  if (!target)
    return node_.answer(request, request_fate::unknown, failure_with(errc::node_down));
  routes_to_ = target->name;
  books_.met.add("call routed");
  node_.delegate(request, target);
}

void joint_calls::serve(time_point now, const asked& request) {
  auto slowest = chance_.chance(0.3) ? duration{1500ms} : duration{50ms};
  auto done = now + chance_.duration_between(1ms, slowest);
  const auto& content = request.content;
  if (content.how != request_semantics::at_most_once) {
    running_.emplace(done, execution{request});
    return;
  }
  const auto& caller = request.requester->name;
  server_core::waiting from{{{caller.home, caller.actor}, content.call}, request.number};
  auto is_in_reach = node_.is_own(request.requester) || !request.requester->is_dead;
  auto decision = core_.receive(from, content.lowest_open, is_in_reach);
  if (auto* step = std::get_if<server_core::execute>(&decision)) {
    tries_.emplace(request.number, request);
    running_.emplace(done, execution{request, step->execution});
  } else if (auto* kept = std::get_if<server_core::give_answer>(&decision)) {
    books_.met.add("kept answer given again");
    answer(request, std::any_cast<std::int64_t>(kept->content));
  } else if (std::holds_alternative<server_core::turn_away>(decision)) {
    books_.met.add("try of a caller that nobody knows any more");
    node_.answer(request, fate_at(requests::request_stage::turned_away, true), failure_with(errc::not_found));
  } else {
    const auto& refused = std::get<server_core::refuse>(decision);
    auto told = request;
    if (refused.to.attempt != request.number) { // the earlier try, whose place this one takes
      auto earlier = tries_.extract(refused.to.attempt);
      CHORUS_CHECK(!earlier.empty(), "a try that runs");
      told = earlier.mapped();
      tries_.emplace(request.number, request);
      books_.met.add("later try of a call that runs");
    }
    request_content said;
    said.what = request_content::kind::refusal;
    said.reason = refused.reason;
    node_.answer(told, fate_of(refused.reason), said);
  }
}

void joint_calls::tick(time_point now) {
  while (!running_.empty() && running_.begin()->first <= now)
    execute(running_.extract(running_.begin()).mapped());
  direct_.tick(now);
  routed_.tick(now);
}

void joint_calls::execute(const execution& done) {
  const auto& content = done.request.content;
  ++value_;
  books_.promises.executed({content.how, done.request.requester->name.home, content.call, value_});
  if (done.number == 0)
    return answer(done.request, value_);
  auto last_try = core_.answered(done.number, value_, sizeof value_);
  CHORUS_CHECK(last_try, "an execution is answered once");
  auto to = tries_.extract(last_try->attempt);
  CHORUS_CHECK(!to.empty(), "a try that runs");
  answer(to.mapped(), value_);
}

void joint_calls::answer(const asked& request, std::int64_t value) {
  request_content said;
  said.what = request_content::kind::value;
  said.value = value;
  books_.accounts.executed(request.number);
  node_.answer(request, request_fate::executed, said);
}

void joint_calls::life_ended(const peer& other) {
  core_.life_ended(other);
  if (routes_to_ && routes_to_->home == other)
    make_router();
}

std::optional<time_point> joint_calls::next_deadline() const {
  auto next = earliest(direct_.next_deadline(), routed_.next_deadline());
  if (!running_.empty())
    next = earliest(next, running_.begin()->first);
  return next;
}

} // namespace chorus::testing
