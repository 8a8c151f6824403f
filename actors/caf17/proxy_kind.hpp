#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>

namespace chorus::caf17 {

/// What the proxy of a remote actor (`remote_actor`) is, for the tables of `handles/`. Looks at CAF's
/// counts of references, which are not a part of its interface.
struct proxy_kind {
  using handle = caf::strong_actor_ptr;
  using reason = caf::error;

  /// Whether nobody but the one handle given can reach the proxy: no handle, no address, no monitor, no
  /// link. Nobody can get at it then, except through that handle.
  static bool is_unused(const handle& proxy);

  /// Monitors and links of nobody are forgotten. Gives how many it has looked at.
  static std::size_t drop_watches(const handle& proxy);

  static std::uint64_t returned(const handle& proxy);
  static void take_back_returned(const handle& proxy);
};

/// Whether this is the actor's last handle, so that the actor ends with it.
bool is_last_handle(const caf::strong_actor_ptr& actor) noexcept;

} // namespace chorus::caf17
