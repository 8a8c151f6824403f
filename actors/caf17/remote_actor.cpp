#include "remote_actor.hpp"

#include "../fate_mark.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/default_attachable.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>

#include <mutex>
#include <utility>

namespace chorus::caf17 {

namespace {

/// The standard lets an explicit instantiation name a private member ([temp.spec.general]); CAF 0.17 has no
/// other way to learn who watches.
template <auto Member>
struct observer_member {
  friend const caf::actor_addr& observer_of(const caf::default_attachable& watch) { return watch.*Member; }
};
const caf::actor_addr& observer_of(const caf::default_attachable& watch);
template struct observer_member<&caf::default_attachable::observer_>;

/// A monitor or a link of an actor that nobody can reach any more.
bool is_of_nobody(const caf::attachable& what) {
  auto* watch = dynamic_cast<const caf::default_attachable*>(&what);
  if (watch == nullptr)
    return false;
  auto* observer = caf::actor_cast<caf::actor_control_block*>(observer_of(*watch));
  return observer == nullptr || observer->strong_refs.load(std::memory_order_acquire) == 0;
}

/// As CAF bounces the requests of actors that have ended; and says that this one has not even left.
void bounce_unsent(const caf::mailbox_element& request) {
  if (!request.sender || !request.mid.is_request())
    return;
  auto is_delegated = dynamic_cast<const remote_actor*>(request.sender->get()) != nullptr;
  auto fate = requests::fate_at(requests::request_stage::not_sent, is_delegated);
  request.sender->enqueue(
      nullptr,
      request.mid.response_id(),
      caf::make_message(with_fate(caf::sec::request_receiver_down, fate)),
      nullptr
  );
}

} // namespace

remote_actor::remote_actor(
    caf::actor_config& settings,
    actor_reference stands_for,
    std::shared_ptr<remote_node> home,
    std::shared_ptr<gateway> hub
)
    : actor_proxy(settings), reference_(stands_for), home_(std::move(home)), hub_(std::move(hub)) {}

void remote_actor::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (getf(is_terminated_flag))
    bounce_unsent(*what);
  else
    hub_->forward(*this, *what);
}

bool remote_actor::is_in_reach() const {
  return !getf(is_terminated_flag) && hub_->is_in_reach(*this);
}

void remote_actor::watch_lives(caf::weak_actor_ptr watcher, life_watcher told) const {
  hub_->watch_lives(std::move(watcher), std::move(told));
}

bool remote_actor::is_watched() {
  return exclusive_critical_section([this] { return attachables_head_ != nullptr; });
}

std::size_t remote_actor::drop_watches_of_nobody() {
  std::size_t count = 0;
  std::unique_lock guard{mtx_, std::try_to_lock};
  if (!guard)
    return count;
  for (auto* place = &attachables_head_; *place; ++count) {
    if (is_of_nobody(**place))
      *place = std::move((*place)->next);
    else
      place = &(*place)->next;
  }
  return count;
}

bool remote_actor::add_backlink(caf::abstract_actor* local) {
  if (actor_proxy::add_backlink(local))
    hub_->link_changed(*this, caf::strong_actor_ptr{local->ctrl()}, gateway::linking::linked);
  return false; // keep nothing at the other end
}

bool remote_actor::remove_backlink(caf::abstract_actor* local) {
  if (!actor_proxy::remove_backlink(local))
    return false;
  hub_->link_changed(*this, caf::strong_actor_ptr{local->ctrl()}, gateway::linking::unlinked);
  return true;
}

void remote_actor::accept_link(const caf::strong_actor_ptr& local) {
  auto ended = exclusive_critical_section([&] {
    if (getf(is_terminated_flag))
      return true;
    actor_proxy::add_backlink(local->get());
    return false;
  });
  if (ended)
    local->enqueue(
        nullptr, caf::make_message_id(), caf::make_message(caf::exit_msg{address(), fail_state()}), nullptr
    );
}

void remote_actor::accept_unlink(const caf::strong_actor_ptr& local) {
  exclusive_critical_section([&] { return actor_proxy::remove_backlink(local->get()); });
}

void remote_actor::kill_proxy(caf::execution_unit* context, caf::error reason) {
  cleanup(std::move(reason), context);
}

const char* remote_actor::name() const {
  return "chorus.remote_actor";
}

} // namespace chorus::caf17
