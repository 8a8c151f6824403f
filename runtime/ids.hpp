#pragma once

#include <chorus/runtime/strong_integer.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// The names and lives of chorus: four identifiers, four types (docs/ARCHITECTURE.md, section 4).
namespace chorus {

/// A node, for as long as its data directory lives. 128 random bits: drawn once, kept in
/// `--data-dir`, or drawn anew at every start of a node without one. All zero means "no node".
struct node_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  constexpr explicit operator bool() const noexcept { return high != 0 || low != 0; }
  friend constexpr auto operator<=>(const node_id&, const node_id&) noexcept = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(high, low);
  }
};

/// One life of a node as a member of the cluster: one process, from its start to its end. Always greater than
/// any earlier one of that node. The first life is 1; 0 means "unknown".
using incarnation = strong_integer<struct incarnation_tag>;

/// What two lives have with each other: a link, credit, handles, open requests. Each end has a number of its
/// own for it, from one counter of its process, never reused. 0 is none.
using relation_number = strong_integer<struct relation_tag>;

/// SWIM's counter within one incarnation: a node that hears itself suspected answers with a greater
/// one. No link and no handle depends on it.
using refutation = strong_integer<struct refutation_tag>;

/// The owner of a durable log. It survives new incarnations of its node and is drawn anew only when
/// the log is lost.
struct replica_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  constexpr explicit operator bool() const noexcept { return high != 0 || low != 0; }
  friend constexpr auto operator<=>(const replica_id&, const replica_id&) noexcept = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(high, low);
  }
};

/// One life of one node: what links, handles and clocks are keyed by.
struct peer {
  node_id node;
  chorus::incarnation incarnation;

  constexpr explicit operator bool() const noexcept { return static_cast<bool>(node); }
  friend constexpr auto operator<=>(const peer&, const peer&) noexcept = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(node, incarnation);
  }
};

/// 32 hexadecimal digits.
std::string to_string(const node_id& id);

/// `<first 8 digits of the node>/<incarnation>`: short enough for a log line.
std::string to_string(const peer& who);

/// Reads what `to_string` wrote; nothing for any other text.
std::optional<node_id> parse_node_id(std::string_view text);

} // namespace chorus

template <>
struct std::hash<chorus::node_id> {
  std::size_t operator()(const chorus::node_id& id) const noexcept {
    return id.high ^ (id.low * 0x9E3779B97F4A7C15u);
  }
};

template <>
struct std::hash<chorus::peer> {
  std::size_t operator()(const chorus::peer& who) const noexcept {
    return std::hash<chorus::node_id>{}(who.node) ^ (who.incarnation.value * 0xC2B2AE3D27D4EB4Fu);
  }
};
