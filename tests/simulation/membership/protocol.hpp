#pragma once

#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/pages.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/simulation/coverage.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

/// The protocol under trial, and what the trial needs to know of it.
namespace chorus::testing::protocol {

using membership::swim::core;
using membership::swim::message;
using membership::swim::wire;

/// Of probing: a quarter of the failure timeout, which is the default.
inline constexpr duration period = std::chrono::seconds{1};

inline constexpr std::size_t datagram_limit =
    membership::swim::page_target + membership::swim::datagram_target;

/// What a node says to members in a period while nothing happens, on average: a probe, an answer, and in
/// every thirtieth a comparison of views and its answer. Questions to addresses where somebody was lost come
/// besides.
inline constexpr double idle_messages = 2.2;

core make_core(time_point now, const membership::member& self, std::uint64_t seed);

/// A message in a few words, with its rumours.
std::string describe(const message& what);

/// How often the branches were taken that its counters know.
void count(const core& what, simulation::coverage& met);

} // namespace chorus::testing::protocol
