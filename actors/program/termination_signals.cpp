#include "termination_signals.hpp"

#include <atomic>
#include <thread>

namespace chorus {

namespace {

// A signal handler may use atomics only where they have no locks.
static_assert(std::atomic<node*>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

std::atomic<node*> node_to_stop = nullptr;

/// So that nobody is in the handler any more when the node may go.
std::atomic<int> handlers_at_work = 0;

void on_signal(int) {
  ++handlers_at_work;
  if (auto* node = node_to_stop.load())
    node->request_stop();
  --handlers_at_work;
}

bool is_left_to_its_default(int signal) {
  struct sigaction chosen = {};
  ::sigaction(signal, nullptr, &chosen);
  return chosen.sa_handler == SIG_DFL;
}

} // namespace

termination_signals::termination_signals(node& node) {
  node_to_stop = &node;
  struct sigaction handler = {};
  handler.sa_handler = on_signal;
  for (auto signal : {SIGTERM, SIGINT, SIGHUP})
    if (signal != SIGHUP || is_left_to_its_default(signal))
      ::sigaction(signal, &handler, &before_[signal]);
}

termination_signals::~termination_signals() {
  for (const auto& [signal, disposition] : before_)
    ::sigaction(signal, &disposition, nullptr);
  node_to_stop = nullptr;
  while (handlers_at_work > 0)
    std::this_thread::yield();
}

} // namespace chorus
