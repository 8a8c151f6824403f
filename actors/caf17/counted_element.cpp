#include "counted_element.hpp"

#include <caf/message_builder.hpp>

namespace chorus::caf17 {

counted_message::counted_message(
    caf::strong_actor_ptr from, caf::message_id id, credit held, caf::message content
)
    : mailbox_element(std::move(from), id, {}), content_(std::move(content)), held_(std::move(held)) {
  // CAF looks into the content without asking whether there is any.
  if (content_.vals() == nullptr)
    content_ = caf::message_builder{}.to_message();
}

} // namespace chorus::caf17
