#pragma once

#include <chorus/runtime/result.hpp>

#include <cstddef>
#include <functional>
#include <thread>

namespace chorus {

/// Error: io (the system has no thread or no memory for it).
result<std::thread> start_thread(std::function<void()> run);

/// Whether `count` more threads can live at once, found out by starting them. For libraries that abort when
/// they cannot start one. Error: as `start_thread`.
error try_threads(std::size_t count);

} // namespace chorus
