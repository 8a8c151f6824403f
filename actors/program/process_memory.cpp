#include <chorus/actors/program/process_memory.hpp>
#include <chorus/runtime/limits.hpp>

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace chorus {

#ifdef __GLIBC__

namespace {

/// For each arena, of which busy threads have one each: as much as a link may have under way.
constexpr int kept_bytes = static_cast<int>(limits::receive_window_bytes);

/// Larger blocks come from the system and go back to it; the buffer of any message is smaller.
constexpr int from_system_bytes = static_cast<int>(2 * limits::message_bytes);

bool is_tuned_from_outside() {
  for (auto variable : {"GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"}) {
    if (std::getenv(variable) != nullptr)
      return true;
  }
  return false;
}

} // namespace

void keep_freed_memory() {
  if (is_tuned_from_outside())
    return;
  mallopt(M_TRIM_THRESHOLD, kept_bytes);
  mallopt(M_MMAP_THRESHOLD, from_system_bytes);
}

#else

void keep_freed_memory() {}

#endif

} // namespace chorus
