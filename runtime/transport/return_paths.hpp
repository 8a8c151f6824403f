#pragma once

#include <chorus/runtime/ids.hpp>

#include <zmq.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

namespace chorus {

/// The connections over which those have spoken last to whom this node has none: the only way to tell
/// somebody that nobody can connect to it.
///
/// Thread rules: one thread.
class return_paths {
public:
  /// Nodes that are remembered; whoever spoke longest ago is forgotten.
  static constexpr std::size_t limit = 64;

  /// `connection`: the ROUTER's name for it.
  void note(const peer& who, const zmq::message_t& connection) {
    std::erase_if(paths_, [&who](const auto& path) { return path.first == who; });
    if (paths_.size() == limit)
      paths_.pop_front();
    paths_.emplace_back(who, zmq::message_t{connection.data(), connection.size()});
  }

  /// Null if it is not remembered. The connection may be gone.
  const zmq::message_t* find(const peer& who) const {
    auto path = std::ranges::find(paths_, who, &std::pair<peer, zmq::message_t>::first);
    return path == paths_.end() ? nullptr : &path->second;
  }

private:
  std::deque<std::pair<peer, zmq::message_t>> paths_;
};

} // namespace chorus
