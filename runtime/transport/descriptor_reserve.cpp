#include "descriptor_reserve.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>

namespace chorus {

descriptor_reserve::descriptor_reserve() : nothing_(descriptor::required(eventfd(0, EFD_CLOEXEC))) {
  spare_.reserve(size);
  while (!is_full())
    spare_.push_back(descriptor::required(fcntl(nothing_.number(), F_DUPFD_CLOEXEC, 0)));
}

bool descriptor_reserve::fill() {
  while (!is_full()) {
    descriptor next{fcntl(nothing_.number(), F_DUPFD_CLOEXEC, 0)};
    if (!next)
      return false;
    spare_.push_back(std::move(next));
  }
  return true;
}

void descriptor_reserve::lend() noexcept {
  if (!spare_.empty())
    spare_.pop_back();
}

} // namespace chorus
