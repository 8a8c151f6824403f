#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace chorus::link {

/// Which part of a message a segment is: bit 0 means "begins a message", bit 1 "ends it".
enum class part : std::uint8_t { middle = 0, first = 1, last = 2, whole = 3 };

constexpr bool begins(part kind) noexcept {
  return kind == part::first || kind == part::whole;
}

constexpr bool ends(part kind) noexcept {
  return kind == part::last || kind == part::whole;
}

/// What a data frame is made of: a whole small message or a chunk of a large one. As bytes:
///   part (1) | sender (8) | receiver (8) | size of the message (4, only in `first`) | length (4) | bytes
struct segment {
  part kind = part::whole;
  chorus::link::pair pair;
  std::uint32_t message_size = 0; ///< of all chunks together; only in `first`
  shared_bytes bytes;
};

/// The most that stands before the bytes of a segment.
inline constexpr std::size_t segment_head_bytes = 1 + 8 + 8 + 4 + 4;

/// The least that a segment takes: `part`, `sender`, `receiver` and `length`.
inline constexpr std::size_t smallest_segment_bytes = segment_head_bytes - 4;

/// What a segment counts in every account: its bytes, and the overhead once for each message.
constexpr std::size_t cost_of(part kind, std::size_t bytes) noexcept {
  return bytes + (begins(kind) ? message_overhead : 0);
}

/// Appends a segment in its form on the wire. `message_size` is used only for `part::first`.
void append_segment(
    byte_buffer& out, part kind, const pair& who, std::uint32_t message_size, const_bytes bytes
);

/// The same without its bytes, which are elsewhere: `data::lone`.
void append_segment_head(
    byte_buffer& out, part kind, const pair& who, std::uint32_t message_size, std::size_t length
);

/// Reads the segments of a frame, one after the other, without copying their bytes.
class segment_reader {
public:
  /// `lone`: as in `data`. Both must outlive the reader.
  explicit segment_reader(const shared_bytes& frame, const shared_bytes& lone = no_bytes) noexcept
      : frame_(frame), lone_(lone) {}

  bool at_end() const noexcept { return offset_ == frame_.size(); }

  /// The next segment; nothing if the bytes are not one. Pre: not `at_end()`.
  std::optional<segment> next();

private:
  inline static const shared_bytes no_bytes;

  const shared_bytes& frame_;
  const shared_bytes& lone_;
  std::size_t offset_ = 0;
};

} // namespace chorus::link
