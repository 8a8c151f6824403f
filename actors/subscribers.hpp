#pragma once

#include <caf/actor.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace chorus {

/// The actors that want to hear of events of their node. A subscription holds its actor until that ends,
/// as any handle would. Held by a shared pointer.
///
/// Thread rules: any thread.
class subscribers : public std::enable_shared_from_this<subscribers> {
public:
  /// False, and a no-op, for an actor that is there already.
  bool add(const caf::actor& subscriber);

  void tell(const caf::message& what);

  void clear();

private:
  void remove(std::uint64_t subscriber);

  std::mutex mutex_;
  std::map<std::uint64_t, caf::actor> entries_;
};

} // namespace chorus
