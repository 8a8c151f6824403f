#include "member_service.hpp"

#include "timer_keys.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace chorus {

namespace {

membership::swim::config
core_settings(const config& settings, const membership::member& self, std::uint64_t seed) {
  membership::swim::config result;
  result.self = self;
  result.seed = seed;
  result.failure_timeout = settings.failure_timeout;
  return result;
}

membership::connection_tried::outcome outcome_of(connection_outcome how) {
  using outcome = membership::connection_tried::outcome;
  switch (how) {
  case connection_outcome::open:
    return outcome::open;
  case connection_outcome::refused:
    return outcome::refused;
  case connection_outcome::no_answer:
  case connection_outcome::unknown_host:
  case connection_outcome::foreign:
  case connection_outcome::silent:
    return outcome::no_answer;
  }
  return outcome::no_answer;
}

std::string in_words(membership::evidence what, const std::string& accuser) {
  switch (what) {
  case membership::evidence::silence:
    return "no answer to " + accuser;
  case membership::evidence::refused:
    return "its address refused a connection from " + accuser;
  case membership::evidence::address_taken:
    return accuser + " found another node at its address";
  case membership::evidence::hearsay:
    break;
  }
  return accuser + " reports it and gives no reason";
}

} // namespace

member_service::member_service(
    const config& settings,
    const membership::member& self,
    std::uint64_t seed,
    chorus::transport& transport,
    member_events& events,
    const log_names& names,
    std::shared_ptr<spdlog::logger> log
)
    : transport_(transport), events_(events), names_(names), log_(std::move(log)),
      seed_reports_(transport, seed_reasons_, log_),
      driver_(core{transport.now(), core_settings(settings, self, seed)}, host_, *this, *this) {}

void member_service::start(const std::vector<address>& seeds) {
  for (auto& seed : seeds)
    seed_reasons_.add(seed);
  for (auto& seed : seeds)
    driver_.apply_in_batch(membership::add_seed{seed});
  driver_.perform();
}

void member_service::receive(const peer& from, const shared_bytes& datagram) {
  driver_.receive(from, datagram);
  note_reports();
}

void member_service::unreachable(const peer& who) {
  driver_.apply(membership::unreachable{who});
}

void member_service::contact_refused(const address& where, const error& reason) {
  seed_reasons_.refused_connection(transport_.now(), where, reason.what);
}

void member_service::connection_lost(const peer& who) {
  driver_.apply(membership::connection_lost{who});
}

void member_service::update(const membership::metadata& about) {
  driver_.apply(membership::update{about});
}

void member_service::leave() {
  driver_.apply(membership::leave{});
}

std::vector<membership::member> member_service::members() const {
  std::lock_guard guard{mutex_};
  return members_;
}

std::optional<membership::suspicion_report> member_service::why_suspected(const node_id& who) const {
  std::lock_guard guard{mutex_};
  auto known = reports_.find(who);
  return known == reports_.end() ? std::nullopt : std::optional{known->second};
}

std::string member_service::describe_suspicion(const node_id& who) const {
  auto report = why_suspected(who);
  if (!report || report->accusations.empty())
    return "for an unknown reason";
  const auto& first = report->accusations.front();
  return in_words(first.what, names_.node(first.accuser));
}

/// Copies what the core knows of those who are suspected now, for other threads: nearly always of nobody.
void member_service::note_reports() {
  for (const auto& who : suspected_) {
    if (auto report = driver_.core().why_suspected(who))
      keep(std::move(*report));
  }
}

void member_service::keep(membership::suspicion_report report) {
  std::lock_guard guard{mutex_};
  auto who = report.subject.node;
  reports_.insert_or_assign(who, std::move(report));
  if (reports_.size() <= reports_limit)
    return;
  auto is_older = [](const auto& left, const auto& right) { return left.second.since < right.second.since; };
  reports_.erase(std::min_element(reports_.begin(), reports_.end(), is_older));
}

/// A member without a link is asked at its address: that the two have no relation is no reason to suspect it.
void member_service::send(const peer& to, wire_message message) {
  if (transport_.send_datagram(to, message.head))
    return;
  auto known = std::ranges::find(members_, to, &membership::member::who); // only this thread changes them
  if (known != members_.end())
    transport_.send_datagram(known->where, std::move(message.head));
}

time_point member_service::now() const {
  return transport_.now();
}

void member_service::arm(std::optional<time_point> deadline) {
  transport_.arm(timer_keys::membership, deadline, [this] {
    driver_.wake();
    note_reports();
  });
}

void member_service::host::perform(const membership::member_up& step) {
  {
    std::lock_guard guard{owner.mutex_};
    auto by_id = [](auto& left, auto& right) { return left.who < right.who; };
    auto place = std::lower_bound(owner.members_.begin(), owner.members_.end(), step.who, by_id);
    owner.members_.insert(place, step.who);
  }
  owner.seed_reasons_.member_is_up();
  owner.events_.member_is_up(step.who);
}

void member_service::take_off(const peer& who) {
  {
    std::lock_guard guard{mutex_};
    std::erase_if(members_, [&](auto& member) { return member.who == who; });
  }
  note_reports();
  suspected_.erase(who.node);
}

void member_service::host::perform(const membership::member_failed& step) {
  owner.take_off(step.who.who);
  owner.events_.member_has_failed(step.who);
}

void member_service::host::perform(const membership::member_over& step) {
  owner.take_off(step.who.who);
  owner.events_.member_is_over(step);
}

void member_service::host::perform(const membership::member_suspected& step) {
  owner.suspected_.insert(step.who.who.node);
  owner.note_reports();
  owner.events_.member_is_suspected(step.who);
}

void member_service::host::perform(const membership::member_trusted& step) {
  owner.note_reports();
  owner.suspected_.erase(step.who.who.node);
  owner.events_.member_is_trusted(step.who);
}

void member_service::host::perform(const membership::member_updated& step) {
  {
    std::lock_guard guard{owner.mutex_};
    for (auto& member : owner.members_) {
      if (member.who == step.who.who)
        member = step.who;
    }
  }
  owner.events_.member_is_updated(step.who);
}

void member_service::host::perform(const membership::try_connection& step) {
  owner.transport_.doubt(step.who);
  owner.transport_.try_connection(step.where, [&service = owner, who = step.who](connection_outcome how) {
    if (how == connection_outcome::refused)
      service.events_.member_refuses(who);
    service.driver_.apply(membership::connection_tried{who, outcome_of(how)});
  });
}

void member_service::host::perform(const membership::expelled& step) {
  owner.events_.expelled(step);
}

void member_service::host::perform(const membership::rejected& step) {
  owner.events_.rejected(step.reason);
}

void member_service::host::perform(const membership::contact<core::message>& step) {
  owner.transport_.send_datagram(step.to, wire::encode(step.message).head);
}

void member_service::host::perform(const membership::reply<core::message>& step) {
  owner.transport_.reply_datagram(step.to, wire::encode(step.message).head);
}

void member_service::host::perform(const membership::seed_silent& step) {
  owner.seed_reports_.is_silent(step, owner.driver_.core().self().where);
}

void member_service::host::perform(const membership::notice& step) {
  if (const auto* seed = std::get_if<membership::seed_is_self>(&step))
    owner.seed_reasons_.is_self(seed->where);
  else if (const auto* refused = std::get_if<membership::refusal_received>(&step))
    owner.seed_reasons_.refused(owner.now(), membership::describe(refused->content, refused->self));
  owner.log_->log(is_ordinary(step) ? spdlog::level::info : spdlog::level::warn, describe(step));
}

void member_service::host::malformed(const peer& from, const error& reason) {
  owner.log_->debug("ignored a datagram of node {}: {}", to_string(from), reason.what);
}

} // namespace chorus
