#include <chorus/simulation/symbolic_signatures.hpp>

namespace chorus::simulation {

namespace {

// Bits enough that no two signatures of a run are the same; the rest stays zero.
constexpr std::size_t drawn_bytes = 16;

} // namespace

signature symbolic_signatures::sign(const node_id& signer, const_bytes what) {
  auto [entry, is_new] = signed_.try_emplace({signer, byte_buffer{what.begin(), what.end()}});
  if (is_new)
    for (std::size_t at = 0; at < drawn_bytes; ++at)
      entry->second[at] = static_cast<std::byte>(chance_.below(256));
  return entry->second;
}

bool symbolic_signatures::verify(const node_id& signer, const_bytes what, const signature& mark) const {
  auto entry = signed_.find({signer, byte_buffer{what.begin(), what.end()}});
  return entry != signed_.end() && entry->second == mark;
}

} // namespace chorus::simulation
