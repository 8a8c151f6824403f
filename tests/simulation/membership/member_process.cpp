#include "member_process.hpp"

#include "datagram.hpp"
#include "member_cluster.hpp"

#include <chorus/simulation/world.hpp>

#include <algorithm>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;

namespace {

/// Round trips of the kernel's own packets, and how long it tries to connect in vain.
constexpr auto quickest_answer = 200us;
constexpr auto slowest_answer = 5ms;
constexpr auto connect_timeout = 1s;

} // namespace

member_process::member_process(simulation::node& at, member_cluster& all, membership::member self)
    : node_(at), all_(all), self_(std::move(self)), chance_(at.chance().split()),
      inbox_(at.make_timer([this] { do_what_waits(); })), timer_(at.make_timer([this] { driver_.wake(); })),
      driver_(protocol::make_core(at.now(), self_, chance_.next()), *this, *this, *timer_) {}

member_process::~member_process() {
  *alive_ = false;
  all_.ended(*this);
}

// -- inputs -------------------------------------------------------------------------------------------

void member_process::add_seed(const address& where) {
  seeds_.insert(where);
  give(membership::add_seed{where});
}

void member_process::update(membership::metadata about) {
  self_.about = about;
  give(membership::update{std::move(about)});
}

void member_process::leave() {
  leaving_ = true;
  node_.note("leaves");
  all_.books().leaving(self_.who);
  give(membership::leave{});
}

void member_process::give_up_link(const peer& other) {
  node_.note("gives up its link to " + to_string(other));
  give(membership::unreachable{other});
}

void member_process::accuse_of_too_much(const membership::member& other) {
  send_to(
      other.where,
      other.who.incarnation,
      protocol::wire::encode(protocol::accuse_of_too_much(other.who, self_.who))
  );
}

void member_process::repeat_old_verdict(const membership::member& to, const membership::member& other) {
  send_to(
      to.where, to.who.incarnation, protocol::wire::encode(protocol::first_verdict(other.who, self_.who))
  );
}

void member_process::connection_broke(const node_id& other, duration after) {
  later(after, [this, other] {
    const auto& up = all_.books().views().at(self_.who.node).up;
    if (auto known = up.find(other); known != up.end()) {
      auto who = known->second.who;
      connection_lost(who);
      give(membership::connection_lost{who});
    }
  });
}

void member_process::later(duration after, std::function<void()> what) {
  node_.around().events().after(after, [this, alive = alive_, what = std::move(what)]() mutable {
    if (!*alive)
      return;
    waiting_.push_back(std::move(what));
    if (node_.is_awake())
      do_what_waits();
    else
      inbox_->arm(node_.now());
  });
}

void member_process::do_what_waits() {
  while (!waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next();
  }
}

// -- datagrams ----------------------------------------------------------------------------------------

void member_process::send(const peer& to, wire_message message) {
  const auto& view = all_.books().views().at(self_.who.node);
  all_.books().sent(message.head.size(), true);
  if (leaving_)
    told_.insert(to.node);
  if (after_datagram_)
    node_.around().events().after({}, std::exchange(after_datagram_, nullptr));
  auto known = view.up.find(to.node);
  if (known != view.up.end() && known->second.who == to)
    send_to(known->second.where, to.incarnation, std::move(message));
  else
    all_.met("said to somebody who is no member");
}

void member_process::perform(const membership::contact<protocol::message>& step) {
  auto message = protocol::wire::encode(step.message);
  all_.books().sent(message.head.size(), false);
  send_to(step.to, {}, std::move(message));
}

/// Over the connection over which it has spoken last, which is there while its process runs.
void member_process::perform(const membership::reply<protocol::message>& step) {
  auto message = protocol::wire::encode(step.message);
  all_.books().sent(message.head.size(), false);
  if (auto path = paths_.find(step.to); path != paths_.end() && node_.around().at(path->second).is_running())
    send_to(all_.address_of(path->second), step.to.incarnation, std::move(message));
}

void member_process::send_to(const address& where, incarnation life, wire_message message) {
  auto machine = all_.hosts().machine_of(where);
  if (!machine || *machine == node_.index())
    return;
  datagram what{self_.who, where, life, std::move(message.head)};
  node_.network().send(node_.around().at(*machine).self(), {encode(what), {}});
}

void member_process::receive(const peer& from, const shared_bytes& head, const shared_bytes&) {
  auto what = decode_datagram(head.view());
  if (!what || what->where != self_.where)
    return;
  if (what->life != incarnation{} && what->life != self_.who.incarnation)
    return;
  const auto& source = what->source;
  paths_[source] = node_.around().find(from.node)->index();
  shared_bytes content{std::move(what->content)};
  heard_[source] = node_.now();
  heard_of(source);
  if (const auto message = protocol::wire::decode(content); message && protocol::is_answer(*message))
    all_.books().answered(self_.who.node, source);
  driver_.receive(source, content);
}

std::string member_process::describe(const wire_message& content) const {
  auto what = decode_datagram(content.head);
  if (!what)
    return process::describe(content);
  auto message = protocol::wire::decode(shared_bytes{std::move(what->content)});
  return message ? protocol::describe(*message) : to_string(message.failure());
}

void member_process::malformed(const peer& from, const error& problem) {
  all_.complain("cannot read what " + to_string(from) + " says: " + problem.what);
}

// -- connections --------------------------------------------------------------------------------------

void member_process::reconnected(const node_id& other) {
  connection_broke(other, {});
}

void member_process::perform(const membership::try_connection& step) {
  auto result = all_.hosts().connect(node_.index(), step.where);
  auto after = result == connect_result::no_answer
                   ? connect_timeout
                   : chance_.duration_between(quickest_answer, slowest_answer);
  later(after, [this, who = step.who, result] {
    using outcome = membership::connection_tried::outcome;
    if (result == connect_result::refused)
      member_refuses(who);
    all_.met(
        result == connect_result::open      ? "connection open"
        : result == connect_result::refused ? "connection refused"
                                            : "connection without answer"
    );
    give(membership::connection_tried{
        who,
        result == connect_result::open      ? outcome::open
        : result == connect_result::refused ? outcome::refused
                                            : outcome::no_answer});
  });
}

// -- reports ------------------------------------------------------------------------------------------

void member_process::perform(const membership::member_up& step) {
  node_.note("has " + to_string(step.who.who));
  known_.insert(step.who.where);
  heard_.erase(step.who.who);
  if (lost_.contains(step.who.who.node))
    all_.met("lost member meets again");
  all_.books().up(self_.who.node, step.who);
  member_is_up(step.who);
}

void member_process::perform(const membership::member_failed& step) {
  const auto& who = step.who.who;
  node_.note("has " + to_string(who) + " no more: failed");
  lost_.insert(who.node);
  // Its own verdicts come with a turn of its clock, those that it believes come with a datagram.
  if (const auto found = core().counters().verdicts; verdicts_ < found) {
    ++verdicts_;
    // Of several at once only the first one is judged: the others change what the voices are worth.
    if (std::exchange(judged_, found) != found)
      if (auto why = core().why_suspected(who.node))
        all_.books().verdict(self_.who.node, *why);
  } else {
    const auto heard = heard_.find(who);
    all_.books().verdict_believed(
        self_.who.node, who, node_.now(), heard == heard_.end() ? std::nullopt : std::optional{heard->second}
    );
  }
  all_.books().failed(node_.around().now(), self_.who.node, step);
  all_.failed(*this, who);
  member_has_failed(who);
}

void member_process::perform(const membership::member_over& step) {
  node_.note(
      "has " + to_string(step.who.who) + " no more: " + std::string{membership::to_string(step.reason)}
  );
  known_.erase(step.who.where);
  all_.books().over(self_.who.node, step);
  all_.over(*this, step);
  member_is_over(step);
}

void member_process::perform(const membership::member_suspected& step) {
  node_.note("suspects " + to_string(step.who.who));
  all_.books().suspected(node_.around().now(), self_.who.node, step.who.who);
  all_.was_suspected(*this, step.who.who);
}

void member_process::perform(const membership::member_trusted& step) {
  node_.note("trusts " + to_string(step.who.who) + " again");
  all_.books().trusted(self_.who.node, step.who.who);
  all_.was_trusted(*this, step.who.who);
}

void member_process::perform(const membership::member_updated& step) {
  node_.note("has news of " + to_string(step.who.who));
  all_.met("updated");
  const auto& up = all_.books().views().at(self_.who.node).up;
  if (auto before = up.find(step.who.who.node); before != up.end())
    known_.erase(before->second.where);
  known_.insert(step.who.where);
  all_.books().updated(self_.who.node, step.who);
}

void member_process::perform(const membership::expelled& step) {
  node_.note("is expelled by " + std::to_string(step.by.size()));
}

void member_process::perform(const membership::rejected& step) {
  all_.complain(to_string(self_.who) + " is rejected: " + step.reason);
}

void member_process::perform(const membership::seed_silent&) {
  all_.met("silent seed");
}

void member_process::perform(const membership::notice& what) {
  all_.met(is_ordinary(what) ? "ordinary notice" : "notice");
}

} // namespace chorus::testing
