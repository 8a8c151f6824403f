#include "member_service.hpp"

#include "timer_keys.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

namespace {

membership::full_mesh::config
core_settings(const config& settings, const membership::member& self, std::uint64_t seed) {
  membership::full_mesh::config result;
  result.self = self;
  result.seed = seed;
  result.failure_timeout = settings.failure_timeout;
  result.refusal_patience = settings.failure_timeout + settings.failure_timeout / 2;
  result.interval = settings.failure_timeout / 8;
  return result;
}

} // namespace

member_service::member_service(
    const config& settings,
    const membership::member& self,
    std::uint64_t seed,
    chorus::transport& transport,
    member_events& events,
    std::shared_ptr<spdlog::logger> log
)
    : transport_(transport), events_(events), log_(std::move(log)),
      driver_(core{transport.now(), core_settings(settings, self, seed)}, host_, *this, *this) {}

void member_service::start(const std::vector<address>& seeds) {
  for (auto& seed : seeds)
    driver_.apply_in_batch(membership::add_seed{seed});
  driver_.perform();
}

void member_service::receive(const peer& from, const shared_bytes& datagram) {
  driver_.receive(from, datagram);
}

void member_service::link_lost(const peer& who) {
  driver_.apply(membership::link_lost{who});
}

void member_service::leave() {
  driver_.apply(membership::leave{});
}

void member_service::live_on(const peer& self) {
  driver_.apply(membership::new_life{self.incarnation});
}

std::vector<membership::member> member_service::members() const {
  std::lock_guard guard{mutex_};
  return members_;
}

void member_service::send(const peer& to, wire_message message) {
  transport_.send_datagram(to, std::move(message.head));
}

time_point member_service::now() const {
  return transport_.now();
}

void member_service::arm(std::optional<time_point> deadline) {
  transport_.arm(timer_keys::membership, deadline, [this] { driver_.wake(); });
}

void member_service::host::perform(const membership::member_up& step) {
  {
    std::lock_guard guard{owner.mutex_};
    auto by_id = [](auto& left, auto& right) { return left.who < right.who; };
    auto place = std::lower_bound(owner.members_.begin(), owner.members_.end(), step.who, by_id);
    owner.members_.insert(place, step.who);
  }
  owner.events_.member_is_up(step.who);
}

void member_service::host::perform(const membership::member_down& step) {
  {
    std::lock_guard guard{owner.mutex_};
    std::erase_if(owner.members_, [&](auto& member) { return member.who == step.who.who; });
  }
  owner.events_.member_is_down(step);
}

void member_service::host::perform(const membership::declared_failed&) {
  owner.events_.declared_failed();
}

void member_service::host::perform(const membership::rejected& step) {
  owner.events_.rejected(step.reason);
}

void member_service::host::perform(const membership::contact<core::message>& step) {
  owner.transport_.send_datagram(step.to, wire::encode(step.message).head);
}

void member_service::host::perform(const membership::seed_silent& step) {
  owner.log_->warn(
      "no answer from seed {} after {} attempts; is a node of this cluster running there, and can it reach "
      "{}? "
      "Trying on",
      to_string(step.where),
      step.attempts,
      to_string(owner.driver_.core().self().where)
  );
}

void member_service::host::malformed(const peer& from, const error& reason) {
  owner.log_->debug("ignored a datagram of {}: {}", to_string(from), reason.what);
}

} // namespace chorus
