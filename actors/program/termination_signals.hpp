#pragma once

#include <chorus/actors/node.hpp>

#include <csignal>
#include <map>

namespace chorus {

/// While it lives, SIGTERM, SIGINT and SIGHUP ask a node to stop. SIGHUP is left alone if the program ignores
/// it (nohup) or handles it. Afterwards the signals do what they did before.
///
/// Thread rules: one at a time in a process. `node` outlives it and stays where it is.
class termination_signals {
public:
  explicit termination_signals(node& node);
  ~termination_signals();
  termination_signals(const termination_signals&) = delete;
  termination_signals& operator=(const termination_signals&) = delete;

private:
  std::map<int, struct sigaction> before_; ///< of the signals that were taken
};

} // namespace chorus
