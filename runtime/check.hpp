#pragma once

/// Checks our own promises, in every build. A peer's bytes never reach a check: what comes from
/// outside is answered with an error; only a mistake of chorus itself (or a broken precondition of
/// the caller) ends the process, because going on with a broken invariant loses data quietly.
#define CHORUS_CHECK(condition, message)                                                                     \
  ((condition) ? static_cast<void>(0)                                                                        \
               : ::chorus::detail::check_failed(#condition, message, __FILE__, __LINE__))

namespace chorus::detail {

/// Prints the broken promise to standard error and aborts.
[[noreturn]] void
check_failed(const char* condition, const char* message, const char* file, int line) noexcept;

} // namespace chorus::detail
