#pragma once

#include <chorus/runtime/link/channel.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <optional>
#include <vector>

namespace chorus::link {

/// Which channel of this end is which one of the other end: those of one name belong together.
///
/// An end numbers channels in its own way in all that it sends, so that either end may have channels that
/// the other one lacks.
class channel_map {
public:
  /// By the number here, what the other end has offered for it; nothing if it has no such channel.
  using offers = std::vector<std::optional<channel_offer>>;

  /// `there`: as the greeting of the other end says. Before that it has none.
  channel_map(const std::vector<channel_config>& here, const std::vector<channel_offer>& there);

  /// The other end's number as this end's; nothing if this end has no such channel.
  std::optional<channel_number> here(channel_number there) const;

  const offers& offered() const noexcept { return offered_; }

private:
  std::vector<std::optional<channel_number>> here_; ///< by the number there
  offers offered_;
};

} // namespace chorus::link
