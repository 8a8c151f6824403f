#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/channel.hpp>
#include <chorus/runtime/link/counters.hpp>
#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chorus::link {

/// Who speaks to whom within two nodes, for example two actor ids. Order is kept for each pair.
///
/// Receiver 0 is the other node itself: a message to it also follows everything that its sender sent
/// before on any other pair, so that "this sender has ended" comes last.
struct pair {
  std::uint64_t sender = 0;
  std::uint64_t receiver = 0;

  friend auto operator<=>(const pair&, const pair&) noexcept = default;
};

/// What a message may use when the link is full.
enum class urgency : std::uint8_t {
  ordinary, ///< refused when the buffer is full, waits when the peer gives no credit
  reserved, ///< may also use the reserves: responses, exit and down messages, whose arrival frees
            ///< resources; holding them back behind ordinary traffic could block both sides for ever
};

// -- inputs: what this node tells its end of the link --------------------------------------------

/// A message for the other end.
struct send {
  chorus::link::pair pair;
  urgency how = urgency::ordinary;
  shared_bytes payload;
  channel_number channel = 0;
};

/// This node has consumed that many bytes of what was delivered on the channel (see `delivered::cost`), in
/// this relation or in earlier ones (`channel_config::held_bytes`); the peer may send as many more.
struct consumed {
  std::size_t bytes = 0;
  channel_number channel = 0;
};

/// The transport lost its connection and has a new one: what was under way may be lost, so resend
/// without waiting for the timer.
struct reconnected {};

/// This end ends in order: say goodbye and report what is left.
struct close {};

/// This end ends at once: the other life was declared failed, or its relation is over for another reason.
struct abandon {};

using input = std::variant<send, consumed, reconnected, close, abandon>;

// -- steps: what the link wants done, in this order ----------------------------------------------

/// The handshake is complete: both ends know that they are in this relation with each other.
struct established {};

/// A message arrived, once and in order for its pair. `cost` is what to give back through `consumed`
/// when the receiver is done with it; until then it counts against the peer's credit.
///
/// `payload` shares the memory of the frame it came in: decode or copy it soon, or a small message
/// keeps a large frame alive.
struct delivered {
  chorus::link::pair pair;
  shared_bytes payload;
  std::size_t cost = 0;
  channel_number channel = 0;
};

/// A message that is not delivered, for certain. What was taken and comes back so at the end of the link
/// comes in the order of its pair, and before `closed`.
struct refused {
  chorus::link::pair pair;
  shared_bytes payload;
  enum class why : std::uint8_t {
    overloaded, ///< the send buffer of the channel is full
    too_large,  ///< for the channel
    closed,     ///< the link has ended before all of it had left
    unserved,   ///< the other end does not have the channel
  };
  why reason = why::overloaded;
  channel_number channel = 0;
};

/// That many bytes of accepted messages (payload plus `message_overhead` each) are acknowledged: room
/// for new ones on that channel.
struct released {
  std::size_t bytes = 0;
  channel_number channel = 0;
};

/// A message that had left as a whole and was not acknowledged when the link ended: it may or may not have
/// been handed over.
struct unsettled {
  chorus::link::pair pair;
  shared_bytes payload; ///< as it was given to `send`; a small one shares the memory of its frame
  channel_number channel = 0;
};

/// The link has ended; the last step of its life. Everything received in order was delivered before. Each
/// message that this end had taken is acknowledged, was `refused` as closed, or is among `losses`.
struct closed {
  enum class why : std::uint8_t {
    closed_here,    ///< `close`
    closed_by_peer, ///< the other end said goodbye
    abandoned,      ///< `abandon`
    ended_by_peer,  ///< the other end says that its end is over
    superseded,     ///< the other end has begun another relation, with a hello that is to be answered
    peer_restarted, ///< the other node answers with another life
    wrong_cluster,  ///< the other end belongs to another cluster
    wrong_version,  ///< the other end speaks another version
    violation,      ///< one end broke the protocol
    unresponsive,   ///< nothing was acknowledged for `config::give_up_after`
  };
  why reason = why::closed_here;
  std::vector<unsettled> losses; ///< in the order in which they were sent
};

/// The name of the reason as it stands above, with spaces.
std::string_view to_string(closed::why reason) noexcept;

/// For the log of this end: what has happened, as a clause.
std::string_view explain(closed::why reason) noexcept;

/// Performed in the order of the fields: what arrived is handed over before it is acknowledged.
struct output {
  bool established_now = false;
  std::vector<delivered> deliveries;
  std::vector<refused> refusals;
  std::vector<released> releases; ///< at most one for each channel
  std::vector<transmit<frame>> frames;
  std::optional<closed> end;

  bool empty() const noexcept;

  template <class Visitor>
  void for_each_step(Visitor&& visit) {
    if (established_now)
      visit(established{});
    for (auto& step : deliveries)
      visit(std::move(step));
    for (auto& step : refusals)
      visit(std::move(step));
    for (const auto& step : releases)
      visit(step);
    for (auto& step : frames)
      visit(std::move(step));
    if (end)
      visit(std::move(*end));
  }
};

struct config {
  std::string cluster;
  peer self;
  peer other;
  relation_number relation; ///< this end's; greater than any that this process has used towards `other`

  /// Of the two processes (`membership::member::nonce`): a copied data directory gives two processes one
  /// life.
  std::uint64_t nonce = 0;
  std::uint64_t nonce_of_other = 0;

  /// 1 to `limits::channels`, by their numbers here.
  std::vector<channel_config> channels{1};

  std::size_t chunk_bytes = limits::chunk_bytes;
  std::size_t lone_bytes = limits::lone_bytes;
  std::size_t frame_bytes = limits::frame_bytes;

  /// Frames sent and not acknowledged; more messages wait and are batched into later frames.
  std::size_t frames_in_flight = 1000;

  duration acknowledge_within =
      std::chrono::milliseconds{20}; ///< how long an acknowledgement may wait for company
  duration resend_after =
      std::chrono::milliseconds{250};                ///< first resend without an acknowledgement; doubles
  duration resend_at_most = std::chrono::seconds{4}; ///< up to this
  duration give_up_after = std::chrono::seconds{30}; ///< without any progress although something waits
};

/// One end of one relation between two live incarnations: a pure protocol core. When it has ended, a later
/// relation is another core with a number of its own.
///
/// Guarantee: as in runtime/link/README.md. Limit: it does not find out by itself that an idle peer
/// is gone; that is the failure detector's job.
class core {
public:
  using message = frame;
  using input = chorus::link::input;
  using output = chorus::link::output;

  /// Pre: the limits fit together (a chunk into a frame, a message into the window, see link.cpp).
  core(time_point now, config settings);
  ~core();
  core(core&&) noexcept;
  core& operator=(core&&) noexcept;

  /// Who sent a frame and for whom is read in the frame itself; `from` is not used.
  void receive(time_point now, const peer& from, const frame& what);
  void apply(time_point now, const input& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain();

  /// Whether nothing is queued and nothing unacknowledged: `close` would lose nothing. A link that has
  /// ended is settled.
  bool settled() const noexcept;

  /// Whether the handshake is complete and the link has not ended.
  bool is_established() const noexcept;

  /// The number of the relation here.
  relation_number relation() const noexcept;

  /// The number of the relation at the other end; none while it is unknown.
  relation_number relation_there() const noexcept;

  /// Whether the link has ended; from then on `send` is answered with `refused`, and `consumed` is counted.
  bool has_ended() const noexcept;

  /// What was delivered on that channel, in this relation or in earlier ones, and is not consumed yet:
  /// `channel_config::held_bytes` of the next relation. At most the window and the reserve.
  std::size_t unconsumed(channel_number channel = 0) const noexcept;

  /// Whether the other end has that channel too. False until it has greeted.
  bool is_served(channel_number channel) const;

  const counters& statistics() const noexcept;

private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace chorus::link
