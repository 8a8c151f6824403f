#include "quote.hpp"

#include <cstddef>

namespace chorus {

namespace {

constexpr std::size_t longest_quote = 80;

std::string escaped(unsigned char letter) {
  constexpr char digits[] = "0123456789abcdef";
  return {'\\', 'x', digits[letter / 16], digits[letter % 16]};
}

} // namespace

std::string quote(std::string_view text) {
  std::string result = "'";
  for (unsigned char letter : text.substr(0, longest_quote)) {
    if (letter < ' ' || letter == 0x7F)
      result += escaped(letter);
    else
      result += static_cast<char>(letter);
  }
  return result + (text.size() > longest_quote ? "…'" : "'");
}

} // namespace chorus
