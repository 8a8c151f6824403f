#include <chorus/runtime/codec/failure.hpp>
#include <chorus/runtime/codec/options.hpp>

#include <exception>
#include <string>
#include <utility>

namespace chorus::codec::detail {

namespace {

std::string located(std::string_view what, std::size_t offset) {
  return std::string{what} + ", at byte " + std::to_string(offset);
}

} // namespace

void fail(errc code, std::string_view what, std::size_t offset) {
  throw failure{{code, located(what, offset)}};
}

void fail_no_context(std::size_t offset) {
  fail(errc::invalid_argument, "the type needs a context that the caller did not give", offset);
}

void fail_too_deep(std::size_t limit, std::size_t offset) {
  fail(errc::too_large, "nested deeper than " + std::to_string(limit) + " values", offset);
}

void fail_too_large(std::size_t limit, std::size_t offset) {
  fail(errc::too_large, "over the limit of " + std::to_string(limit) + " bytes", offset);
}

void fail_truncated(std::size_t wanted, std::size_t left, std::size_t offset) {
  fail(
      errc::malformed,
      "cut short: " + std::to_string(wanted) + " bytes wanted, " + std::to_string(left) + " left",
      offset
  );
}

void fail_count(std::size_t count, std::size_t left, std::size_t offset) {
  fail(
      errc::malformed,
      "a count of " + std::to_string(count) + " elements that " + std::to_string(left) + " bytes cannot hold",
      offset
  );
}

void fail_zero_byte_elements(std::size_t offset) {
  fail(
      errc::too_large, "more than " + std::to_string(zero_byte_elements) + " elements without a byte", offset
  );
}

error caught(errc code, std::size_t offset) {
  try {
    throw;
  } catch (failure& known) {
    return std::move(known.what);
  } catch (const std::exception& unknown) {
    return {code, located(unknown.what(), offset)};
  } catch (...) {
    return {code, located("an exception that is no std::exception", offset)};
  }
}

} // namespace chorus::codec::detail
