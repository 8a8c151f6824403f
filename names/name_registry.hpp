#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/lamport_clock.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Which actor is known under which name, on every node: the registry behind `node::names`.
///
/// Each life of a node owns its announcements and is the only one to speak of them, so nothing has to
/// be agreed: when a relation begins, both ends tell each other all of theirs, then every change. Of several
/// announcers of one name the one with the greatest (Lamport time, node) counts: last writer wins. When
/// it withdraws or its life is over, the one before it counts again; a partition heals by new relations.
///
/// A relation that ends says nothing about the life at its other end, which the others may still reach. So
/// what it has announced is kept, as out of reach, and counts as before: an older announcer does not take the
/// place of one that only this node cannot reach. The list of the next relation replaces what was kept.
///
/// Invariants:
/// 1. `find` depends only on the announcements of lives that are not over, never on the order in which they
///    came.
/// 2. An announcement made by a node that has heard of another one has a greater stamp than that.
/// 3. Nothing of a life that is over is kept.
/// 4. An announcement is within reach exactly if its origin has told it in the present relation.
namespace chorus::names {

/// Names that one node may announce; more from one origin are ignored and counted.
inline constexpr std::size_t names_per_origin = 65536;

/// An actor under a name.
struct announcement {
  peer origin;
  std::uint64_t actor = 0; ///< its number on the origin
  lamport_stamp stamp;
  bool within_reach = true; ///< else it is kept from a relation that is over

  friend bool operator==(const announcement&, const announcement&) = default;
};

// -- messages, over reliable links in order --------------------------------------------------------

struct announced {
  std::string name;
  std::uint64_t actor = 0;
  lamport_time time;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(name, actor, time);
  }
};

struct withdrawn {
  std::string name;
  lamport_time time;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(name, time);
  }
};

/// The sender has told all that it had announced when the relation began.
struct all_told {
  template <class Archive>
  void serialize(Archive&) {}
};

// -- inputs ----------------------------------------------------------------------------------------

/// Pre: `check_name(name)` has no error, `actor` is not 0, and `can_announce(name)`.
struct announce {
  std::string name;
  std::uint64_t actor = 0;
};

/// Takes back what was announced under this name here; a no-op without such.
struct withdraw {
  std::string name;
};

/// Takes back every name of this actor.
struct actor_ended {
  std::uint64_t actor = 0;
};

/// A relation with this life of a node begins: its link is open or being opened.
struct peer_up {
  peer who;
};

/// The relation has ended. What that life has announced is kept, out of reach.
struct peer_down {
  peer who;
};

/// This life of a node has failed or is over: its announcements are gone.
struct peer_gone {
  peer who;
};

// -- steps -----------------------------------------------------------------------------------------

/// Another announcement counts for the name, or none any more; or the same one is out of reach or within it
/// again.
struct changed {
  std::string name;
  std::optional<announcement> winner;
};

/// Empty for a name that can be announced: 1 to `limits::name_bytes` bytes without control characters.
error check_name(std::string_view name);

struct counters {
  std::uint64_t ignored_strangers = 0; ///< messages of nodes that are not up
  std::uint64_t ignored_invalid = 0;   ///< impossible names, actors or times
  std::uint64_t ignored_too_many = 0;  ///< over `names_per_origin`
};

/// One node's registry: a pure protocol core (protocol_core.hpp).
class core {
public:
  using message = std::variant<announced, withdrawn, all_told>;
  using input = std::variant<announce, withdraw, actor_ended, peer_up, peer_down, peer_gone>;

  struct output {
    std::vector<changed> changes;
    std::vector<transmit<message>> messages;

    bool empty() const noexcept { return changes.empty() && messages.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : changes)
        visit(std::move(step));
      for (auto& step : messages)
        visit(std::move(step));
    }
  };

  explicit core(const peer& self) : self_(self) {}

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point now, const input& what);
  void tick(time_point) {}
  std::optional<time_point> next_deadline() const { return std::nullopt; }
  output drain();

  /// Who counts for this name.
  std::optional<announcement> find(std::string_view name) const;

  /// Every name that begins with `prefix`, ascending, and who counts for it.
  std::vector<std::pair<std::string, announcement>> list(std::string_view prefix) const;

  /// The name that this origin has announced the actor under, whether it counts or not; of several the least.
  std::optional<std::string> name_of(const peer& origin, std::uint64_t actor) const;

  /// Whether there is room for one more name of this node, or it has this one.
  bool can_announce(std::string_view name) const;

  const counters& statistics() const noexcept { return counters_; }

private:
  /// By origin; an origin has at most one announcement for a name.
  using announcers = std::map<peer, announcement>;

  void handle(const peer& from, const announced& what);
  void handle(const peer& from, const withdrawn& what);
  void handle(const peer& from, const all_told& what);
  void handle(const announce& what);
  void handle(const withdraw& what);
  void handle(const actor_ended& what);
  void handle(const peer_up& what);
  void handle(const peer_down& what);
  void handle(const peer_gone& what);

  void put(const std::string& name, const announcement& what);
  bool remove(const std::string& name, const peer& origin);
  bool has_room_for(const peer& origin, std::string_view name);
  void is_not_kept(const peer& origin, const std::string& name);
  void put_out_of_reach(const std::string& name, const peer& origin);
  void tell_all(const message& what);
  static std::optional<announcement> winner_of(const announcers& candidates);

  peer self_;
  lamport_clock clock_;
  std::map<std::string, announcers, std::less<>> names_;
  using set_of_names = std::set<std::string, std::less<>>;
  std::map<peer, set_of_names> names_of_; ///< of each origin, this node included once it has any
  std::map<peer, set_of_names> kept_of_;  ///< those of them that are out of reach
  std::set<peer> peers_;
  output output_;
  counters counters_;
};

/// How the registry's messages look as bytes.
struct wire {
  static wire_message encode(const core::message& what);
  static result<core::message> decode(const shared_bytes& head, const shared_bytes& body);
};

} // namespace chorus::names
