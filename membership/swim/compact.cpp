#include <chorus/membership/swim/compact.hpp>

namespace chorus::membership::swim::compact {

void writer::put_number(std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    put_byte(static_cast<std::uint8_t>(number | 0x80));
  put_byte(static_cast<std::uint8_t>(number));
}

void writer::put_wide(std::uint64_t number) {
  for (auto shift = 0; shift < 64; shift += 8)
    put_byte(static_cast<std::uint8_t>(number >> shift));
}

void writer::put_text(std::string_view text) {
  put_number(text.size());
  const auto bytes = as_bytes(text);
  to_.insert(to_.end(), bytes.begin(), bytes.end());
}

std::uint8_t reader::take_byte() {
  if (rest_.empty()) {
    failed_ = true;
    return 0;
  }
  const auto byte = std::to_integer<std::uint8_t>(rest_.front());
  rest_ = rest_.subspan(1);
  return byte;
}

std::uint64_t reader::take_number(std::uint64_t limit) {
  std::uint64_t number = 0;
  for (auto shift = 0; shift < 64; shift += 7) {
    const auto byte = take_byte();
    const auto bits = static_cast<std::uint64_t>(byte & 0x7F);
    // The tenth byte has room for one bit; a last byte of zero is not the shortest encoding.
    if ((shift == 63 && bits > 1) || (byte == 0 && shift > 0))
      break;
    number |= bits << shift;
    if (byte < 0x80) {
      if (number > limit)
        break;
      return number;
    }
  }
  fail();
  return 0;
}

std::uint64_t reader::take_wide() {
  std::uint64_t number = 0;
  for (auto shift = 0; shift < 64; shift += 8)
    number |= static_cast<std::uint64_t>(take_byte()) << shift;
  return number;
}

std::string reader::take_text(std::size_t limit) {
  const auto size = static_cast<std::size_t>(take_number(limit));
  if (size > rest_.size()) {
    fail();
    return {};
  }
  std::string text{as_text(rest_.first(size))};
  rest_ = rest_.subspan(size);
  return text;
}

std::uint8_t reader::take_choice(std::uint8_t count) {
  const auto choice = take_byte();
  if (choice < count)
    return choice;
  fail();
  return 0;
}

} // namespace chorus::membership::swim::compact
