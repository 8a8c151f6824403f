#include "start_thread.hpp"

#include <string>
#include <system_error>
#include <utility>

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

} // namespace chorus
