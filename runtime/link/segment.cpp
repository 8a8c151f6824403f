#include "segment.hpp"

#include "little_endian.hpp"

#include <array>

namespace chorus::link {

void append_segment(
    byte_buffer& out, part kind, const pair& who, std::uint32_t message_size, const_bytes bytes
) {
  append_segment_head(out, kind, who, message_size, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_segment_head(
    byte_buffer& out, part kind, const pair& who, std::uint32_t message_size, std::size_t length
) {
  std::array<std::byte, segment_head_bytes> head;
  auto* end = store(head.data(), static_cast<std::uint8_t>(kind));
  end = store(end, who.sender);
  end = store(end, who.receiver);
  if (kind == part::first)
    end = store(end, message_size);
  end = store(end, static_cast<std::uint32_t>(length));
  out.insert(out.end(), head.data(), end);
}

std::optional<segment> segment_reader::next() {
  bounded_reader reader{frame_.view().subspan(offset_)};
  auto kind = reader.take<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(part::whole))
    return std::nullopt;
  segment found;
  found.kind = static_cast<part>(kind);
  found.pair.sender = reader.take<std::uint64_t>();
  found.pair.receiver = reader.take<std::uint64_t>();
  if (found.kind == part::first)
    found.message_size = reader.take<std::uint32_t>();
  auto length = reader.take<std::uint32_t>();
  if (!reader.ok())
    return std::nullopt;
  if (!lone_.empty()) {
    if (length != lone_.size() || reader.left() > 0)
      return std::nullopt;
    found.bytes = lone_;
    offset_ = frame_.size();
    return found;
  }
  if (length > reader.left())
    return std::nullopt;
  auto begin = frame_.size() - reader.left();
  found.bytes = frame_.part(begin, length);
  offset_ = begin + length;
  return found;
}

} // namespace chorus::link
