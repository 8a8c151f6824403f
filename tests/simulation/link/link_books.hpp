#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/simulation/checker.hpp>

#include <compare>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

/// What somebody who sees all ends of all links at once knows of them, and the promises of
/// runtime/link/README.md checked against it: one checker for each.
namespace chorus::testing {

/// One end of one relation between two lives.
struct link_end {
  peer here;
  relation_number relation; ///< at `here`
  peer there;
  friend auto operator<=>(const link_end&, const link_end&) = default;
};

/// What one end of a relation has to do with one channel. Channels have one number at all ends here.
struct channel_end {
  link_end end;
  link::channel_number channel = 0;
  friend auto operator<=>(const channel_end&, const channel_end&) = default;
};

/// The messages from one end of a relation to the other for one pair, on one channel.
struct stream_id {
  link_end from;
  link::pair pair;
  link::channel_number channel = 0;
  friend auto operator<=>(const stream_id&, const stream_id&) = default;
};

std::string to_string(const stream_id& id);

struct stream {
  std::vector<std::string> accepted; ///< by the sender's end, without what it later called not sent
  std::size_t delivered = 0;         ///< of them, at the other end
  std::set<std::string> not_sent;    ///< as the sender's end said when it ended
};

using streams = std::map<stream_id, stream>;

/// "Once, in order": the next delivery of a stream is the next message that its sender's end accepted. A
/// delivery that belongs to no stream of this relation came from another one.
class once_and_in_order final : public simulation::checker {
public:
  once_and_in_order();
  void delivered(const stream_id& id, stream& of, const std::string& text);
};

/// What an end has been told to be acknowledged has been handed over at the other end, but for the chunks
/// of the one large message of the channel that is being put together there.
class acknowledged_after_hand_over final : public simulation::checker {
public:
  explicit acknowledged_after_hand_over(const link::config& limits);
  void handed_over(const channel_end& sender, std::size_t cost) { handed_over_[sender] += cost; }
  void released(const channel_end& sender, std::size_t cost);

private:
  std::size_t largest_;
  std::map<channel_end, std::size_t> handed_over_;
  std::map<channel_end, std::size_t> released_;
};

/// What an end calls not sent has not arrived and never arrives.
class not_sent_never_arrives final : public simulation::checker {
public:
  not_sent_never_arrives() : checker("what a link reports as not sent never arrives") {}

  /// Takes the message off those that were accepted.
  void not_sent(const stream_id& id, stream& of, const std::string& text);
  void delivered(const stream_id& id, const stream& of, const std::string& text);
};

/// Each message that an end has taken has one fate when the link ends: it is acknowledged, and then it has
/// arrived, or it is reported as outcome unknown, or as not sent. None has two.
///
/// A message of which only a part is acknowledged counts as a whole: of one at most on each channel, because
/// its large messages travel one after the other.
class honest_end final : public simulation::checker {
public:
  explicit honest_end(const link::config& limits);

  void not_sent(const channel_end& end, std::size_t cost) { not_sent_[end] += cost; }

  /// `unacknowledged`: bytes on that channel, message by message with overhead.
  void closed(const channel_end& end, const link::closed& how, std::size_t unacknowledged, streams& all);

private:
  std::size_t largest_;
  std::map<channel_end, std::size_t> not_sent_; ///< as reported so far, in bytes
};

/// What is kept of each channel is bounded: for sending, by each end, by send buffer and reserve; for
/// receiving, by each life of what another has sent it in all their relations, by window and reserve.
class bounded_memory final : public simulation::checker {
public:
  explicit bounded_memory(const link::config& limits);
  void accepted(const channel_end& end, std::size_t cost);
  void released(const channel_end& end, std::size_t cost) { to_send_[end] -= cost; }
  void delivered(const channel_end& end, std::size_t cost);
  void consumed(const peer& here, const peer& there, link::channel_number channel, std::size_t cost) {
    to_consume_[{here, there, channel}] -= cost;
  }

  /// What this end keeps to send, in bytes.
  std::size_t to_send(const channel_end& end) const {
    auto found = to_send_.find(end);
    return found == to_send_.end() ? 0 : found->second;
  }

private:
  std::size_t send_limit_;
  std::size_t receive_limit_;
  std::map<channel_end, std::size_t> to_send_;

  /// By receiver, sender and channel.
  std::map<std::tuple<peer, peer, link::channel_number>, std::size_t> to_consume_;
};

/// Relations match one to one: an end that is up has one partner, which has no other.
class one_partner final : public simulation::checker {
public:
  one_partner() : checker("two relations are partners of each other and of no third one") {}
  void up(const link_end& here, const link_end& there);

private:
  std::map<link_end, link_end> partners_; ///< by either end
};

/// An end is over for what the other end did only if the other end is over.
class ended_by_its_partner final : public simulation::checker {
public:
  ended_by_its_partner() : checker("an end says that its partner is over only if that is so") {}

  /// `partner_goes_on`: whether the other end is still in that relation.
  void closed(const link_end& end, const link::closed& how, bool partner_goes_on);
};

/// Ends that keep the protocol never accuse each other of breaking it.
class no_violation final : public simulation::checker {
public:
  no_violation() : checker("two ends that keep the protocol never call it broken") {}
  void closed(const link_end& end, const link::closed& how);
};

/// All of it together: the books that the ends of all links are entered in.
class link_books {
public:
  /// All channels have the limits of the first.
  explicit link_books(const link::config& limits)
      : channels_(limits.channels.size()), hand_over_(limits), end_(limits), memory_(limits) {}

  void up(const link_end& here, const link_end& there) { partner_.up(here, there); }
  void accepted(const stream_id& id, const std::string& text);
  void delivered(const stream_id& id, const link_end& at, const std::string& text, std::size_t cost);
  void released(const link_end& end, std::size_t cost, link::channel_number channel = 0);
  void consumed(const peer& here, const peer& there, std::size_t cost, link::channel_number channel = 0) {
    memory_.consumed(here, there, channel, cost);
  }

  /// What came back when the link ended. `closed` follows.
  void not_sent(const stream_id& id, const std::string& text);
  void closed(const link_end& end, const link::closed& how, bool partner_goes_on = false);

  /// How many messages were accepted for this stream so far; names the next one.
  std::size_t next_number(const stream_id& id) { return streams_[id].accepted.size(); }

  /// Whether everything that this end accepted on the channel was delivered.
  bool all_delivered(const link_end& from, link::channel_number channel = 0) const;

  std::vector<simulation::checker*> checkers() {
    return {&partner_, &not_sent_, &order_, &hand_over_, &end_, &memory_, &by_partner_, &violation_};
  }

private:
  std::size_t channels_;
  streams streams_;
  one_partner partner_;
  not_sent_never_arrives not_sent_;
  once_and_in_order order_;
  acknowledged_after_hand_over hand_over_;
  honest_end end_;
  bounded_memory memory_;
  ended_by_its_partner by_partner_;
  no_violation violation_;
};

} // namespace chorus::testing
