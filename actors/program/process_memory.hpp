#pragma once

namespace chorus {

/// Lets the process keep memory that it has freed, for what it allocates next, up to a bound for each arena
/// of its allocator. Messages come and go by tens of kilobytes; glibc by default gives such memory back to
/// the system at once, and getting it again, page by page, costs more than the messages do.
///
/// Whoever has tuned the allocator from outside (`GLIBC_TUNABLES`, `MALLOC_TRIM_THRESHOLD_`,
/// `MALLOC_MMAP_THRESHOLD_`) keeps that; other allocators than glibc's are left alone. Any thread, any number
/// of times.
void keep_freed_memory();

} // namespace chorus
