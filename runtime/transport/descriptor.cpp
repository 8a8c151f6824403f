#include <chorus/runtime/transport/descriptor.hpp>

#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace chorus {

descriptor descriptor::required(int number) {
  if (number < 0)
    throw std::system_error{
        errno, std::generic_category(), "no file descriptor left; see how many there may be (ulimit -n)"};
  return descriptor{number};
}

descriptor::descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

void descriptor::close() noexcept {
  if (number_ >= 0)
    ::close(std::exchange(number_, -1));
}

} // namespace chorus
