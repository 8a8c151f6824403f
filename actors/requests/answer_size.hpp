#pragma once

#include <chorus/runtime/limits.hpp>

#include <caf/message.hpp>

#include <cstddef>

namespace chorus::requests {

/// What an answer counts that cannot be encoded, because its types never leave the node.
inline constexpr std::size_t size_of_local_answer = 4 * limits::kibibyte;

/// What it costs to keep an answer: the bytes of its encoding.
std::size_t size_of_answer(const caf::message& content);

} // namespace chorus::requests
