#include <chorus/runtime/codec/writer.hpp>

#include <algorithm>

namespace chorus::codec {

void writer::sort_elements(std::size_t begin, const std::vector<std::size_t>& ends) {
  if (ends.size() < 2)
    return;
  // Texts compare by unsigned bytes, and where one is the start of the other the shorter comes first.
  std::vector<std::string_view> elements;
  elements.reserve(ends.size());
  const auto written = as_text(const_bytes{buffer_}.subspan(start_));
  for (auto from = begin; const auto end : ends) {
    elements.push_back(written.substr(from, end - from));
    from = end;
  }
  if (std::is_sorted(elements.begin(), elements.end()))
    return;
  std::sort(elements.begin(), elements.end());
  byte_buffer sorted;
  sorted.reserve(ends.back() - begin);
  for (const auto element : elements) {
    const auto bytes = as_bytes(element);
    sorted.insert(sorted.end(), bytes.begin(), bytes.end());
  }
  std::copy(sorted.begin(), sorted.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_ + begin));
}

} // namespace chorus::codec
