#include <chorus/simulation/history/operation_set.hpp>

#include <algorithm>

namespace chorus::simulation {

namespace {

constexpr std::size_t word_bits = 64;
constexpr std::uint64_t all_ones = ~std::uint64_t{0};

constexpr std::uint64_t bit(std::size_t number) {
  return std::uint64_t{1} << (number % word_bits);
}

} // namespace

void operation_set::insert(std::size_t number) {
  auto index = number / word_bits;
  if (index < full_)
    return;
  if (index - full_ >= words_.size())
    words_.resize(index - full_ + 1);
  words_[index - full_] |= bit(number);
  trim();
}

void operation_set::erase(std::size_t number) {
  auto index = number / word_bits;
  if (index < full_) {
    words_.insert(words_.begin(), full_ - index, all_ones);
    full_ = index;
  }
  if (index - full_ < words_.size())
    words_[index - full_] &= ~bit(number);
  trim();
}

bool operation_set::contains(std::size_t number) const {
  return (word(number / word_bits) & bit(number)) != 0;
}

bool operation_set::includes(const operation_set& other) const {
  auto end = other.full_ + other.words_.size();
  for (auto index = std::min(full_, end); index < end; ++index)
    if ((other.word(index) & ~word(index)) != 0)
      return false;
  return true;
}

std::uint64_t operation_set::word(std::size_t index) const {
  if (index < full_)
    return all_ones;
  return index - full_ < words_.size() ? words_[index - full_] : 0;
}

void operation_set::trim() {
  auto first_open = std::find_if(words_.begin(), words_.end(), [](auto word) { return word != all_ones; });
  full_ += static_cast<std::size_t>(first_open - words_.begin());
  words_.erase(words_.begin(), first_open);
  while (!words_.empty() && words_.back() == 0)
    words_.pop_back();
}

} // namespace chorus::simulation
