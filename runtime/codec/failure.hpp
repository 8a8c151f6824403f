#pragma once

#include <chorus/runtime/result.hpp>

#include <cstddef>
#include <string_view>

/// How archives leave a nest of `save` and `load` calls: by an exception that never passes `encode_to`
/// or `decode`. The good path pays nothing for it.
namespace chorus::codec::detail {

/// Not a `std::exception`, so that handlers in users' code do not take it for theirs.
struct failure {
  error what;
};

/// Ends the encoding or decoding with `<what>, at byte <offset>`.
[[noreturn]] void fail(errc code, std::string_view what, std::size_t offset);

[[noreturn]] void fail_no_context(std::size_t offset);
[[noreturn]] void fail_too_deep(std::size_t limit, std::size_t offset);
[[noreturn]] void fail_too_large(std::size_t limit, std::size_t offset);
[[noreturn]] void fail_truncated(std::size_t wanted, std::size_t left, std::size_t offset);
[[noreturn]] void fail_count(std::size_t count, std::size_t left, std::size_t offset);
[[noreturn]] void fail_zero_byte_elements(std::size_t offset);

/// The exception in flight as an error; `code` for what users' functions throw.
/// Pre: called within a handler.
error caught(errc code, std::size_t offset);

} // namespace chorus::codec::detail
