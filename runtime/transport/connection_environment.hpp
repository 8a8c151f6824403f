#pragma once

#include "descriptor_budget.hpp"
#include "descriptor_reserve.hpp"
#include "lane.hpp"
#include "poll_set.hpp"
#include "resolver.hpp"
#include "socket_settings.hpp"
#include "timer_heap.hpp"

#include <chorus/runtime/ids.hpp>

#include <zmq.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace chorus {

/// What connections need of the transport. Must outlive them.
struct connection_environment {
  zmq::context_t& context;
  const socket_settings& settings;
  resolver& names;
  poll_set& sockets;
  timer_heap& timers;
  descriptor_budget& descriptors;
  descriptor_reserve& reserve;
  std::uint64_t last_serial = 0; ///< of lanes
  std::uint64_t uses = 0;        ///< of lanes, so that it is known which was used longest ago

  /// Makes lanes and watches them, by `make`. False if there is nothing left for them, descriptors for
  /// example: whoever wants them tries again later.
  [[nodiscard]] static bool open(const std::function<void()>& make);

  /// Only within `open`.
  std::unique_ptr<lane> make_lane(lane::kind what, const peer& self, const std::string& endpoint);

  /// For datagrams to an address whose node is not known. Only within `open`.
  std::unique_ptr<lane> make_contact_lane(const peer& self, const std::string& endpoint);

private:
  std::unique_ptr<lane> make_lane(
      lane::kind what,
      const peer& self,
      const std::string& endpoint,
      std::optional<descriptor_budget::lease> taken
  );
};

} // namespace chorus
