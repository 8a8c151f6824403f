#include "requests_stage.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace chorus::testing {

using namespace std::chrono_literals;
using requests::request_semantics;

namespace {

constexpr peer client_self{{0, 1}, {1}};
constexpr node_id server_node{0, 2};

/// Five tries of 100 ms; all pauses are of 10 ms, give or take.
constexpr requests::retry_policy policy{100ms, 10ms, 10ms, 2s, 5};

duration parse_duration(std::string_view word) {
  std::int64_t count = 0;
  auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (code != std::errc{} || std::string_view{end, word.data() + word.size()} != "ms")
    throw scenario_error{"'" + std::string{word} + "' is no time"};
  return std::chrono::milliseconds{count};
}

request_semantics parse_semantics(const std::string& word) {
  for (auto what :
       {request_semantics::maybe, request_semantics::at_least_once, request_semantics::at_most_once})
    if (word == to_string(what))
      return what;
  throw scenario_error{"'" + word + "' is no semantics"};
}

std::string describe(const counter_calls::executed& step) {
  return "executes call " + std::to_string(step.number) + ", the value is " + std::to_string(step.value);
}

std::string describe(const counter_calls::passed_over& step) {
  auto call = "call " + std::to_string(step.number);
  return !step.why                                   ? "has executed " + call + " already"
         : step.why == requests::refusal::superseded ? "is executing " + call + " already"
         : step.why == requests::refusal::stale      ? "hears too late of " + call
                                                     : "cannot remember " + call;
}

std::string describe(const counter_calls::ended& step) {
  auto call = "call " + std::to_string(step.number);
  if (step.answer)
    return "is answered: " + call + " gave " + std::to_string(*step.answer);
  switch (step.fate) {
  case requests::request_fate::not_executed:
    return "gives up " + call + ": not executed";
  case requests::request_fate::executed:
    return "gives up " + call + ": executed";
  case requests::request_fate::unknown:
    break;
  }
  return "gives up " + call + ": outcome unknown";
}

} // namespace

requests_stage::requests_stage() {
  add("start", [this](const command& what) { start(what); });
  add("call", [this](const command& what) {
    auto how = parse_semantics(what.word(0));
    client_->apply(now_, {how});
    perform(*client_, "C", to_server_);
  });
  add("deliver", [this](const command& what) { deliver(what); });
  add("drop", [this](const command& what) { fault(what, false); });
  add("duplicate", [this](const command& what) { fault(what, true); });
  add("advance", [this](const command& what) { advance(parse_duration(what.word(0))); });
  add("restart", [this](const command&) {
    start_server();
    *transcript_ += "S begins life " + to_string(server_life_) + " and remembers nothing\n";
  });
}

void requests_stage::add(std::string verb, std::function<void(const command&)> what) {
  verbs_.add(verb, [this, verb, what](const command& words, std::string& transcript) {
    if (verb != "start" && !client_)
      throw scenario_error{"a scenario begins with start"};
    transcript_ = &transcript;
    what(words);
  });
}

void requests_stage::start(const command& what) {
  takes_ = what.words.empty() ? 0ms : parse_duration(what.word(0).substr(std::string_view{"takes="}.size()));
  now_ = {};
  server_life_ = {};
  to_server_.clear();
  to_client_.clear();
  start_server();
  client_.emplace(
      counter_calls::client::config{client_self.incarnation, server_node, policy, server_life_},
      random_generator{1}
  );
  *transcript_ += "C and S begin\n";
}

void requests_stage::start_server() {
  server_life_ = server_life_.next();
  server_.emplace(counter_calls::server::config{server_life_, takes_, takes_, {}}, random_generator{2});
}

void requests_stage::deliver(const command& what) {
  if (!what.words.empty()) {
    auto& from = parse_way(what.word(0));
    for (auto count = from.size(); count > 0; --count)
      deliver_one(from);
    return;
  }
  while (deliver_one(to_server_) || deliver_one(to_client_)) {
  }
}

bool requests_stage::deliver_one(way& from) {
  if (from.empty())
    return false;
  auto packet = from.front();
  from.pop_front();
  if (&from == &to_server_) {
    server_->receive(now_, client_self, packet);
    perform(*server_, "S", to_client_);
  } else {
    client_->receive(now_, {server_node, packet.server_life}, packet);
    perform(*client_, "C", to_server_);
  }
  return true;
}

void requests_stage::advance(duration time) {
  auto end = now_ + time;
  for (;;) {
    auto next = end;
    for (auto deadline : {client_->next_deadline(), server_->next_deadline()})
      if (deadline)
        next = std::min(next, std::max(now_, *deadline));
    now_ = next;
    client_->tick(now_);
    perform(*client_, "C", to_server_);
    server_->tick(now_);
    perform(*server_, "S", to_client_);
    if (now_ == end)
      return;
  }
}

void requests_stage::fault(const command& what, bool doubles) {
  auto& from = parse_way(what.word(0));
  if (from.empty())
    throw scenario_error{"there is nothing on the way"};
  if (doubles)
    from.insert(from.begin(), from.front());
  else
    from.pop_front();
  *transcript_ += doubles ? "the network doubles a packet " : "the network loses a packet ";
  *transcript_ += what.word(0) + '\n';
}

requests_stage::way& requests_stage::parse_way(const std::string& word) {
  if (word == "C->S" || word == "S->C")
    return word == "C->S" ? to_server_ : to_client_;
  throw scenario_error{"'" + word + "' is neither C->S nor S->C"};
}

template <class Core>
void requests_stage::perform(Core& core, const std::string& name, way& out) {
  core.drain().for_each_step([&](auto&& step) {
    if constexpr (requires { step.message; }) {
      *transcript_ += name + " sends " + counter_calls::wire::describe(step.message) + '\n';
      out.push_back(step.message);
    } else if constexpr (requires { describe(step); }) {
      *transcript_ += name + ' ' + describe(step) + '\n';
    }
  });
}

} // namespace chorus::testing
