#include "little_endian.hpp"
#include "segment.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <algorithm>
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

/// For how many of them a frame usually has credit.
constexpr std::size_t usual_channels = 4;

// -- encoding --------------------------------------------------------------------------------------

void append_name(byte_buffer& out, std::string_view name) {
  CHORUS_CHECK(name.size() <= limits::name_bytes, "the name of a cluster or a channel is too long");
  append(out, static_cast<std::uint8_t>(name.size()));
  auto bytes = as_bytes(name);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class Greeting>
void append_greeting(byte_buffer& out, const Greeting& what) {
  append_name(out, what.cluster);
  append(out, what.nonce);
  append(out, static_cast<std::uint8_t>(what.channels.size()));
  for (const auto& channel : what.channels) {
    append_name(out, channel.name);
    append(out, channel.credit);
    append(out, channel.held);
  }
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
    append(out, static_cast<std::uint16_t>(what.credits.present()));
    what.credits.for_each([&](channel_number, std::uint64_t credit) { append(out, credit); });
    append(out, static_cast<std::uint8_t>(what.wants_answer));
    append(out, what.channel);
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

std::string take_name(bounded_reader& reader) {
  auto length = reader.take<std::uint8_t>();
  return std::string{as_text(reader.take_bytes(length))};
}

/// Nothing if a channel has no name, or two have one name.
template <class Greeting>
std::optional<Greeting> take_greeting(bounded_reader& reader) {
  Greeting what;
  what.cluster = take_name(reader);
  what.nonce = reader.take<std::uint64_t>();
  auto count = reader.take<std::uint8_t>();
  if (count > limits::channels)
    return std::nullopt;
  for (; count > 0 && reader.ok(); --count) {
    channel_offer channel;
    channel.name = take_name(reader);
    channel.credit = reader.take<std::uint64_t>();
    channel.held = reader.take<std::uint64_t>();
    auto is_known =
        std::ranges::find(what.channels, channel.name, &channel_offer::name) != what.channels.end();
    if (channel.name.empty() || is_known)
      return std::nullopt;
    what.channels.push_back(std::move(channel));
  }
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
    return !what.first && what.segments.empty() && what.channel == 0;
  return what.first && what.first.value <= sequence::max().value - what.count
         && what.segments.size() / smallest_segment_bytes >= what.count;
}

/// What comes before the segments.
std::optional<data> take_data(bounded_reader& reader) {
  data what;
  what.acknowledged.value = reader.take<std::uint64_t>();
  std::uint32_t with_credit = reader.take<std::uint16_t>();
  for (channel_number channel = 0; channel < limits::channels; ++channel)
    if (((with_credit >> channel) & 1) != 0)
      what.credits.set(channel, reader.take<std::uint64_t>());
  auto wants_answer = reader.take<std::uint8_t>();
  what.wants_answer = wants_answer == 1;
  what.channel = reader.take<channel_number>();
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
  message.head.reserve(data_head_bytes(usual_channels) + segment_head_bytes);
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
    if (auto content = take_greeting<hello>(reader)) {
      what.content = std::move(*content);
      break;
    }
    return malformed("a hello with too many channels, or some that cannot be told apart");
  case kind::welcome:
    if (auto content = take_greeting<welcome>(reader)) {
      what.content = std::move(*content);
      break;
    }
    return malformed("a welcome with too many channels, or some that cannot be told apart");
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
