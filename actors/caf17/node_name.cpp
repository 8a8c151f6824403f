#include "node_name.hpp"

#include <caf/make_counted.hpp>

#include <algorithm>

namespace chorus::caf17 {

namespace {

void write_big_endian(std::uint64_t number, std::uint8_t* target) {
  for (int shift = 56; shift >= 0; shift -= 8)
    *target++ = static_cast<std::uint8_t>(number >> shift);
}

/// The standard lets an explicit instantiation name a private member ([temp.spec.general]); CAF 0.17
/// has no other way to set this one without its own networking module.
template <auto Member>
struct node_member {
  friend caf::node_id& node_of(caf::actor_system& system) { return system.*Member; }
};
caf::node_id& node_of(caf::actor_system& system);
template struct node_member<&caf::actor_system::node_>;

} // namespace

caf::node_id to_caf_node(const chorus::node_id& node, std::uint64_t number) {
  caf::node_id::default_data::host_id_type host{};
  static_assert(host.size() == 20);
  write_big_endian(node.high, host.data());
  write_big_endian(node.low, host.data() + 8);
  std::uint8_t tail[8];
  write_big_endian(number, tail);
  std::copy_n(tail, 4, host.data() + 16);
  auto low = static_cast<std::uint32_t>(number);
  return caf::node_id{caf::make_counted<caf::node_id::default_data>(low, host)};
}

void set_node(caf::actor_system& system, const peer& self) {
  node_of(system) = to_caf_node(self.node, self.incarnation.value);
}

} // namespace chorus::caf17
