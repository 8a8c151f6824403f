#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/simulation/fault.hpp>
#include <chorus/simulation/packet.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// What makes a node lie: it stands between the node's program and the network and says what it likes
/// instead of what the program says. The program itself does not know.
class adversary {
public:
  virtual ~adversary() = default;

  /// What leaves the node instead of `truth`: any number of packets, to any nodes, with any content. The
  /// network names the true sender to whoever receives them; names within the content are the liar's to
  /// choose. Counts each lie.
  virtual std::vector<packet> speak(const packet& truth, fault_counts& lies) = 0;
};

/// How often a liar does what, for each packet that its program sends; else it tells the truth.
struct lies {
  double equivocation = 0.2;
  double forgery = 0.2;
  double replay = 0.2;
  double silence = 0.1; ///< counted as forgery: nothing is what the protocol did not say either
};

/// Lies about any protocol.
///
/// - equivocation: the packet as it is for nodes of even index, changed for those of odd index;
/// - forgery: changed;
/// - replay: in place of the packet, one that its program sent earlier, to the receiver of the present one.
///
/// What comes out as the truth is not counted as a lie.
///
/// How content is changed: `change`, at best one that knows the protocol (`change_messages`), else
/// a few bytes (`change_bytes`).
class liar final : public adversary {
public:
  /// Packets that are remembered for replay.
  static constexpr std::size_t memory = 64;

  using changer = std::function<wire_message(const wire_message& truth, random_generator& chance)>;

  liar(lies how_often, changer change, random_generator chance)
      : how_often_(how_often), change_(std::move(change)), chance_(chance) {}

  std::vector<packet> speak(const packet& truth, fault_counts& count) override;

private:
  lies how_often_;
  changer change_;
  random_generator chance_;
  std::deque<wire_message> said_;
};

/// A few bytes are changed, cut off or added.
wire_message change_bytes(const wire_message& truth, random_generator& chance);

/// `change(message, chance)` alters a message of the protocol whose bytes `Wire` knows; what `Wire` cannot
/// read is changed as bytes.
template <class Wire, class Change>
liar::changer change_messages(Change change) {
  return [change = std::move(change)](const wire_message& truth, random_generator& chance) {
    auto message = Wire::decode(shared_bytes{truth.head}, truth.body);
    if (!message)
      return change_bytes(truth, chance);
    change(*message, chance);
    return Wire::encode(*message);
  };
}

} // namespace chorus::simulation
