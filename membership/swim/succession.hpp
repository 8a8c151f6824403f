#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/time.hpp>

#include <optional>
#include <utility>

namespace chorus::membership::swim {

/// Somebody says, at another address, that it is a later life of a member. It may be right, and the member is
/// dead. Or its data directory was copied, and the member lives. So whoever hears it looks for the member,
/// and takes the successor when the member does not answer, or refuses it when it does. Then it looks again.
class succession {
public:
  enum class advice {
    wait,   ///< nothing is known yet
    refuse, ///< the member has given a sign of life since it was looked for
    take,   ///< the member does not answer
  };

  succession(time_point now, member heir) : heir_(std::move(heir)), since_(now) {}

  const member& heir() const noexcept { return heir_; }

  /// The member was looked for, and does not answer.
  void vacate(time_point now) { vacant_since_ = now; }

  /// The heir asks again. `heard_at`: of the member itself.
  advice hear(time_point now, const std::optional<time_point>& heard_at) {
    if (vacant_since_ && (!heard_at || *heard_at <= *vacant_since_))
      return advice::take;
    if (!heard_at || *heard_at <= since_)
      return advice::wait;
    since_ = now;
    return advice::refuse;
  }

private:
  member heir_;
  time_point since_;
  std::optional<time_point> vacant_since_;
};

} // namespace chorus::membership::swim
