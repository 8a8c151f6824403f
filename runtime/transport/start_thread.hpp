#pragma once

#include <chorus/runtime/result.hpp>

#include <functional>
#include <thread>

namespace chorus {

/// Error: io (the system has no thread or no memory for it).
result<std::thread> start_thread(std::function<void()> run);

} // namespace chorus
