#include "fields.hpp"

#include <chorus/runtime/limits.hpp>

#include <string>
#include <utility>

namespace chorus::membership::swim::compact {

void put(writer& to, const node_id& what) {
  to.put_wide(what.high);
  to.put_wide(what.low);
}

void put(writer& to, const peer& what) {
  put(to, what.node);
  put(to, what.incarnation);
}

void put(writer& to, const address& what) {
  to.put_text(what.host);
  to.put_number(what.port);
}

void put(writer& to, const std::optional<address>& what) {
  to.put_byte(what.has_value());
  if (what)
    put(to, *what);
}

void put(writer& to, const metadata& what) {
  to.put_number(what.roles.size());
  for (const auto& role : what.roles)
    to.put_text(role);
  to.put_number(what.tags.size());
  for (const auto& [key, value] : what.tags) {
    to.put_text(key);
    to.put_text(value);
  }
  to.put_text(what.version);
}

void put(writer& to, const member& what) {
  put(to, what.who);
  to.put_text(what.name);
  put(to, what.where);
  put(to, what.about);
  to.put_wide(what.nonce);
}

void take(reader& from, node_id& what) {
  what.high = from.take_wide();
  what.low = from.take_wide();
}

void take(reader& from, peer& what) {
  take(from, what.node);
  take(from, what.incarnation);
}

void take(reader& from, address& what) {
  what.host = from.take_text(limits::name_bytes);
  what.port = static_cast<std::uint16_t>(from.take_number(UINT16_MAX));
}

void take(reader& from, std::optional<address>& what) {
  if (from.take_flag())
    take(from, what.emplace());
}

/// Sorted and each once, as there is one encoding for each value.
void take(reader& from, metadata& what) {
  for (auto left = from.take_number(limits::metadata_bytes); left > 0 && from.ok(); --left) {
    auto role = from.take_text(limits::metadata_bytes);
    if (!what.roles.empty() && role <= *what.roles.rbegin())
      return from.fail();
    what.roles.insert(what.roles.end(), std::move(role));
  }
  for (auto left = from.take_number(limits::metadata_bytes); left > 0 && from.ok(); --left) {
    auto key = from.take_text(limits::metadata_bytes);
    if (!what.tags.empty() && key <= what.tags.rbegin()->first)
      return from.fail();
    what.tags.emplace_hint(what.tags.end(), std::move(key), from.take_text(limits::metadata_bytes));
  }
  what.version = from.take_text(limits::metadata_bytes);
}

void take(reader& from, member& what) {
  take(from, what.who);
  what.name = from.take_text(limits::name_bytes);
  take(from, what.where);
  take(from, what.about);
  what.nonce = from.take_wide();
}

} // namespace chorus::membership::swim::compact
