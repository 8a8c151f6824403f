#include "living_actors.hpp"

#include "class_name.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/attachable.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/local_actor.hpp>
#include <caf/scheduled_actor.hpp>

#include <limits>
#include <memory>

namespace chorus::caf17 {

namespace {

/// CAF blocks the mailbox of an actor that has handled all its messages, until the next one comes.
bool is_idle(caf::abstract_actor& actor) {
  if (actor.getf(caf::abstract_actor::is_blocking_flag))
    return static_cast<caf::blocking_actor&>(actor).mailbox().blocked();
  return static_cast<caf::scheduled_actor&>(actor).mailbox().blocked();
}

constexpr auto all_of_them = std::numeric_limits<std::size_t>::max();

} // namespace

/// An item of the list. CAF calls it at the actor's end, before any part of the actor is destroyed: while an
/// item is in the list, its actor is there.
class living_actors::life final : public caf::attachable {
public:
  life(living_actors& list, caf::actor_control_block& actor) : list_(list), actor_(actor) {
    std::lock_guard guard{list_.mutex_};
    following_ = list_.first_;
    if (following_ != nullptr)
      following_->place_ = &following_;
    place_ = &list_.first_;
    list_.first_ = this;
    ++list_.count_;
    ++list_.new_;
    list_.changed_.notify_all();
  }

  ~life() override { leave(); }

  void actor_exited(const caf::error&, caf::execution_unit*) override { leave(); }

  caf::abstract_actor& actor() const { return *actor_.get(); }
  life* following() const { return following_; }

  /// Null if nobody holds it any more: then it is about to end.
  caf::strong_actor_ptr handle() const {
    return caf::intrusive_ptr_upgrade_weak(&actor_) ? caf::strong_actor_ptr{&actor_, false} : nullptr;
  }

  /// Whether it is the first call.
  bool take() {
    if (!is_new_)
      return false;
    is_new_ = false;
    --list_.new_;
    return true;
  }

private:
  void leave() {
    std::lock_guard guard{list_.mutex_};
    if (place_ == nullptr)
      return;
    *place_ = following_;
    if (following_ != nullptr)
      following_->place_ = place_;
    place_ = nullptr;
    take();
    if (--list_.count_ == 0)
      list_.changed_.notify_all();
  }

  living_actors& list_;
  caf::actor_control_block& actor_;
  bool is_new_ = true;
  life* following_ = nullptr;
  life** place_ = nullptr; ///< what points to this item; null once it has left
};

living_actors::~living_actors() = default;

std::size_t living_actors::count() const {
  std::lock_guard guard{mutex_};
  return count_;
}

bool living_actors::are_idle() const {
  std::lock_guard guard{mutex_};
  for (auto item = first_; item != nullptr; item = item->following())
    if (!is_idle(item->actor()))
      return false;
  return true;
}

std::shared_ptr<const void> living_actors::note_open_call(const caf::actor_system& system) {
  auto* actors = dynamic_cast<const living_actors*>(system.config().profiler);
  return actors == nullptr ? nullptr : actors->open_calls_;
}

std::vector<caf::strong_actor_ptr> living_actors::take_new() {
  return select(all_of_them, [](life& item) { return item.take(); });
}

std::vector<caf::strong_actor_ptr> living_actors::all() const {
  return select(all_of_them, [](life&) { return true; });
}

std::vector<caf::strong_actor_ptr> living_actors::busy(std::size_t most) const {
  return select(most, [](life& item) { return !is_idle(item.actor()); });
}

bool living_actors::await_end(time_point deadline) {
  std::unique_lock guard{mutex_};
  changed_.wait_until(guard, deadline, [&] { return count_ == 0 || new_ > 0; });
  return count_ == 0;
}

void living_actors::add_actor(const caf::local_actor& self, const caf::local_actor*) {
  auto& actor = *self.ctrl();
  actor.get()->attach(std::make_unique<life>(*this, actor));
}

/// The handles are made under the mutex and let go of without it: an actor may end with the last one.
template <class Predicate>
std::vector<caf::strong_actor_ptr> living_actors::select(std::size_t most, Predicate&& is_wanted) const {
  std::vector<caf::strong_actor_ptr> found;
  std::lock_guard guard{mutex_};
  for (auto item = first_; item != nullptr && found.size() < most; item = item->following())
    if (is_wanted(*item))
      if (auto handle = item->handle())
        found.push_back(std::move(handle));
  return found;
}

std::string describe(const caf::strong_actor_ptr& actor) {
  const auto& content = *actor->get();
  auto about = class_name(content);
  auto add = [&about](const char* trait) { about.append(about.empty() ? "" : ", ").append(trait); };
  if (content.getf(caf::abstract_actor::is_blocking_flag))
    add("blocking");
  else if (content.getf(caf::abstract_actor::is_detached_flag))
    add("detached");
  auto number = "actor " + std::to_string(actor->id());
  return about.empty() ? number : number + " (" + about + ')';
}

} // namespace chorus::caf17
