#pragma once

#include "../link/two_ends.hpp"
#include "transcript.hpp"

#include <array>
#include <optional>
#include <string>

namespace chorus::testing {

/// The verbs of the link protocol. A and B are the ends; A->B is the way from A to B.
///
///     start [setting=n ...]           two new ends, with limits: message, chunk, frame, window, reserve,
///                                     buffer, buffer-reserve, in-flight; B may have a cluster=name of its
///                                     own
///     connect [setting=n ...]         the same, and the handshake is over
///     send A 1->2 "text" [reserved]   from sender 1 at A to receiver 2; `300 bytes` instead of a text
///     write ..., flush A              the same in two steps, so that several messages share a frame
///     deliver [A->B [n]]              everything, answers included; or what is on that way, or n frames of
///     it drop / duplicate / reverse A->B [n]     the next n frames, or all consume B [n] the actors at B are
///     done with the next n messages, or all advance 250ms                   time passes; frames wait
///     reconnect A, close A            inputs of A
///     fail A                          the failure detector at A declares the life of B failed
///     restart A                       A dies and begins a new life with a new end
///     copy A                          another process has a copy of A's data directory, and says hello as A
///     relink A                        A opens another relation with the present life of the other, by a
///     hello await A                         the same, but A waits for the other's hello show A what A thinks
///     of the link
/// What was delivered in earlier relations and is not consumed is consumed first.
class link_stage {
public:
  link_stage();

  link_stage(const link_stage&) = delete;
  link_stage& operator=(const link_stage&) = delete;

  const stage& verbs() const noexcept { return verbs_; }

private:
  void add_verbs();
  void add_network_verbs();
  void start(const command& what);
  void print(two_ends::side which, const link::output& output);
  void print(two_ends::side which, const link::frame& frame);
  std::string describe_data(two_ends::side which, const link::data& frame);

  /// What an end has said last of what it has received.
  struct said {
    link::sequence acknowledged;
    std::uint64_t credit = 0;
  };

  stage verbs_;
  std::optional<two_ends> ends_;
  std::array<said, 2> said_;
  std::array<std::size_t, 2> consumed_{}; ///< messages, of those delivered
  std::string* transcript_ = nullptr;
};

} // namespace chorus::testing
