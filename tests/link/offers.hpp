#pragma once

#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstdint>
#include <vector>

namespace chorus::testing {

/// What the greeting of an end with one channel of the usual name offers.
inline std::vector<link::channel_offer> offered(std::uint64_t credit, std::uint64_t held = 0) {
  return {{link::channel_config{}.name, credit, held}};
}

/// What the greeting of an end with these limits offers when it begins.
inline std::vector<link::channel_offer> offer_of(const link::config& settings) {
  std::vector<link::channel_offer> all;
  for (const auto& channel : settings.channels)
    all.push_back({channel.name, channel.receive_window_bytes, channel.held_bytes});
  return all;
}

} // namespace chorus::testing
