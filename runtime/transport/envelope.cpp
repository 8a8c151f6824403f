#include "envelope.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/fnv.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/link/little_endian.hpp>

namespace chorus::envelope {

namespace {

constexpr std::uint16_t datagram_magic = 0x4443; // "CD" in a hex dump

enum class kind : std::uint8_t { datagram = 1, refusal = 2, introduction = 3 };

error malformed(std::string_view what) {
  return {errc::malformed, std::string{what}};
}

byte_buffer begin(kind what, const peer& source, std::uint8_t version) {
  byte_buffer head;
  link::append(head, datagram_magic);
  link::append(head, version);
  link::append(head, static_cast<std::uint8_t>(what));
  link::append(head, source);
  return head;
}

void append_name(byte_buffer& head, std::string_view name) {
  CHORUS_CHECK(name.size() <= limits::name_bytes, "the cluster's name is too long");
  link::append(head, static_cast<std::uint8_t>(name.size()));
  auto bytes = as_bytes(name);
  head.insert(head.end(), bytes.begin(), bytes.end());
}

std::string take_name(link::bounded_reader& reader) {
  auto length = reader.take<std::uint8_t>();
  return std::string{as_text(reader.take_bytes(length))};
}

result<content> decode_datagram(link::bounded_reader reader, kind form, const shared_bytes& body) {
  datagram what;
  what.source = reader.take_peer();
  if (form == kind::introduction) {
    what.name = take_name(reader);
    what.cluster = hash_of(what.name);
    if (what.name.empty())
      return malformed("a datagram of a cluster without a name");
  } else {
    what.cluster = reader.take<std::uint64_t>();
  }
  what.payload = body;
  if (!reader.ok() || reader.left() > 0)
    return malformed("a datagram's head of the wrong length");
  if (body.size() > limits::datagram_bytes)
    return malformed("a datagram over the limit");
  return content{std::move(what)};
}

result<content> decode_refusal(link::bounded_reader reader, std::uint8_t version, const shared_bytes& body) {
  refusal what;
  what.version = version;
  what.source = reader.take_peer();
  auto reason = reader.take<std::uint8_t>();
  what.cluster = take_name(reader);
  if (!reader.ok() || reader.left() > 0 || !body.empty())
    return malformed("a refusal of the wrong length");
  what.reason = static_cast<refusal::why>(reason);
  if (what.reason != refusal::why::wrong_cluster && what.reason != refusal::why::wrong_version)
    return malformed("a refusal without a known reason");
  return content{std::move(what)};
}

result<content> decode_link_frame(link::bounded_reader reader) {
  link_frame what;
  what.source = reader.take_peer();
  what.destination = reader.take_peer();
  if (!reader.ok())
    return malformed("a frame that is cut short");
  return content{what};
}

} // namespace

std::uint64_t hash_of(std::string_view cluster) noexcept {
  return fnv_1a(cluster);
}

wire_message encode(const datagram& what) {
  auto form = what.name.empty() ? kind::datagram : kind::introduction;
  auto head = begin(form, what.source, link::protocol_version);
  if (form == kind::introduction)
    append_name(head, what.name);
  else
    link::append(head, what.cluster);
  return {std::move(head), what.payload};
}

wire_message encode(const refusal& what) {
  auto head = begin(kind::refusal, what.source, what.version);
  link::append(head, static_cast<std::uint8_t>(what.reason));
  append_name(head, what.cluster);
  return {std::move(head), {}};
}

result<content> decode(const shared_bytes& head, const shared_bytes& body) {
  link::bounded_reader reader{head.view()};
  auto magic = reader.take<std::uint16_t>();
  auto version = reader.take<std::uint8_t>();
  auto what = reader.take<std::uint8_t>();
  if (!reader.ok() || (magic != datagram_magic && magic != link::frame_magic))
    return malformed("not a message of chorus");
  if (magic == datagram_magic && what == static_cast<std::uint8_t>(kind::refusal))
    return decode_refusal(reader, version, body);
  if (version != link::protocol_version)
    return content{other_version{version}};
  if (magic == link::frame_magic)
    return decode_link_frame(reader);
  for (auto form : {kind::datagram, kind::introduction})
    if (what == static_cast<std::uint8_t>(form))
      return decode_datagram(reader, form, body);
  return malformed("a datagram of an unknown kind");
}

} // namespace chorus::envelope
