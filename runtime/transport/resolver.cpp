#include "resolver.hpp"

#include "host.hpp"

#include <chorus/runtime/transport/start_thread.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace chorus {

namespace {

struct question {
  std::string host;
  resolver::answer done;
};

} // namespace

/// Outlives the resolver when a look-up was abandoned.
struct resolver::shared_state {
  shared_state(post_function post_answer, look_up_function how)
      : post(std::move(post_answer)), ask(std::move(how)) {}

  const post_function post;
  const look_up_function ask;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<question> waiting;
  bool looking_up = false;
  bool stopping = false;
  std::thread thread;

  static void run(std::shared_ptr<shared_state> self) {
    std::unique_lock lock{self->mutex};
    while (true) {
      self->changed.wait(lock, [&] { return self->stopping || !self->waiting.empty(); });
      if (self->stopping)
        return;
      auto next = std::move(self->waiting.front());
      self->waiting.pop_front();
      self->looking_up = true;
      lock.unlock();
      auto found = self->ask(next.host);
      lock.lock();
      self->looking_up = false;
      if (self->stopping)
        return;
      // Under the lock: once the destructor has set `stopping`, nothing is posted.
      self->post([done = std::move(next.done), found = std::move(found)]() mutable { done(std::move(found)); }
      );
    }
  }
};

resolver::resolver(post_function post, look_up_function ask)
    : state_(std::make_shared<shared_state>(std::move(post), std::move(ask))) {}

resolver::~resolver() {
  std::unique_lock lock{state_->mutex};
  state_->stopping = true;
  state_->changed.notify_all();
  if (!state_->thread.joinable())
    return;
  if (state_->looking_up) {
    state_->thread.detach();
    return;
  }
  lock.unlock();
  state_->thread.join();
}

void resolver::resolve(std::string host, answer done) {
  if (is_numeric(host)) {
    state_->post([done = std::move(done), host = std::move(host)] { done(std::vector<std::string>{host}); });
    return;
  }
  std::lock_guard guard{state_->mutex};
  if (auto failed = make_ready()) {
    state_->post([done = std::move(done), failed] { done(failed); });
    return;
  }
  state_->waiting.push_back({std::move(host), std::move(done)});
  state_->changed.notify_one();
}

/// For one more name: there is room, and a thread, which is started for the first one.
error resolver::make_ready() {
  if (state_->waiting.size() >= waiting_limit)
    return {errc::overloaded, "too many host names wait for the name service"};
  if (state_->thread.joinable())
    return {};
  auto thread = start_thread([state = state_] { shared_state::run(state); });
  if (!thread)
    return thread.failure();
  state_->thread = std::move(*thread);
  return {};
}

} // namespace chorus
