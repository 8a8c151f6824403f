#pragma once

#include <chorus/runtime/link/channel.hpp>

#include <vector>

namespace chorus::channels {

/// The channels of the links between nodes, by their numbers here. What one of them carries never waits for
/// what another one does: an actor that does not read its mailbox holds back neither names nor the accounts
/// of handles.
inline constexpr link::channel_number names = 0;   ///< of the name registry (names/name_registry.hpp)
inline constexpr link::channel_number handles = 1; ///< what nodes tell each other (remoting/notice.hpp)
inline constexpr link::channel_number actors = 2;  ///< what actors send (remoting/parcel.hpp)

/// With their limits.
std::vector<link::channel_config> all();

} // namespace chorus::channels
