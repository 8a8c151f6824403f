#pragma once

#include <chorus/runtime/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Numbers in as few bytes as they need and texts with their length before them.
namespace chorus::membership::swim::compact {

/// Appends to a buffer, which must outlive it.
class writer {
public:
  explicit writer(byte_buffer& to) : to_(to) {}

  void put_byte(std::uint8_t byte) { to_.push_back(std::byte{byte}); }

  /// Seven bits in each byte, the least significant first; the highest bit says that more follow (LEB128).
  void put_number(std::uint64_t number);

  /// In its own width, for numbers that are random.
  void put_wide(std::uint64_t number);

  void put_text(std::string_view text);

private:
  byte_buffer& to_;
};

/// Reads what a writer wrote from memory that a peer has filled. What is not there, not the shortest
/// encoding or beyond its limit yields zeros and is remembered, so that a decoder reads all fields and asks
/// once whether they were right. The bytes must outlive it.
class reader {
public:
  explicit reader(const_bytes from) : rest_(from) {}

  std::uint8_t take_byte();

  /// At most `limit`.
  std::uint64_t take_number(std::uint64_t limit = UINT64_MAX);

  std::uint64_t take_wide();

  /// At most `limit` bytes.
  std::string take_text(std::size_t limit);

  bool take_flag() { return take_choice(2) == 1; }

  /// One of the first `count` numbers in one byte.
  std::uint8_t take_choice(std::uint8_t count);

  void fail() {
    failed_ = true;
    rest_ = {};
  }

  std::size_t left() const noexcept { return rest_.size(); }
  bool ok() const noexcept { return !failed_; }

private:
  const_bytes rest_;
  bool failed_ = false;
};

} // namespace chorus::membership::swim::compact
