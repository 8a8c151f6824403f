#include "linked_population.hpp"

#include <chorus/runtime/link/little_endian.hpp>

#include <algorithm>
#include <cstdint>

namespace chorus::simulation {

namespace {

/// A payload begins with the length of the head, in bytes, the lowest first.
constexpr std::size_t length_bytes = sizeof(std::uint32_t);

} // namespace

shared_bytes joined(const wire_message& parts) {
  byte_buffer all(length_bytes + parts.head.size() + parts.body.size());
  auto* at = link::store(all.data(), static_cast<std::uint32_t>(parts.head.size()));
  at = std::ranges::copy(parts.head, at).out;
  std::ranges::copy(parts.body.view(), at);
  return shared_bytes{std::move(all)};
}

result<std::pair<shared_bytes, shared_bytes>> parted(const shared_bytes& payload) {
  if (payload.size() < length_bytes)
    return error{errc::malformed, "a payload without the length of its head"};
  std::size_t length = 0;
  for (std::size_t place = 0; place < length_bytes; ++place)
    length |= std::to_integer<std::size_t>(payload.view()[place]) << (8 * place);
  auto rest = payload.size() - length_bytes;
  if (length > rest)
    return error{errc::malformed, "a payload that is shorter than its head"};
  return std::pair{payload.part(length_bytes, length), payload.part(length_bytes + length, rest - length)};
}

} // namespace chorus::simulation
