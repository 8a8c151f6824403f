#pragma once

#include <chorus/consensus/generals/battle.hpp>
#include <chorus/consensus/generals/information_tree.hpp>
#include <chorus/consensus/generals/om_message.hpp>
#include <chorus/consensus/generals/output.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

/// OM(m), the oral message algorithm (section 3 of the paper): agreement without signatures.
///
/// With n generals of whom at most m are traitors, and n > 3m:
///
/// - IC1: all loyal lieutenants obey the same order;
/// - IC2: if the commander is loyal, every loyal lieutenant obeys the order he gives.
///
/// With n <= 3m no algorithm with oral messages can do that (section 2). Assumed, besides the rounds of
/// `battle`: A1, what is sent arrives unchanged; A2, the receiver knows who sent it. A2 is the network's
/// word, the `from` of `receive`: where a node can speak in another's name, nothing holds.
namespace chorus::consensus::generals::om {

/// For metrics and tests: messages by what became of them, and silence.
struct counters {
  std::uint64_t heard = 0;
  std::uint64_t of_another_battle = 0;
  std::uint64_t impossible = 0; ///< unknown order, or a path by which the sender cannot have spoken
  std::uint64_t late = 0;
  std::uint64_t duplicates = 0; ///< also other values of a path: the first counts
  std::uint64_t silences = 0;   ///< paths by which nothing came in time
};

/// One general: a pure protocol core.
class core {
public:
  using message = om::message;
  using input = command;
  using output = generals::output<message>;

  /// Pre (checked): a battle within `generals_limit` and `traitors_limit`.
  explicit core(battle fought);

  void receive(time_point now, const peer& from, const message& what);

  /// Pre (checked): this is the commander.
  void apply(time_point now, const command& what);

  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain();

  /// What this general obeys; nothing before it has decided.
  std::optional<order> decision() const noexcept { return decision_; }

  const om::counters& counters() const noexcept { return counters_; }

private:
  bool can_have_sent(const peer& from, const message& what) const;
  void finish_round();
  void relay(std::size_t length);
  void count_silences();
  void decide(order what);

  battle battle_;
  information_tree heard_;
  std::size_t round_ = 0; ///< that is under way; `battle_.rounds()` after the last
  std::optional<order> decision_;
  output output_;
  om::counters counters_;
};

} // namespace chorus::consensus::generals::om
