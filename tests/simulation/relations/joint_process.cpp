#include "joint_process.hpp"

#include "../membership/datagram.hpp"
#include "../membership/member_cluster.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/simulation/world.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <variant>

namespace chorus::testing {

using namespace std::chrono_literals;
namespace peers = membership::peers;

namespace {

/// How long what was sent waits for the I/O thread, and how long at most if that stands still.
constexpr duration usual_turn = 2ms;
constexpr duration slow_turn = 500ms;

/// A sender's thread that stands still in the middle of sending.
constexpr duration slow_sender = 2s;

/// For what a leaving node has sent to be acknowledged (`--leave-within`).
constexpr duration leave_within = 300ms;

peers::settings settings_of_peers() {
  constexpr auto failure_timeout = 4 * protocol::period;
  return {leave_within + failure_timeout, failure_timeout / 2};
}

link::config limits_of(const membership::member& self) {
  auto settings = joint_process::limits();
  settings.nonce = self.nonce;
  return settings;
}

std::string text_of(const shared_bytes& payload) {
  return std::string{as_text(payload.view())};
}

} // namespace

joint_process::joint_process(
    simulation::node& at, member_cluster& all, const membership::member& self, joint_books& books
)
    : member_process(at, all, self), books_(books), chance_(at.chance().split()),
      work_([this](const handles::actor_name& requester) { return books_.new_request(requester); }),
      handles_(*this, at.self()), names_(at.self()), calls_(handles_, books, chance_.split()),
      timer_(at.make_timer([this] { turn(); })), links_(at, *this, limits_of(self), settings_of_peers()) {
  work_.keeps = [this](const handles::actor_name& actor) { return calls_.keeps(actor); };
}

joint_process::~joint_process() {
  handles_.stop();
  for (const auto& other : links_.peers())
    links_.core(other)->statistics().for_each([this](const char* name, std::uint64_t number) {
      books_.met.add(std::string{"link "} + name, number);
    });
  books_.has_ends = true;
  books_.accounts.forgotten(node_.self());
  books_.turns.ended(node_.self());
}

/// Small enough that links are full now and then, and large messages travel in frames of their own.
link::config joint_process::limits() {
  link::config settings;
  settings.channels.front().message_bytes = 8'000;
  settings.chunk_bytes = 4'000;
  settings.lone_bytes = 3'000;
  settings.frame_bytes = 6'000;
  settings.channels.front().receive_window_bytes = 16'000;
  settings.channels.front().receive_reserve_bytes = 16'000;
  settings.channels.front().send_buffer_bytes = 40'000;
  settings.channels.front().send_reserve_bytes = 40'000;
  settings.frames_in_flight = 50;
  settings.give_up_after = 5s;
  return settings;
}

// -- what its users do -------------------------------------------------------------------------------------

void joint_process::act(random_generator& chance) {
  work_.others.clear();
  for (const auto& each : links_.relations().all_up())
    work_.others.push_back(each.who.who);
  work_.act(handles_, chance);
  arm();
}

void joint_process::call(random_generator& chance) {
  calls_.begin(timer_->now(), chance);
  arm();
}

void joint_process::monitor_something(random_generator& chance) {
  if (handles_.hands.empty())
    return;
  auto actor = handles_.hands[chance.below(handles_.hands.size())];
  if (actor->is_dead || handles_.is_own(actor))
    return;
  auto number = books_.monitors.begun();
  actor->monitors.push_back([this, number] {
    books_.met.add("monitor told");
    books_.monitors.told(number);
  });
  monitors_.push_back({number, std::move(actor)});
}

void joint_process::announce(const std::string& name) {
  if (names_.can_announce(name))
    tell_names(names::announce{name, calls_.server()->name.actor});
}

void joint_process::withdraw(const std::string& name) {
  tell_names(names::withdraw{name});
}

void joint_process::set_lazy(bool lazy) {
  lazy_ = lazy;
  if (!lazy)
    for (const auto& [from, cost] : std::exchange(unread_, {}))
      consume(from, cost);
}

void joint_process::say_much(const peer& to, std::size_t bytes) {
  letter what;
  what.filling.resize(bytes, '.');
  post(links_.relations().relation_with(to), std::move(what));
}

void joint_process::give_up(const peer& other) {
  links_.tell(peers::given_up{other});
}

/// It tells the members at once; its links say goodbye when what was sent has arrived, or after a while.
void joint_process::leave() {
  member_process::leave();
  says_goodbye_at_ = timer_->now() + leave_within;
  arm();
}

// -- what is known -----------------------------------------------------------------------------------------

bool joint_process::is_quiet() const {
  auto all = links_.peers();
  return calls_.is_idle()
         && std::ranges::all_of(outboxes_, [](const auto& item) { return item.second.waiting.empty(); })
         && std::ranges::all_of(all, [this](const peer& other) {
              return links_.core(other)->is_established() && links_.core(other)->settled();
            });
}

bool joint_process::clear_up() {
  auto was_clear = handles_.inbox.empty();
  while (!handles_.inbox.empty())
    handles_.answer(0);
  handles_.sweep();
  arm();
  return was_clear;
}

testing::handles_at_rest joint_process::handles_at_rest() const {
  auto found = handles_.at_rest();
  for (const auto& each : monitors_)
    if (!each.actor->is_dead)
      found.held.insert(each.actor->name);
  for (const auto& each : calls_.held())
    found.held.insert(each);
  return found;
}

void joint_process::look_at_monitors() {
  for (const auto& each : monitors_)
    books_.monitors.look(each.number, each.actor->is_dead);
}

link_end joint_process::end_to(const peer& other) const {
  return {node_.self(), links_.core(other)->relation(), other};
}

link_end joint_process::partner_of(const peer& other) const {
  return {other, links_.core(other)->relation_there(), node_.self()};
}

// -- from the network --------------------------------------------------------------------------------------

void joint_process::receive(const peer& from, const shared_bytes& head, const shared_bytes& body) {
  if (is_datagram(head.view()))
    member_process::receive(from, head, body);
  else
    links_.receive(from, head, body);
}

void joint_process::reconnected(const node_id& other) {
  member_process::reconnected(other);
  links_.reconnected(other);
}

std::string joint_process::describe(const wire_message& content) const {
  return is_datagram(content.head) ? member_process::describe(content)
                                   : simulation::link_layer::describe(content);
}

// -- what membership says ----------------------------------------------------------------------------------

void joint_process::member_is_up(const membership::member& who) {
  links_.tell(peers::joined{who});
}

void joint_process::member_has_failed(const peer& who) {
  links_.tell(peers::failed{who});
}

void joint_process::member_is_over(const membership::member_over& what) {
  if (what.reason == membership::member_over::why::left)
    links_.tell(peers::left{what.who});
  else
    links_.tell(peers::restarted{what.who});
}

void joint_process::heard_of(const peer& from) {
  if (links_.relations().is_questioned(from))
    links_.tell(peers::heard{from});
}

void joint_process::member_refuses(const peer& who) {
  links_.tell(peers::connection_refused{who});
}

void joint_process::connection_lost(const peer& who) {
  links_.tell(peers::connection_broken{who});
}

// -- what the table of peers says --------------------------------------------------------------------------

void joint_process::told(const peers::step& step) {
  std::visit([this](const auto& what) { on(what); }, step);
}

void joint_process::on(const peers::open_relation& step) {
  const auto& who = step.who.who;
  books_.turns.opened(node_.self(), step.relation, who);
  outboxes_[step.relation].to = who;
  handles_.open(who, step.relation);
  tell_names(names::peer_up{who});
}

void joint_process::on(const peers::forget_relation& step) {
  books_.turns.forgotten(node_.self(), step.relation);
  if (is_gone(step.reason))
    tell_names(names::peer_gone{step.who.who});
  else
    tell_names(names::peer_down{step.who.who});
  handles_.end(step.relation);
  arm();
}

void joint_process::tell_users(char sign, const peer& who, const std::string& how) {
  story_ += (story_.empty() ? "" : " ") + (sign + node_.around().find(who.node)->name())
            + (how.empty() ? "" : ":" + how);
}

/// Whoever is new hears of the server and the router, so that there is something to call.
void joint_process::on(const peers::peer_up& step) {
  const auto& who = step.who.who;
  node_.note("is up with " + to_string(who));
  tell_users('+', who);
  books_.met.add(step.again ? "peer up again" : "peer up");
  if (given_up_.erase(who) > 0)
    books_.met.add("reopened after back-off");
  books_.turns.up(node_.self(), step.relation, who);
  handles_.send(who, calls_.server());
  handles_.send(who, calls_.router());
}

void joint_process::on(const peers::peer_down& step) {
  const auto& who = step.who.who;
  node_.note("is down with " + to_string(who) + ": " + std::string{to_string(step.reason)});
  tell_users('-', who, std::string{to_string(step.reason)});
  books_.met.add("peer down: " + std::string{to_string(step.reason)});
  if (step.reason == down_reason::unreachable || step.reason == down_reason::violation) {
    given_up_.insert(who);
    books_.bystanders.backed_off(node_.self().node, who.node);
    has_backed_off_ = step.reason == down_reason::unreachable;
  }
  books_.turns.down(node_.self(), step.relation, who);
  books_.bystanders.down(node_.self().node, who.node, step.reason);
  books_.note_down({node_.self(), step.relation, who}, step.reason);
}

void joint_process::on(const peers::peer_gone& step) {
  const auto& who = step.who.who;
  books_.met.add("peer gone: " + std::string{to_string(step.reason)});
  tell_users('!', who, std::string{to_string(step.reason)});
  books_.turns.gone(node_.self(), who, step.reason);
  tell_names(names::peer_gone{who});
  if (given_up_.erase(who) > 0)
    books_.met.add("unreachable, then gone");
  if (step.reason != down_reason::failed)
    calls_.life_ended(who);
}

void joint_process::on(const peers::unreachable& step) {
  books_.met.add("unreachable");
  if (!std::exchange(has_backed_off_, false)) // the relation was not up here
    books_.bystanders.backed_off(node_.self().node, step.who.node);
  give(membership::unreachable{step.who});
}

void joint_process::on(const peers::doubted& step) {
  books_.met.add(step.is_doubted ? "doubted" : "not doubted any more");
}

// -- what the links say ------------------------------------------------------------------------------------

void joint_process::perform(const peer& other, const link::established&) {
  books_.links.up(end_to(other), partner_of(other));
  books_.partners[end_to(other)] = partner_of(other);
}

void joint_process::perform(const peer& other, link::delivered&& step) {
  auto relation = links_.core(other)->relation();
  books_.turns.delivered(node_.self(), relation);
  books_.links.delivered({partner_of(other), step.pair}, end_to(other), text_of(step.payload), step.cost);
  heard_of(other);
  auto what = decode_letter(step.payload);
  if (what.names.empty()) {
    handles_.receive(relation, what.handles);
  } else if (auto message = names::wire::decode(shared_bytes{std::move(what.names)}, {})) {
    names_.receive(timer_->now(), other, *message);
    flush_names();
  }
  if (lazy_)
    unread_.emplace_back(other, step.cost);
  else
    consume(other, step.cost);
  arm();
}

void joint_process::consume(const peer& from, std::size_t cost) {
  books_.links.consumed(node_.self(), from, cost);
  links_.apply(from, link::consumed{cost});
}

/// Only when the link ends: the outbox sees to it that there is room.
void joint_process::perform(const peer& other, link::refused&& step) {
  CHORUS_CHECK(step.reason == link::refused::why::closed, "an outbox knows what the link takes");
  books_.links.not_sent({end_to(other), step.pair}, text_of(step.payload));
  bounce(links_.core(other)->relation(), other, decode_letter(step.payload), errc::node_down);
}

void joint_process::perform(const peer& other, const link::released& step) {
  books_.links.released(end_to(other), step.bytes);
  if (auto box = outboxes_.find(links_.core(other)->relation()); box != outboxes_.end())
    box->second.held -= step.bytes;
}

/// What is still in the outbox comes back; some of it late, because a sender's thread has it in hand.
void joint_process::perform(const peer& other, link::closed&& step) {
  const auto* core = links_.core(other);
  auto relation = core->relation();
  node_.note("has no link to " + to_string(other) + " any more: " + std::string{to_string(step.reason)});
  books_.met.add("link " + std::string{to_string(step.reason)});
  core->statistics().for_each([this](const char* name, std::uint64_t number) {
    books_.met.add(std::string{"link "} + name, number);
  });
  books_.links.closed(end_to(other), step, books_.goes_on(partner_of(other)));
  books_.closed.insert(end_to(other));
  auto left = outboxes_.extract(relation);
  if (left.empty())
    return;
  for (auto& each : left.mapped().waiting)
    later(chance_.duration_between({}, slow_sender), [this, relation, other, what = std::move(each.what)] {
      bounce(relation, other, what, errc::node_down);
      arm();
    });
}

// -- letters -----------------------------------------------------------------------------------------------

void joint_process::carry(handle_node&, relation_number under, handle_message message, bool may_wait) {
  letter what;
  what.handles = std::move(message);
  if (may_wait && chance_.chance(0.05))
    what.filling.resize(chance_.below(5'000), '.');
  post(under, std::move(what));
}

void joint_process::tell_names(const names::core::input& what) {
  names_.apply(timer_->now(), what);
  flush_names();
}

void joint_process::flush_names() {
  for (auto& message : names_.drain().messages)
    if (auto relation = links_.relations().relation_with(message.to)) {
      letter what;
      what.names = names::wire::encode(message.message).head;
      post(relation, std::move(what));
    }
}

/// Answers and notices find room where letters and requests do not.
void joint_process::post(relation_number under, letter what) {
  auto box = outboxes_.find(under);
  if (box == outboxes_.end())
    return;
  what.number = ++latest_letter_;
  link::send message{pair_of(what), urgency_of(what), encode(what)};
  auto cost = message.payload.size() + link::message_overhead;
  auto is_reserved = message.how == link::urgency::reserved;
  static const auto limits = joint_process::limits();
  auto room = limits.channels.front().send_buffer_bytes
              + (is_reserved ? limits.channels.front().send_reserve_bytes : 0);
  if (box->second.held + cost > room) {
    books_.met.add(is_reserved ? "no room for a notice" : "no room for a letter");
    return is_reserved ? lose_notice(under) : bounce(under, box->second.to, what, errc::overloaded);
  }
  box->second.held += cost;
  box->second.waiting.push_back({std::move(message), std::move(what)});
  if (!turn_at_)
    turn_at_ = timer_->now() + (chance_.chance(0.1) ? chance_.duration_between({}, slow_turn) : usual_turn);
  arm();
}

/// Without it the two would disagree for ever, so the relation is given up; not here, where somebody is in
/// the middle of its tables. The other end has not read for long, which is a fault like any other.
void joint_process::lose_notice(relation_number under) {
  auto& box = outboxes_.at(under);
  if (!std::exchange(box.is_hopeless, true))
    later({}, [this, under, to = box.to] {
      if (links_.relations().relation_with(to) != under)
        return;
      books_.bystanders.disturbed(node_.self().node, to.node);
      give_up(to);
    });
}

void joint_process::hand_over(const peer& to, outbox::entry what) {
  books_.links.accepted({end_to(to), what.message.pair}, text_of(what.message.payload));
  links_.apply(to, std::move(what.message));
}

/// What users sent, and answers to it, go back to them; notices are of no use when the relation has ended.
void joint_process::bounce(relation_number under, const peer& to, const letter& what, errc code) {
  using kind = handle_message::kind;
  auto sent = what.handles.what;
  if (what.names.empty() && (sent == kind::letter || sent == kind::request || sent == kind::answer))
    handles_.bounce(under, to, what.handles, code);
}

// -- what handles say --------------------------------------------------------------------------------------

void joint_process::ended(std::uint64_t request, requests::request_fate fate, const request_content& answer) {
  books_.met.add("request " + to_string(fate));
  books_.accounts.ended(request, fate);
  calls_.ended(timer_->now(), request, fate, answer);
}

bool joint_process::take(waiting_request& arrived) {
  return calls_.take(timer_->now(), arrived);
}

// -- time --------------------------------------------------------------------------------------------------

void joint_process::turn() {
  if (turn_at_ && *turn_at_ <= timer_->now())
    flush();
  calls_.tick(timer_->now());
  if (says_goodbye_at_)
    say_goodbye();
  arm();
}

/// The I/O thread takes what was sent.
void joint_process::flush() {
  turn_at_.reset();
  std::vector<relation_number> all;
  for (const auto& [relation, box] : outboxes_)
    if (!box.waiting.empty())
      all.push_back(relation);
  for (auto relation : all) {
    auto box = outboxes_.find(relation);
    if (box == outboxes_.end())
      continue;
    auto to = box->second.to;
    for (auto& each : std::exchange(box->second.waiting, {}))
      if (outboxes_.contains(relation)) // or the one before has ended it
        hand_over(to, std::move(each));
      else
        bounce(relation, to, each.what, errc::node_down);
  }
}

void joint_process::say_goodbye() {
  auto all = links_.peers();
  auto is_flushed =
      std::ranges::all_of(all, [this](const peer& other) { return links_.core(other)->settled(); });
  if (!is_flushed && timer_->now() < *says_goodbye_at_)
    return;
  says_goodbye_at_.reset();
  links_.leave();
}

void joint_process::arm() {
  auto next = earliest(calls_.next_deadline(), turn_at_);
  if (says_goodbye_at_)
    next = earliest(next, std::min(*says_goodbye_at_, timer_->now() + 20ms));
  timer_->arm(next);
}

} // namespace chorus::testing
