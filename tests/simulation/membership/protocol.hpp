#pragma once

#include "membership_books.hpp"

#include <chorus/membership/swim/core.hpp>
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

core make_core(time_point now, const membership::member& self, std::uint64_t seed);

/// A message in a few words, with its rumours.
std::string describe(const message& what);

/// What the books hold of it.
membership_books::limits limits_of_books();

/// How often the branches were taken that its counters know.
void count(const core& what, simulation::coverage& met);

/// Whether this answers a question: what a life that has failed must do to come back.
bool is_answer(const message& what);

/// An accusation of more than anybody has said.
message accuse_of_too_much(const peer& who, const peer& accuser);

/// A verdict that is stale once that life has refuted anything.
message first_verdict(const peer& who, const peer& accuser);

} // namespace chorus::testing::protocol
