#pragma once

#include <chorus/runtime/time.hpp>

#include <string_view>

namespace chorus {

/// How long the end of a process waits for whoever reads its standard error.
inline constexpr std::chrono::milliseconds last_words_within{500};

/// Writes `text` from the calling thread, past the queue of the log: for what is said when the process ends.
/// Waits at most `within` for a reader. Raises no signal. False if not all of it was written.
///
/// Another process that fills the same pipe at the very moment can still make it wait for longer: the system
/// has no write to a pipe that never waits, short of changing the pipe for all its users.
bool write_to_standard_error(std::string_view text, duration within) noexcept;

} // namespace chorus
