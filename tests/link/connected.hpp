#pragma once

#include "../../runtime/link/segment.hpp"
#include "two_ends.hpp"

namespace chorus::testing {

/// Two ends after the handshake, with a hand in the wire.
struct connected : two_ends {
  explicit connected(link::config settings = {}) : two_ends(settings) { shake_hands(); }
  connected(link::config settings_of_a, link::config settings_of_b)
      : two_ends(std::move(settings_of_a), std::move(settings_of_b)) {
    shake_hands();
  }

  void shake_hands() {
    perform(a);
    perform(b);
    deliver();
  }

  link::core& operator()(side which) { return *(*this)[which].core; }

  /// A frame from A to B that A has not sent.
  void forge(decltype(link::frame::content) content) {
    forge(from_a(identity(a), identity(b), std::move(content)));
  }

  /// As A would send it in its present relation, with these lives.
  link::frame
  from_a(const peer& source, const peer& destination, decltype(link::frame::content) content) const {
    auto is_outside = std::holds_alternative<link::refusal>(content);
    auto is_hello = std::holds_alternative<link::hello>(content);
    return {
        source,
        destination,
        is_outside ? relation_number{} : relation(a),
        is_hello ? relation_number{} : relation(b),
        std::move(content)};
  }

  void forge(const link::frame& what) {
    (*this)(b).receive(now(), what.source, what);
    perform(b);
  }

  /// The frame on the way to that end.
  link::frame on_the_way(side to) {
    auto& packet = way_to(to).front();
    return *link::wire::decode(shared_bytes{packet.head}, packet.body);
  }
};

/// The window takes ten messages of `costs_100`, the reserve two more.
inline link::config small_window() {
  link::config settings;
  settings.channels.front().message_bytes = 300;
  settings.chunk_bytes = 100;
  settings.frame_bytes = 300;
  settings.channels.front().receive_window_bytes = 1000;
  settings.channels.front().receive_reserve_bytes = 200;
  return settings;
}

/// A payload that costs 100 bytes.
inline const std::string costs_100(100 - link::message_overhead, 'x');

/// Small messages of the pair 1->2.
inline link::data segments_of(link::sequence first, std::vector<std::string> payloads) {
  byte_buffer bytes;
  for (const auto& payload : payloads)
    link::append_segment(bytes, link::part::whole, {1, 2}, 0, as_bytes(payload));
  link::data content;
  content.first = first;
  content.count = static_cast<std::uint32_t>(payloads.size());
  content.segments = shared_bytes{std::move(bytes)};
  return content;
}

} // namespace chorus::testing
