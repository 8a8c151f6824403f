#pragma once

#include <chorus/runtime/transport/outbox.hpp>

#include <caf/detail/tuple_vals.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace chorus::caf17 {

/// The credit that a delivered message holds. Its end tells the link that the message is consumed,
/// so a slow actor slows down its senders instead of filling this node's memory.
class credit {
public:
  credit() = default;
  credit(std::shared_ptr<outbox> link, std::size_t cost) : link_(std::move(link)), cost_(cost) {}
  credit(credit&&) noexcept = default;
  credit& operator=(credit&&) = delete;

  ~credit() {
    if (link_)
      link_->consumed(cost_);
  }

private:
  std::shared_ptr<outbox> link_;
  std::size_t cost_ = 0;
};

/// A mailbox element with one value in place, as CAF's own, that holds a credit until it is consumed.
template <class T>
class counted_value final : public caf::mailbox_element,
                            public caf::detail::tuple_vals_impl<caf::type_erased_tuple, T> {
public:
  using values = caf::detail::tuple_vals_impl<caf::type_erased_tuple, T>;

  counted_value(caf::strong_actor_ptr from, caf::message_id id, credit held, T value)
      : mailbox_element(std::move(from), id, {}), values(std::move(value)), held_(std::move(held)) {}

  caf::type_erased_tuple& content() override { return *this; }
  const caf::type_erased_tuple& content() const override { return *this; }
  caf::message move_content_to_message() override {
    return caf::make_message(std::move(std::get<0>(this->data())));
  }
  caf::message copy_content_to_message() const override {
    return caf::make_message(std::get<0>(this->data()));
  }

private:
  credit held_;
};

/// The same for a message of any types.
class counted_message final : public caf::mailbox_element {
public:
  counted_message(caf::strong_actor_ptr from, caf::message_id id, credit held, caf::message content);

  caf::type_erased_tuple& content() override { return content_; }
  const caf::type_erased_tuple& content() const override { return content_; }
  caf::message move_content_to_message() override { return std::move(content_); }
  caf::message copy_content_to_message() const override { return content_; }

private:
  caf::message content_;
  credit held_;
};

} // namespace chorus::caf17
