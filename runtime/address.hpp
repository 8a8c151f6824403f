#pragma once

#include <chorus/runtime/result.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace chorus {

/// Where a node can be reached: data, not identity. `host` is a name, an IPv4 or an IPv6 address
/// (without brackets), or `*` for "all interfaces" where one listens.
struct address {
  std::string host;
  std::uint16_t port = 0;

  friend auto operator<=>(const address&, const address&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(host, port);
  }
};

/// `host:port`, with brackets around an IPv6 address.
std::string to_string(const address& where);

/// Reads `host:port`, `[v6]:port` or `*:port`. The error says what is wrong with the text.
result<address> parse_address(std::string_view text);

} // namespace chorus
