#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/swim/compact.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/strong_integer.hpp>

#include <optional>

/// What messages and rumours are made of, as bytes.
namespace chorus::membership::swim::compact {

template <class Tag, class Number>
void put(writer& to, const strong_integer<Tag, Number>& what) {
  to.put_number(what.value);
}

void put(writer& to, const node_id& what);
void put(writer& to, const peer& what);
void put(writer& to, const address& what);
void put(writer& to, const std::optional<address>& what);
void put(writer& to, const metadata& what);
void put(writer& to, const member& what);

template <class Tag, class Number>
void take(reader& from, strong_integer<Tag, Number>& what) {
  what.value = static_cast<Number>(from.take_number(strong_integer<Tag, Number>::max().value));
}

void take(reader& from, node_id& what);
void take(reader& from, peer& what);
void take(reader& from, address& what);
void take(reader& from, std::optional<address>& what);
void take(reader& from, metadata& what);
void take(reader& from, member& what);

} // namespace chorus::membership::swim::compact
