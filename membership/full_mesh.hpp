#pragma once

#include <chorus/membership/contact_list.hpp>
#include <chorus/membership/events.hpp>
#include <chorus/membership/full_mesh_message.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

/// Who is here, in a cluster small enough that everybody can listen to everybody.
///
/// Every node sends gossip to every member each `interval` and declares failed whom it did not hear for
/// `failure_timeout`. It stands behind the interface of `events.hpp` until a protocol for larger clusters
/// takes its place.
///
/// What holds:
///
/// 1. A node judges by its own silence only. Third parties introduce members, they never accuse: if
///    accusations were believed, one node that hears nobody would tear the whole mesh.
/// 2. Whoever is introduced, by a seed's answer or by gossip, is asked first at the address it
///    advertises, and is a member once it has answered itself, or has this node as a member.
/// 3. A life that was declared failed here is never taken back by this life. It is told; then both ends
///    wait for other accusations and weigh (`standing`): the lighter side takes a new incarnation and
///    rejoins, the heavier one forgets the other. So a node that was cut off or paused starts over,
///    not the cluster that went on without it.
/// 4. A newer incarnation of a member takes the place of the older; an older one is ignored.
/// 5. Of two live nodes with one name, or of two processes with one node id, all members refuse the
///    same one: who is in stays, who comes yields; if both are in, the greater node id yields. A
///    refusal counts only once it has lasted longer than a dead holder could still be believed alive.
/// 6. Seeds and the addresses of failed members are asked for ever, slowly, so partitions merge by
///    themselves.
///
/// Limits: links are a full mesh, so the traffic is quadratic and a cluster has at most
/// `members_limit` members. A crash is noticed within `failure_timeout` after the last datagram.
namespace chorus::membership::full_mesh {

using input = std::variant<add_seed, link_lost, leave, new_life>;

struct config {
  member self;            ///< pre: a valid id, incarnation, name and advertised address
  std::uint64_t seed = 0; ///< of chance

  duration interval = std::chrono::milliseconds{250};  ///< between gossip to every member, at most
  duration failure_timeout = std::chrono::seconds{2};  ///< of silence
  duration refusal_patience = std::chrono::seconds{3}; ///< pre: more than `failure_timeout`
  contact_list::settings contacts;
};

/// Performed in the order of the fields.
struct output {
  /// In the order in which it happened; the old life of a member goes down before the new one is up.
  std::vector<std::variant<member_down, member_up>> changes;
  bool declared_failed_now = false;
  std::optional<rejected> rejection;       ///< at most once in a life
  std::vector<transmit<message>> messages; ///< to members, after their `member_up`
  std::vector<contact<message>> contacts;
  std::vector<seed_silent> silent_seeds;

  bool empty() const noexcept;

  template <class Visitor>
  void for_each_step(Visitor&& visit) {
    for (auto& change : changes)
      std::visit([&](auto& step) { visit(std::move(step)); }, change);
    if (declared_failed_now)
      visit(declared_failed{});
    if (rejection)
      visit(std::move(*rejection));
    for (auto& step : messages)
      visit(std::move(step));
    for (auto& step : contacts)
      visit(std::move(step));
    for (auto& step : silent_seeds)
      visit(std::move(step));
  }
};

/// For metrics and tests.
struct counters {
  std::uint64_t gossip_sent = 0;
  std::uint64_t gossip_received = 0;
  std::uint64_t messages_invalid = 0;     ///< refused because of their content
  std::uint64_t messages_of_the_past = 0; ///< of or about lives that are over
  std::uint64_t accusations_sent = 0;
  std::uint64_t refusals_sent = 0;
  std::uint64_t introductions_dropped = 0; ///< because the contact list was full
  std::uint64_t seeds_dropped = 0;         ///< because there were more than `contact_list::limit`
  std::uint64_t pauses_noticed = 0;        ///< this node itself did not run for a while
};

/// One node's view of the mesh: a pure protocol core.
class core {
public:
  using message = full_mesh::message;
  using input = full_mesh::input;
  using output = full_mesh::output;

  /// Lives that are over and remembered, one for each node; the one that ended longest ago makes room.
  static constexpr std::size_t past_limit = 1024;

  core(time_point now, config settings);

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point now, const input& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain();

  const member& self() const noexcept { return config_.self; }

  /// The live members without this node, by node id.
  std::vector<member> members() const;

  const full_mesh::counters& counters() const noexcept { return counters_; }

private:
  enum class phase {
    running,
    outcast, ///< declared failed; waits for `new_life`
    gone,    ///< has left
  };

  struct live_member {
    member who;
    time_point heard_at;
  };

  /// The greatest incarnation of a node that is over, for those who are no members.
  struct past_life {
    chorus::incarnation incarnation;
    address where;
    member_down::why reason = member_down::why::failed;
    time_point ended_at;
    std::optional<time_point> told_at;
  };

  struct accuser {
    peer who;
    address where;
    standing weight;
  };

  struct refused_since {
    time_point first;
    time_point latest;
  };

  using live_members = std::map<node_id, live_member>;

  void handle(time_point now, const peer& from, const gossip& what);
  void handle(time_point now, const peer& from, const farewell& what);
  void handle(time_point now, const peer& from, const accusation& what);
  void handle(time_point now, const peer& from, const refusal& what);
  void handle(time_point now, const add_seed& what);
  void handle(time_point now, const link_lost& what);
  void handle(time_point now, const leave& what);
  void handle(time_point now, const new_life& what);

  void meet_own_node_id(time_point now, const gossip& what);
  void meet_past_life(time_point now, const gossip& what, past_life& past);
  void meet_member(time_point now, const gossip& what, live_member& known);
  void meet_newcomer(time_point now, const gossip& what);
  void follow_introductions(time_point now, const gossip& what);
  bool is_in() const;
  std::optional<refusal> find_conflict(const gossip& newcomer) const;
  void heed_refusal(time_point now, const refusal& what);
  void refuse(const refusal& what, const address& where);

  void take_up(time_point now, const member& who);
  void take_down(time_point now, live_members::iterator who, member_down::why reason);
  void bury(time_point now, const peer& who, const address& where, member_down::why reason);
  void judge_accusations(time_point now);
  void accuse(const peer& subject, const address& where);
  standing weigh() const;

  void notice_own_pause(time_point now);
  void expire_silent_members(time_point now);
  void gossip_to_members(time_point now);
  void ask_contacts(time_point now);
  void ask(const address& where, std::optional<address> answers = std::nullopt);
  void answer(const peer& to, const address& asked_at);
  gossip speak() const;

  config config_;
  random_generator chance_;
  contact_list contacts_;
  phase phase_ = phase::running;
  live_members members_;
  std::map<node_id, past_life> past_;
  std::vector<accuser> accusers_;
  std::optional<time_point> judgement_at_; ///< set while there are accusers
  std::optional<refused_since> refused_;
  bool rejected_ = false;
  bool has_seeds_ = false;
  time_point next_round_; ///< counts while there are members
  time_point ran_at_;
  output output_;
  full_mesh::counters counters_;
};

} // namespace chorus::membership::full_mesh
