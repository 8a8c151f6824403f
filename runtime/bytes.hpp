#pragma once

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus {

/// Bytes that somebody owns.
using byte_buffer = std::vector<std::byte>;

/// Bytes that somebody else owns; valid only as long as the owner says.
using const_bytes = std::span<const std::byte>;

/// Bytes that nobody changes any more and that live as long as anybody holds them: a frame that
/// waits to be acknowledged while the socket still sends it, a message within a received frame.
///
/// Thread rules: copies may be held and released by different threads.
class shared_bytes {
public:
  shared_bytes() = default;

  explicit shared_bytes(byte_buffer bytes) {
    auto owned = std::make_shared<const byte_buffer>(std::move(bytes));
    view_ = *owned;
    owner_ = std::move(owned);
  }

  /// A copy, in one piece of memory with what counts its holders.
  static shared_bytes copy_of(const_bytes bytes) {
    auto owned = std::make_shared_for_overwrite<std::byte[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), owned.get());
    const_bytes view{owned.get(), bytes.size()};
    return {std::move(owned), view};
  }

  /// `view` lies within memory that `owner` keeps alive.
  shared_bytes(std::shared_ptr<const void> owner, const_bytes view) : owner_(std::move(owner)), view_(view) {}

  const_bytes view() const noexcept { return view_; }
  std::size_t size() const noexcept { return view_.size(); }
  bool empty() const noexcept { return view_.empty(); }

  /// A part of these bytes that keeps the whole alive. Pre (checked): within bounds.
  shared_bytes part(std::size_t offset, std::size_t count) const {
    CHORUS_CHECK(offset <= size() && count <= size() - offset, "a part beyond the bytes");
    return {owner_, view_.subspan(offset, count)};
  }

private:
  std::shared_ptr<const void> owner_;
  const_bytes view_;
};

/// The bytes of a text, without a copy.
inline const_bytes as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

/// Bytes read as text, without a copy.
inline std::string_view as_text(const_bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace chorus
