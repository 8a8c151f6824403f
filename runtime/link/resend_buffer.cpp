#include "resend_buffer.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::link {

void resend_buffer::push(sent_frame frame) {
  CHORUS_CHECK(frame.count > 0, "only frames with segments are acknowledged");
  CHORUS_CHECK(frames_.empty() || frame.first == frames_.back().last().next(), "frames follow each other");
  frames_.push_back(std::move(frame));
}

resend_buffer::const_iterator resend_buffer::from(sequence first) const {
  return std::partition_point(frames_.begin(), frames_.end(), [first](const sent_frame& frame) {
    return frame.first < first;
  });
}

} // namespace chorus::link
