#pragma once

#include "socket_settings.hpp"

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/result.hpp>

#include <zmq.hpp>

namespace chorus {

/// The bound ROUTER, through which everything comes in.
struct listener {
  zmq::socket_t socket;
  zmq::socket_t events; ///< of its connections, for a `door`
  address bound;        ///< in digits, with the port that was taken
};

/// Binds `where`: `*` is all interfaces, IPv6 and IPv4 where the machine has both; else an address in
/// digits, the name of an interface or a name that resolves. BLOCKS while a name is resolved.
/// Errors: as `transport::open`.
result<listener> listen(zmq::context_t& context, const socket_settings& settings, const address& where);

} // namespace chorus
