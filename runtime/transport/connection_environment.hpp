#pragma once

#include "lane.hpp"
#include "poll_set.hpp"
#include "resolver.hpp"
#include "socket_settings.hpp"

#include <chorus/runtime/ids.hpp>

#include <zmq.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace chorus {

/// What connections need of the transport. Must outlive them.
struct connection_environment {
  zmq::context_t& context;
  const socket_settings& settings;
  resolver& names;
  poll_set& sockets;
  std::uint64_t last_serial = 0; ///< of lanes

  /// Makes lanes and watches them, by `make`. False if the system has nothing left for them, descriptors for
  /// example: whoever wants them tries again later.
  [[nodiscard]] static bool open(const std::function<void()>& make);

  /// Only within `open`.
  std::unique_ptr<lane> make_lane(lane::kind what, const peer& self, const std::string& endpoint);
};

} // namespace chorus
