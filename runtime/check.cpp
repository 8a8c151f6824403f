#include <chorus/runtime/check.hpp>
#include <chorus/runtime/last_words.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string_view>

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

namespace {

// Without the way from the build folder up to the sources.
const char* below_the_root(const char* file) {
  auto up = std::string_view{file}.rfind("../");
  return up == std::string_view::npos ? file : file + up + 3;
}

} // namespace

void check_failed(const char* condition, const char* message, const char* file, int line) noexcept {
  std::array<char, text_bytes> text;
  std::snprintf(
      text.data(),
      text.size(),
      "chorus: broken invariant at %s:%d: %s (%s)\n",
      below_the_root(file),
      line,
      message,
      condition
  );
  say.load()(text.data());
  std::abort();
}

} // namespace chorus::detail
