#pragma once

#include <chorus/consensus/generals/battle.hpp>

#include <cstddef>

namespace chorus::consensus::generals {

/// The battle of tests that look at one general: the first round begins at an hour and lasts a second.
inline battle battle_of(std::size_t generals, std::size_t traitors, general self) {
  battle fought;
  fought.id = {7};
  for (std::uint64_t who = 1; who <= generals; ++who)
    fought.generals.push_back({{0xA0, who}, {1}});
  fought.self = self;
  fought.traitors = traitors;
  fought.start = time_point{std::chrono::hours{1}};
  fought.round = std::chrono::seconds{1};
  return fought;
}

} // namespace chorus::consensus::generals
