#pragma once

#include <chorus/simulation/history/identifiers.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace chorus::simulation {

/// A promise that a history shows to be broken.
struct violation {
  std::string invariant; ///< its name, for programs to tell apart: "fifo order", "no duplicate", …
  std::string what;      ///< a sentence for people: who did what, and what should have been
  std::vector<message_id> messages; ///< those that the sentence is about

  friend bool operator==(const violation&, const violation&) = default;
};

/// The most violations that one checker reports of one history, the first ones found. One broken promise
/// usually breaks a thousand more, and the first is the one to look at.
inline constexpr std::size_t max_violations = 16;

/// `<invariant>: <what>`.
std::string to_string(const violation& found);

} // namespace chorus::simulation
