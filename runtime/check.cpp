#include <chorus/runtime/check.hpp>

#include <cstdio>
#include <cstdlib>

namespace chorus::detail {

void check_failed(const char* condition, const char* message, const char* file, int line) noexcept {
  std::fprintf(stderr, "chorus: broken invariant at %s:%d: %s (%s)\n", file, line, message, condition);
  std::abort();
}

} // namespace chorus::detail
