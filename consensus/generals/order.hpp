#pragma once

#include <chorus/runtime/strong_integer.hpp>

#include <cstdint>
#include <string_view>

/// The Byzantine generals problem and its first two solutions: Lamport, Shostak and Pease, "The Byzantine
/// Generals Problem", ACM TOPLAS 4(3), 1982; in the following "the paper".
/// docs/concepts/byzantine-generals.md tells the problem and what the solutions cost.
namespace chorus::consensus::generals {

/// What a commanding general may order. The numbers go over the wire.
enum class order : std::uint8_t {
  retreat = 0,
  attack = 1,
};

/// What is obeyed in place of an order that did not come or has no majority.
inline constexpr order default_order = order::retreat;

/// Whether the value is one of the enumerators: decoded bytes may hold any other.
constexpr bool is_known(order what) noexcept {
  return what == order::retreat || what == order::attack;
}

std::string_view to_string(order what) noexcept;

/// A general's place in the army, the same number for everybody.
using general = std::uint8_t;

/// The general who gives the order; all others are lieutenants.
inline constexpr general commander = 0;

/// Tells one run of the protocol from another, so that what was said or signed in an earlier battle means
/// nothing in a later one. Pre: never used twice by generals with the same names or keys.
using battle_id = strong_integer<struct battle_id_tag>;

} // namespace chorus::consensus::generals
