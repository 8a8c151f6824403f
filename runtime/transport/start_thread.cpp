#include <chorus/runtime/transport/start_thread.hpp>

#include <future>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace chorus {

result<std::thread> start_thread(std::function<void()> run) {
  try {
    return std::thread{std::move(run)};
  } catch (const std::system_error& failure) {
    return error{
        errc::io,
        std::string{"cannot start a thread: "} + failure.what()
            + "; see how many this user may have (ulimit -u), and how much memory is left"};
  }
}

error try_threads(std::size_t count) {
  std::promise<void> enough;
  auto ended = enough.get_future().share();
  std::vector<std::thread> threads;
  error failed;
  while (threads.size() < count && !failed) {
    auto next = start_thread([ended] { ended.wait(); });
    if (next)
      threads.push_back(std::move(*next));
    else
      failed = next.failure();
  }
  enough.set_value();
  for (auto& each : threads)
    each.join();
  return failed;
}

} // namespace chorus
