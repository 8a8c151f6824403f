#include <chorus/runtime/check.hpp>
#include <chorus/runtime/last_words.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace chorus {

namespace {

/// Longer texts are cut.
constexpr std::size_t text_bytes = 1024;

void print(const char* text) noexcept {
  std::fputs(text, stderr);
}

std::atomic<last_words> say = print;

} // namespace

void set_last_words(last_words how) noexcept {
  say = how;
}

} // namespace chorus

namespace chorus::detail {

void check_failed(const char* condition, const char* message, const char* file, int line) noexcept {
  std::array<char, text_bytes> text;
  std::snprintf(
      text.data(), text.size(), "chorus: broken invariant at %s:%d: %s (%s)\n", file, line, message, condition
  );
  say.load()(text.data());
  std::abort();
}

} // namespace chorus::detail
