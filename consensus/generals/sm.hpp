#pragma once

#include <chorus/consensus/generals/battle.hpp>
#include <chorus/consensus/generals/output.hpp>
#include <chorus/consensus/generals/sm_message.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/signature_scheme.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

/// SM(m), the signed message algorithm (section 4 of the paper): agreement however many lie.
///
/// With at most m traitors among any number of generals:
///
/// - IC1: all loyal lieutenants obey the same order;
/// - IC2: if the commander is loyal, every loyal lieutenant obeys the order he gives.
///
/// With fewer than m + 2 generals there is nothing to agree on. Assumed, besides the rounds of `battle`:
/// A1, what is sent arrives unchanged (what does not, has a wrong signature); A4, a loyal general's
/// signature cannot be forged, and everybody can check it. Who brings a message does not matter.
namespace chorus::consensus::generals::sm {

/// For metrics and tests: messages by what became of them.
struct counters {
  std::uint64_t accepted = 0; ///< each has brought a new order
  std::uint64_t of_another_battle = 0;
  std::uint64_t impossible = 0; ///< unknown order, or a chain that nobody loyal would send here
  std::uint64_t late = 0;       ///< too few signatures for the hour
  std::uint64_t known = 0;      ///< an order that has come before; its signatures are not looked at
  std::uint64_t forged = 0;     ///< a signature is wrong
};

/// The order obeyed when these have come, properly signed, from the commander: the paper's `choice`. It
/// must be the same function at every general, give the only order of a set of one, and the default for
/// none. More than one order convicts the commander, and the default is as good as any.
order choice(const std::set<order>& orders);

/// One general: a pure protocol core.
class core {
public:
  using message = sm::message;
  using input = command;
  using output = generals::output<message>;

  /// `scheme` signs as this general and must outlive the core. Pre (checked): a battle within
  /// `generals_limit` and `traitors_limit`.
  core(battle fought, signature_scheme& scheme);

  void receive(time_point now, const peer& from, const message& what);

  /// Pre (checked): this is the commander.
  void apply(time_point now, const command& what);

  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain();

  /// What this general obeys; nothing before it has decided.
  std::optional<order> decision() const noexcept { return decision_; }

  /// The paper's V_i: the orders that have come, properly signed.
  const std::set<order>& orders() const noexcept { return orders_; }

  const sm::counters& counters() const noexcept { return counters_; }

private:
  bool is_possible(const message& what) const;
  void send_to_others(message what);
  void decide(order what);
  time_point deadline() const;

  battle battle_;
  signature_scheme* scheme_;
  std::set<order> orders_;
  std::optional<order> decision_;
  output output_;
  sm::counters counters_;
};

} // namespace chorus::consensus::generals::sm
