#pragma once

#include "log_names.hpp"
#include "remoting/remoting.hpp"

#include <chorus/actors/events.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/membership/peers/events.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>

#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <utility>

namespace chorus {

/// Why there is no relation with that node any more, for those who hold handles of its actors.
std::string explain(const membership::member& other, down_reason reason);

/// What the log says of relations with other nodes: one line for each that begins or ends, as users hear of
/// it.
///
/// Thread rules: the I/O thread.
class relation_log {
public:
  /// `names` must outlive it.
  relation_log(std::shared_ptr<spdlog::logger> log, const log_names& names)
      : log_(std::move(log)), names_(names) {}

  void link_opened(const peer& other);

  /// One line, however much is lost: the I/O thread waits for whoever reads the log.
  void link_ended(const peer& other, link::closed::why reason, const remoting::losses& lost);

  void came_up(const membership::peers::peer_up& step);

  /// What only these two know has a line here; what membership has said of that life has one when it is gone.
  void went_down(const membership::peers::peer_down& step);
  void is_gone(const membership::peers::peer_gone& step);
  void is_doubted(const membership::peers::doubted& step);

private:
  void ended(const membership::member& other, down_reason reason, spdlog::level::level_enum level);

  const std::shared_ptr<spdlog::logger> log_;
  const log_names& names_;
};

} // namespace chorus
