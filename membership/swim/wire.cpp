#include "fields.hpp"

#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/limits.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <type_traits>
#include <utility>

// A message is one byte for its kind, its fields, and rumours up to the end; a rumour is one byte for its
// kind and its fields. The kinds are the places in the variants: append, never reorder.

namespace chorus::membership::swim {

namespace {

using compact::put;
using compact::reader;
using compact::take;
using compact::writer;

// -- rumours ---------------------------------------------------------------------------------------

void put(writer& to, const alive& what) {
  put(to, what.who);
  put(to, what.refutation);
}

void put(writer& to, const suspect& what) {
  put(to, what.who);
  put(to, what.refutation);
  to.put_number(what.voices.size());
  for (const auto& one : what.voices) {
    put(to, one.accuser);
    to.put_byte(static_cast<std::uint8_t>(one.what));
  }
}

void put(writer& to, const failed& what) {
  put(to, what.who);
  put(to, what.refutation);
  put(to, what.accuser);
}

void put(writer& to, const left& what) {
  put(to, what.who);
}

void take(reader& from, alive& what) {
  take(from, what.who);
  take(from, what.refutation);
}

void take(reader& from, suspect& what) {
  take(from, what.who);
  take(from, what.refutation);
  what.voices.resize(static_cast<std::size_t>(from.take_number(suspect::voices_limit)));
  for (auto& one : what.voices) {
    take(from, one.accuser);
    one.what = static_cast<evidence>(from.take_choice(4));
  }
}

void take(reader& from, failed& what) {
  take(from, what.who);
  take(from, what.refutation);
  take(from, what.accuser);
}

void take(reader& from, left& what) {
  take(from, what.who);
}

/// The kind of a variant's content and then its fields, which `put_fields` writes.
template <class... Choices, class PutFields>
void put_choice(writer& to, const std::variant<Choices...>& what, PutFields put_fields) {
  to.put_byte(static_cast<std::uint8_t>(what.index()));
  std::visit(put_fields, what);
}

template <std::size_t Index, class... Choices, class TakeFields>
void take_choice_from(std::size_t kind, std::variant<Choices...>& what, TakeFields take_fields) {
  if constexpr (Index < sizeof...(Choices)) {
    if (kind == Index)
      take_fields(what.template emplace<Index>());
    else
      take_choice_from<Index + 1>(kind, what, take_fields);
  }
}

template <class... Choices, class TakeFields>
void take_choice(reader& from, std::variant<Choices...>& what, TakeFields take_fields) {
  take_choice_from<0>(from.take_choice(sizeof...(Choices)), what, take_fields);
}

void put(writer& to, const rumour& what) {
  put_choice(to, what, [&](const auto& fields) { put(to, fields); });
}

void take(reader& from, rumour& what) {
  take_choice(from, what, [&](auto& fields) { take(from, fields); });
}

void put(writer& to, const std::vector<rumour>& what) {
  to.put_number(what.size());
  for (const auto& one : what)
    put(to, one);
}

/// Read one by one: a count alone reserves nothing.
void take(reader& from, std::vector<rumour>& what) {
  for (auto count = from.take_number(limits::datagram_bytes); count > 0 && from.ok(); --count)
    take(from, what.emplace_back());
}

// -- contents ----------------------------------------------------------------------------------------

template <class Numbered>
void put(writer& to, const Numbered& what) requires std::is_same_v<decltype(what.number), probe_number> {
  put(to, what.number);
  if constexpr (std::is_same_v<Numbered, ping_request>)
    put(to, what.subject);
}

template <class Numbered>
void take(reader& from, Numbered& what) requires std::is_same_v<decltype(what.number), probe_number> {
  take(from, what.number);
  if constexpr (std::is_same_v<Numbered, ping_request>)
    take(from, what.subject);
}

void put(writer&, const gossip&) {}
void take(reader&, gossip&) {}

void put(writer& to, const std::optional<failure>& what) {
  to.put_byte(what.has_value());
  if (!what)
    return;
  put(to, what->who);
  put(to, what->refuted);
}

void take(reader& from, std::optional<failure>& what) {
  if (!from.take_flag())
    return;
  take(from, what.emplace().who);
  take(from, what->refuted);
}

void put(writer& to, const hello& what) {
  put(to, what.self);
  put(to, what.refutation);
  to.put_wide(what.digest);
  put(to, what.asked_at);
  put(to, what.answers);
  to.put_byte(what.is_in);
  put(to, what.failed);
  put(to, what.view);
}

void take(reader& from, hello& what) {
  take(from, what.self);
  take(from, what.refutation);
  what.digest = from.take_wide();
  take(from, what.asked_at);
  take(from, what.answers);
  what.is_in = from.take_flag();
  take(from, what.failed);
  take(from, what.view);
}

void put(writer& to, const summary& what) {
  to.put_wide(what.digest);
  to.put_byte(what.is_answer);
}

void take(reader& from, summary& what) {
  what.digest = from.take_wide();
  what.is_answer = from.take_flag();
}

void put(writer& to, const page& what) {
  put(to, what.entries);
}

void take(reader& from, page& what) {
  take(from, what.entries);
}

/// Rounded down to milliseconds; what is longer than the longest is as long.
constexpr std::uint64_t longest_milliseconds = std::uint64_t{1} << 40;

void put_length(writer& to, duration length) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
  to.put_number(
      std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds, 0)), longest_milliseconds)
  );
}

void take_length(reader& from, duration& length) {
  length = std::chrono::milliseconds{from.take_number(longest_milliseconds)};
}

void put(writer& to, const refusal& what) {
  put(to, what.subject);
  to.put_byte(static_cast<std::uint8_t>(what.reason));
  put(to, what.holder);
  put_length(to, what.known_for);
  to.put_byte(what.heard_ago ? 1 : 0);
  if (what.heard_ago)
    put_length(to, *what.heard_ago);
}

void take(reader& from, refusal& what) {
  take(from, what.subject);
  what.reason = static_cast<refusal::why>(from.take_choice(4));
  take(from, what.holder);
  take_length(from, what.known_for);
  what.heard_ago.reset();
  if (from.take_choice(2) == 1)
    take_length(from, what.heard_ago.emplace());
}

void put(writer& to, const abstention& what) {
  to.put_number(what.subjects.size());
  for (const auto& one : what.subjects)
    put(to, one);
}

void take(reader& from, abstention& what) {
  what.subjects.resize(static_cast<std::size_t>(from.take_number(abstention::subjects_limit)));
  for (auto& one : what.subjects)
    take(from, one);
}

void put(writer& to, const content& what) {
  put_choice(to, what, [&](const auto& fields) { put(to, fields); });
}

void take(reader& from, content& what) {
  take_choice(from, what, [&](auto& fields) { take(from, fields); });
}

byte_buffer to_bytes(const message& what) {
  byte_buffer bytes;
  writer to{bytes};
  put(to, what.what);
  for (const auto& one : what.rumours)
    put(to, one);
  return bytes;
}

template <class Part>
std::size_t size_of(const Part& what) {
  byte_buffer bytes;
  writer to{bytes};
  put(to, what);
  return bytes.size();
}

} // namespace

wire_message wire::encode(const message& what) {
  return {to_bytes(what), {}};
}

result<message> wire::decode(const shared_bytes& head, const shared_bytes& body) {
  if (!body.empty())
    return error{errc::malformed, "a datagram of membership has no body"};
  if (head.size() > limits::datagram_bytes)
    return error{errc::too_large, "a datagram over the limit"};
  message what;
  reader from{head.view()};
  take(from, what.what);
  while (from.ok() && from.left() > 0)
    take(from, what.rumours.emplace_back());
  if (!from.ok())
    return error{errc::malformed, "a datagram that is no message of membership"};
  return what;
}

std::size_t encoded_size(const rumour& what) {
  return size_of(what);
}

std::size_t encoded_size(const message& what) {
  return to_bytes(what).size();
}

std::size_t metadata_size(const metadata& what) {
  return size_of(what);
}

} // namespace chorus::membership::swim
