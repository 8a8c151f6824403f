#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

/// Fixed-width little-endian numbers, for the two headers of the link (frame and segment).
namespace chorus::link {

/// Writes `number` at `at`; returns the place behind it. Pre: the bytes are there.
template <std::unsigned_integral Number>
constexpr std::byte* store(std::byte* at, Number number) noexcept {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    *at++ = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> (8 * i));
  return at;
}

/// Appends `number` to `out`.
template <std::unsigned_integral Number>
void append(byte_buffer& out, Number number) {
  std::array<std::byte, sizeof(Number)> bytes;
  store(bytes.data(), number);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// The 24 bytes of a peer.
inline void append(byte_buffer& out, const peer& who) {
  append(out, who.node.high);
  append(out, who.node.low);
  append(out, who.incarnation.value);
}

/// Reads numbers and bytes from memory that a peer has filled. Past the end it yields zeros and
/// remembers it, so that a decoder reads all fields and asks once whether they were there.
class bounded_reader {
public:
  explicit bounded_reader(const_bytes bytes) noexcept : rest_(bytes) {}

  template <std::unsigned_integral Number>
  Number take() noexcept {
    std::uint64_t number = 0;
    auto bytes = take_bytes(sizeof(Number));
    for (std::size_t i = 0; i < bytes.size(); ++i)
      number |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    return static_cast<Number>(number);
  }

  peer take_peer() noexcept {
    peer who;
    who.node.high = take<std::uint64_t>();
    who.node.low = take<std::uint64_t>();
    who.incarnation.value = take<std::uint64_t>();
    return who;
  }

  /// The next `count` bytes; none if there are fewer.
  const_bytes take_bytes(std::size_t count) noexcept {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::size_t left() const noexcept { return rest_.size(); }

  /// Whether everything that was taken was there.
  bool ok() const noexcept { return !failed_; }

private:
  const_bytes rest_;
  bool failed_ = false;
};

} // namespace chorus::link
