#include "little_endian.hpp"
#include "segment.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <optional>
#include <string_view>

namespace chorus::link {

namespace {

enum class kind : std::uint8_t {
  hello = 1,
  welcome = 2,
  refusal = 3,
  data = 4,
  goodbye = 5,
  over = 6,
  lone = 7
};

// -- encoding --------------------------------------------------------------------------------------

template <class Greeting>
void append_greeting(byte_buffer& out, const Greeting& what) {
  CHORUS_CHECK(what.cluster.size() <= limits::name_bytes, "the cluster's name is too long");
  append(out, static_cast<std::uint8_t>(what.cluster.size()));
  auto name = as_bytes(what.cluster);
  out.insert(out.end(), name.begin(), name.end());
  append(out, what.credit);
  append(out, what.held);
  append(out, what.nonce);
}

struct content_encoder {
  byte_buffer& out;

  void operator()(const hello& what) const { append_greeting(out, what); }
  void operator()(const welcome& what) const { append_greeting(out, what); }
  void operator()(const refusal& what) const {
    append(out, static_cast<std::uint8_t>(what.reason));
    append(out, what.current.value);
  }
  void operator()(const data& what) const {
    append(out, what.acknowledged.value);
    append(out, what.credit);
    append(out, static_cast<std::uint8_t>(what.wants_answer));
    append(out, what.first.value);
    append(out, what.count);
    if (what.lone.empty())
      return;
    auto head = what.segments.view();
    out.insert(out.end(), head.begin(), head.end());
  }
  void operator()(const goodbye&) const {}
  void operator()(const over&) const {}
};

kind kind_of(const frame& what) {
  if (auto* content = std::get_if<data>(&what.content); content != nullptr && !content->lone.empty())
    return kind::lone;
  // The order of the alternatives is the order of the numbers.
  return static_cast<kind>(what.content.index() + 1);
}

// -- decoding --------------------------------------------------------------------------------------

error malformed(std::string_view what) {
  return {errc::malformed, std::string{what}};
}

template <class Greeting>
Greeting take_greeting(bounded_reader& reader) {
  Greeting what;
  auto length = reader.take<std::uint8_t>();
  what.cluster = as_text(reader.take_bytes(length));
  what.credit = reader.take<std::uint64_t>();
  what.held = reader.take<std::uint64_t>();
  what.nonce = reader.take<std::uint64_t>();
  return what;
}

std::optional<refusal> take_refusal(bounded_reader& reader) {
  auto reason = reader.take<std::uint8_t>();
  if (reason < static_cast<std::uint8_t>(refusal::why::wrong_cluster)
      || reason > static_cast<std::uint8_t>(refusal::why::wrong_incarnation))
    return std::nullopt;
  return refusal{static_cast<refusal::why>(reason), {reader.take<std::uint64_t>()}};
}

/// Whether the numbers of segments can be true for bytes of that size, and do not wrap around.
bool is_plausible(const data& what) {
  if (what.count == 0)
    return !what.first && what.segments.empty();
  return what.first && what.first.value <= sequence::max().value - what.count
         && what.segments.size() / smallest_segment_bytes >= what.count;
}

/// What comes before the segments.
std::optional<data> take_data(bounded_reader& reader) {
  data what;
  what.acknowledged.value = reader.take<std::uint64_t>();
  what.credit = reader.take<std::uint64_t>();
  auto wants_answer = reader.take<std::uint8_t>();
  what.wants_answer = wants_answer == 1;
  what.first.value = reader.take<std::uint64_t>();
  what.count = reader.take<std::uint32_t>();
  if (wants_answer > 1)
    return std::nullopt;
  return what;
}

std::optional<data> take_data(bounded_reader& reader, const shared_bytes& body) {
  auto what = take_data(reader);
  if (what)
    what->segments = body;
  return what && is_plausible(*what) ? what : std::nullopt;
}

std::optional<data> take_lone(bounded_reader& reader, const shared_bytes& head, const shared_bytes& body) {
  auto what = take_data(reader);
  if (!what || body.empty())
    return std::nullopt;
  what->segments = head.part(head.size() - reader.left(), reader.left());
  what->lone = body;
  reader.take_bytes(reader.left());
  auto is_one = what->count == 1 && what->segments.size() <= segment_head_bytes;
  return is_one && is_plausible(*what) ? what : std::nullopt;
}

/// Which of the two numbers stand in a frame is decided by its kind; the core relies on it.
bool names_its_relation(const frame& what) noexcept {
  auto has_source = !std::holds_alternative<refusal>(what.content);
  auto has_destination = !std::holds_alternative<hello>(what.content);
  return static_cast<bool>(what.source_relation) == has_source
         && static_cast<bool>(what.destination_relation) == has_destination;
}

bool asks_for_answer(const frame& what) noexcept {
  return !std::holds_alternative<refusal>(what.content) && !std::holds_alternative<goodbye>(what.content)
         && !std::holds_alternative<over>(what.content);
}

} // namespace

std::string_view to_string(refusal::why reason) noexcept {
  switch (reason) {
  case refusal::why::wrong_cluster:
    return "wrong cluster";
  case refusal::why::wrong_version:
    return "wrong version";
  case refusal::why::wrong_incarnation:
    return "wrong incarnation";
  }
  return "unknown";
}

std::optional<frame> answer_to_another_life(const peer& self, const frame& what) {
  if (!asks_for_answer(what))
    return std::nullopt;
  refusal answer{refusal::why::wrong_incarnation, self.incarnation};
  return frame{self, what.source, {}, what.source_relation, answer};
}

std::optional<frame> answer_in_no_relation(const peer& self, const frame& what) {
  if (!asks_for_answer(what) || std::holds_alternative<hello>(what.content))
    return std::nullopt;
  return frame{self, what.source, what.destination_relation, what.source_relation, over{}};
}

wire_message wire::encode(const frame& what) {
  wire_message message;
  message.head.reserve(data_head_bytes + segment_head_bytes);
  append(message.head, frame_magic);
  append(message.head, protocol_version);
  append(message.head, static_cast<std::uint8_t>(kind_of(what)));
  append(message.head, what.source);
  append(message.head, what.destination);
  append(message.head, what.source_relation.value);
  append(message.head, what.destination_relation.value);
  std::visit(content_encoder{message.head}, what.content);
  if (auto* content = std::get_if<data>(&what.content))
    message.body = content->lone.empty() ? content->segments : content->lone;
  return message;
}

result<frame> wire::decode(const shared_bytes& head, const shared_bytes& body) {
  bounded_reader reader{head.view()};
  if (reader.take<std::uint16_t>() != frame_magic)
    return malformed("not a frame of a link");
  auto version = reader.take<std::uint8_t>();
  if (!reader.ok())
    return malformed("a frame that is cut short");
  if (version != protocol_version)
    return error{
        errc::refused,
        "the other node speaks protocol version " + std::to_string(version) + ", this one speaks "
            + std::to_string(protocol_version)};
  auto kind_number = reader.take<std::uint8_t>();
  frame what;
  what.source = reader.take_peer();
  what.destination = reader.take_peer();
  what.source_relation.value = reader.take<std::uint64_t>();
  what.destination_relation.value = reader.take<std::uint64_t>();
  switch (static_cast<kind>(kind_number)) {
  case kind::hello:
    what.content = take_greeting<hello>(reader);
    break;
  case kind::welcome:
    what.content = take_greeting<welcome>(reader);
    break;
  case kind::refusal:
    if (auto content = take_refusal(reader)) {
      what.content = *content;
      break;
    }
    return malformed("a refusal without a known reason");
  case kind::data:
    if (auto content = take_data(reader, body)) {
      what.content = std::move(*content);
      break;
    }
    return malformed("a data frame whose numbers do not fit together");
  case kind::lone:
    if (auto content = take_lone(reader, head, body)) {
      what.content = std::move(*content);
      break;
    }
    return malformed("a data frame whose only segment does not fit into it");
  case kind::goodbye:
    what.content = goodbye{};
    break;
  case kind::over:
    what.content = over{};
    break;
  default:
    return malformed("a frame of an unknown kind");
  }
  if (!reader.ok() || reader.left() > 0)
    return malformed("a frame of the wrong length");
  if (!body.empty() && !std::holds_alternative<data>(what.content))
    return malformed("a frame with a body that its kind has not");
  if (!names_its_relation(what))
    return malformed("a frame that does not name its relation");
  return what;
}

} // namespace chorus::link
