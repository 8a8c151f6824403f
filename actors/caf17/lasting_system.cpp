#include "lasting_system.hpp"

#include "actor_thread.hpp"
#include "node_name.hpp"
#include "stoppable_scheduler.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_registry.hpp>
#include <caf/logger.hpp>

#include <atomic>
#include <list>
#include <mutex>

namespace chorus::caf17 {

namespace {

/// Those whose owners have gone. Never destroyed: actors may be left when the process ends.
struct graveyard {
  std::mutex mutex;
  std::list<std::unique_ptr<lasting_system>> content;
};

std::atomic<std::size_t> systems = 0;

graveyard& left_behind() {
  static auto& all = *new graveyard;
  return all;
}

} // namespace

lasting_system::settings::settings(const std::string& scheduler, std::size_t threads, living_actors& actors) {
  // Without this, idle threads of the policy `stealing` sleep between looks, and messages wait for them.
  set("work-stealing.moderate-poll-attempts", std::size_t{0});
  if (threads > 0)
    set("scheduler.max-threads", threads);
  if (scheduler == "stealing")
    load<stoppable_scheduler<caf::policy::work_stealing>>();
  else
    load<stoppable_scheduler<caf::policy::work_sharing>>();
  add_thread_hook<actor_thread_hook>();
  chorus::add_error_category(*this);
  profiler = &actors;
}

std::shared_ptr<lasting_system> lasting_system::make(const std::string& scheduler, std::size_t threads) {
  return {new lasting_system(scheduler, threads), leave_behind};
}

lasting_system::lasting_system(const std::string& scheduler, std::size_t threads)
    : settings_(scheduler, threads, actors_), system_(settings_) {
  // Users' actors often serve for ever; the end of the node is their end too.
  system_.await_actors_before_shutdown(false);
  ++systems;
}

lasting_system::~lasting_system() {
  --systems;
}

void lasting_system::set_node(const peer& self) {
  caf17::set_node(system_, self);
  node_ = system_.node();
}

void lasting_system::stop() {
  system_.scheduler().stop();
  for (auto& [name, actor] : system_.registry().named_actors())
    system_.registry().erase(name);
}

void lasting_system::leave_behind(lasting_system* content) {
  auto& all = left_behind();
  std::lock_guard guard{all.mutex};
  all.content.emplace_back(content);
}

void lasting_system::reclaim() {
  std::list<std::unique_ptr<lasting_system>> unused; // their threads are waited for without the mutex
  auto& all = left_behind();
  std::lock_guard guard{all.mutex};
  for (auto next = all.content.begin(); next != all.content.end();) {
    auto current = next++;
    if (!(*current)->is_referred_to())
      unused.splice(unused.end(), all.content, current);
  }
}

std::size_t lasting_system::count() noexcept {
  return systems;
}

/// CAF's own utility actors do not count: they were spawned before the node had its name. The threads do,
/// because the destructor of a system waits for its logger, which they keep.
bool lasting_system::is_referred_to() {
  if (is_actor_thread(system_))
    return true;
  if (caf::logger::current_logger() == &system_.logger())
    caf::logger::set_current_actor_system(nullptr);
  constexpr std::size_t names_of_its_own = 2; // `node_` and the system's
  return (node_ && node_->get_reference_count() > names_of_its_own)
         || system_.logger().get_reference_count() > 1;
}

} // namespace chorus::caf17
