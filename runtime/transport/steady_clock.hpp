#pragma once

#include <chorus/runtime/time.hpp>

namespace chorus {

/// The moment by the steady clock. Any thread.
time_point steady_now() noexcept;

} // namespace chorus
