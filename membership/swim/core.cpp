#include <chorus/membership/swim/check.hpp>
#include <chorus/membership/swim/core.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/protocol_core.hpp>

#include <algorithm>
#include <utility>

namespace chorus::membership::swim {

static_assert(protocol_core<core>);

namespace {

contact_list::settings contacts_of(const config& settings) {
  auto contacts = settings.contacts;
  contacts.tell_silence_after = settings.failure_timeout;
  return contacts;
}

/// Questions to contacts, and so refusals and hellos of one node, come at least that often.
duration contact_lasting(const config& settings) {
  return settings.contacts.longest_gap + settings.failure_timeout;
}

} // namespace

core::core(time_point now, config settings)
    : config_(std::move(settings)), times_(config_.failure_timeout), chance_(config_.seed),
      contacts_(contacts_of(config_), chance_.split()), schedule_(chance_.split()),
      round_trips_(times_.shortest_probe_timeout(), times_.longest_probe_timeout()),
      expulsion_(config_.failure_timeout), next_number_{static_cast<std::uint16_t>(chance_.next())},
      refused_(times_, contact_lasting(config_)), newcomers_(contact_lasting(config_)), next_probe_(now),
      next_gossip_(now), next_exchange_(now), exchange_gap_(times_.period), next_question_(now), ran_at_(now),
      began_at_(now) {
  CHORUS_CHECK(
      !check(config_.self), "a node needs an id, an incarnation, a name and an address that others can use"
  );
  CHORUS_CHECK(least_failure_timeout <= config_.failure_timeout, "a failure timeout that can be kept");
}

void core::receive(time_point now, const peer& from, const message& what) {
  if (phase_ != phase::running)
    return;
  notice_own_pause(now);
  ++counters_.messages_received;
  if (check_content(from, what)) {
    ++counters_.messages_invalid;
    return;
  }
  if (auto* ended = ended_.find(from)) {
    meet_ended_life(now, from, *ended);
    return;
  }
  if (const auto* failed = failed_.find(from.node);
      failed != nullptr && from.incarnation <= failed->who.who.incarnation) {
    meet_failed(now, from, what);
    weigh_suspicions();
    return;
  }
  if (auto* sender = find(from)) {
    sender->acquainted = true;
    sender->heard_at = now;
    sender->spoke_at = now;
  }
  // What is said about the sender may let it in, so that its question can be answered.
  for (const auto& one : what.rumours)
    hear(now, from, one);
  std::visit([&](const auto& told) { handle(now, from, told); }, what.what);
  weigh_suspicions();
}

void core::apply(time_point now, const input& what) {
  if (phase_ == phase::gone)
    return;
  notice_own_pause(now);
  std::visit([&](const auto& told) { handle(now, told); }, what);
  weigh_suspicions();
}

void core::tick(time_point now) {
  if (phase_ != phase::running)
    return;
  notice_own_pause(now);
  advance_probes(now);
  weigh_suspicions();
  judge_suspects(now);
  if (!members_.empty() && next_probe_ <= now)
    probe_next(now);
  if (!members_.empty() && next_exchange_ <= now)
    compare_views(now);
  if (!members_.empty() && !rumours_.empty() && next_gossip_ <= now)
    gossip_now(now);
  if (const auto due = contacts_.next_due(); due && std::max(*due, next_question_) <= now)
    ask_contacts(now);
  weigh_suspicions();
}

std::optional<time_point> core::next_deadline() const {
  if (phase_ != phase::running)
    return std::nullopt;
  auto next = contacts_.next_due();
  if (next)
    next = std::max(*next, next_question_);
  auto include = [&next](time_point when) { next = earliest(next, when); };
  for (const auto& [number, waiting] : probes_)
    include(waiting.detoured ? waiting.ends_at : waiting.detour_at);
  for (const auto& node : suspects_)
    include(members_.at(node).suspected->deadline());
  if (!members_.empty()) {
    include(next_probe_);
    include(next_exchange_);
    if (!rumours_.empty())
      include(next_gossip_);
  }
  return next;
}

output core::drain() {
  return std::exchange(output_, {});
}

std::vector<member> core::members() const {
  std::vector<member> everybody;
  everybody.reserve(members_.size());
  for (const auto& [node, known] : members_)
    everybody.push_back(known.who);
  return everybody;
}

// -- inputs ------------------------------------------------------------------------------------------

void core::handle(time_point now, const add_seed& what) {
  has_seeds_ = true;
  if (what.where == config_.self.where)
    output_.notices.emplace_back(seed_is_self{what.where});
  else if (!contacts_.add_seed(now, what.where))
    ++counters_.seeds_dropped;
}

void core::handle(time_point now, const unreachable& what) {
  if (auto* subject = find(what.who))
    look_myself(now, *subject, true);
}

void core::handle(time_point, const leave&) {
  const message farewell{gossip{}, {left{config_.self.who}}};
  // Those who are suspected may not hear it, so they come last.
  const auto trusted =
      schedule_.sample(farewells_limit, [this](const node_id& node) { return !suspects_.contains(node); });
  const auto suspected = schedule_.sample(farewells_limit - trusted.size(), [this](const node_id& node) {
    return suspects_.contains(node);
  });
  for (const auto* some : {&trusted, &suspected})
    for (const auto& node : *some)
      output_.messages.push_back({members_.at(node).who.who, farewell});
  phase_ = phase::gone;
}

void core::handle(time_point now, const update& what) {
  auto changed = config_.self;
  changed.about = what.about;
  CHORUS_CHECK(!check(changed), "metadata takes at most limits::metadata_bytes");
  if (changed == config_.self)
    return;
  config_.self = std::move(changed);
  say_more(now);
}

void core::handle(time_point now, const connection_lost& what) {
  if (auto* subject = find(what.who))
    look_myself(now, *subject, true);
}

void core::handle(time_point now, const connection_tried& what) {
  auto* subject = find(what.who);
  if (subject == nullptr)
    return;
  subject->trying_since.reset();
  if (what.result == connection_tried::outcome::open) {
    // It may be a new life that knows nobody: say hello.
    ask_out_of_turn(now, subject->who.where);
    return;
  }
  const auto counts = !subject->refusals_count_from || *subject->refusals_count_from <= now;
  if (what.result != connection_tried::outcome::refused || !counts)
    return;
  accuse_myself(now, *subject, evidence::refused);
  vacate(now, *subject);
}

// A process that was stopped for a while, or a thread that got no turn, finds the silence of others where
// there was only its own. It gives them back the time in which it did not listen.
void core::notice_own_pause(time_point now) {
  const auto expected = next_deadline();
  const auto since = expected ? std::max(*expected, ran_at_) : now;
  ran_at_ = now;
  const auto pause = now - since;
  if (pause <= times_.own_pause())
    return;
  ++counters_.pauses_noticed;
  for (auto& [number, waiting] : probes_)
    for (auto* when : {&waiting.asked_at, &waiting.detour_at, &waiting.ends_at})
      *when += pause;
  for (const auto& node : suspects_)
    members_.at(node).suspected->postpone(pause);
}

} // namespace chorus::membership::swim
