#include "protocol.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/protocol_core.hpp>

namespace chorus::testing::durable_counter {

static_assert(protocol_core<server> && protocol_core<client>);

// -- bytes -----------------------------------------------------------------------------------------------

wire_message wire::encode(const message& what) {
  return {codec::encode(what), {}};
}

result<message> wire::decode(const shared_bytes& head, const shared_bytes&) {
  return codec::decode<message>(head.view());
}

byte_buffer wire::encode_record(const record& what) {
  return codec::encode(what);
}

result<record> wire::decode_record(const byte_buffer& bytes) {
  return codec::decode<record>(bytes);
}

std::string wire::describe(const message& what) {
  return "life " + to_string(what.life) + " #" + std::to_string(what.serial) + ", key "
         + std::to_string(what.key) + ": " + std::to_string(what.number);
}

// -- the server ------------------------------------------------------------------------------------------

server::server(const std::vector<record>& left) {
  for (const auto& each : left)
    add(each.client, each.question);
}

void server::receive(time_point, const peer& from, const message& question) {
  if (question.number == 0) // a read: of what is durable, or will be when the answer leaves
    return answer_when_durable(from, {question.life, question.serial, question.key, values_[question.key]});
  if (const auto& last = latest_[from]; question.serial <= last.serial) {
    if (question.serial == last.serial)
      answer_when_durable(from, last);
    return;
  }
  newest_ = newest_.next();
  output_.records.push_back({newest_, {from, question}});
  answer_when_durable(from, {question.life, question.serial, question.key, add(from, question)});
}

std::int64_t server::add(const peer& client, const message& question) {
  auto& value = values_[question.key];
  value += question.number;
  latest_[client] = {question.life, question.serial, question.key, value};
  return value;
}

void server::answer_when_durable(const peer& client, const message& answer) {
  if (durable_ >= newest_)
    output_.answers.push_back({client, answer});
  else
    waiting_.push_back({newest_, {client, answer}});
}

void server::apply(time_point, const input& what) {
  durable_ = std::get<persisted>(what).token;
  for (; !waiting_.empty() && waiting_.front().until <= durable_; waiting_.pop_front())
    output_.answers.push_back(std::move(waiting_.front().answer));
}

// -- the client ------------------------------------------------------------------------------------------

void client::receive(time_point, const peer&, const message& answer) {
  if (is_idle() || answer.life != question_.life || answer.serial != question_.serial)
    return;
  again_at_.reset();
  output_.end = answered{answer.number};
}

void client::apply(time_point now, const ask& what) {
  CHORUS_CHECK(is_idle(), "one question at a time");
  question_ = {question_.life, question_.serial + 1, what.key, what.amount};
  give_up_at_ = now + give_up_after;
  again_at_ = now;
  tick(now);
}

void client::tick(time_point now) {
  if (!again_at_ || now < *again_at_)
    return;
  if (now >= give_up_at_) {
    again_at_.reset();
    output_.end = gave_up{};
    return;
  }
  output_.questions.push_back({server_, question_});
  again_at_ = now + ask_again_after;
}

} // namespace chorus::testing::durable_counter
