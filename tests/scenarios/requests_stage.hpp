#pragma once

#include "../simulation/requests/protocol.hpp"
#include "transcript.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace chorus::testing {

/// The verbs of requests. C calls the counter S.
///
///     start [takes=300ms]             a client and a server that takes so long for each call
///     call at-most-once               C makes a call; or maybe, at-least-once
///     deliver [C->S]                  what is on its way arrives, answers included; or what is on that way
///     drop / duplicate C->S           the next packet on that way
///     advance 100ms                   time passes; packets wait
///     restart S                       S dies with all it remembers, and begins a new life
class requests_stage {
public:
  requests_stage();

  requests_stage(const requests_stage&) = delete;
  requests_stage& operator=(const requests_stage&) = delete;

  const stage& verbs() const noexcept { return verbs_; }

private:
  using way = std::deque<counter_calls::message>;

  void add(std::string verb, std::function<void(const command&)> what);
  void start(const command& what);
  void start_server();
  void deliver(const command& what);
  bool deliver_one(way& from);
  void advance(duration time);
  void fault(const command& what, bool doubles);
  way& parse_way(const std::string& word);

  template <class Core>
  void perform(Core& core, const std::string& name, way& out);

  stage verbs_;
  time_point now_;
  duration takes_{};
  incarnation server_life_;
  std::optional<counter_calls::client> client_;
  std::optional<counter_calls::server> server_;
  way to_server_;
  way to_client_;
  std::string* transcript_ = nullptr;
};

} // namespace chorus::testing
