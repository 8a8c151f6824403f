#include "termination_signals.hpp"

#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/program/run.hpp>

namespace chorus {

int run(node& node, const std::function<void()>& when_ready) {
  {
    termination_signals requests{node};
    if (when_ready)
      when_ready();
    node.wait_for_stop_request();
  }
  node.stop();
  if (auto rejection = node.rejection())
    return report_failure(node.self().name, rejection);
  return static_cast<int>(exit_code::success);
}

} // namespace chorus
