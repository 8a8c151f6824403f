#pragma once

#include <chorus/membership/contact_list.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/membership/suspicion_report.hpp>
#include <chorus/membership/swim/config.hpp>
#include <chorus/membership/swim/ended_lives.hpp>
#include <chorus/membership/swim/expulsion.hpp>
#include <chorus/membership/swim/failed_lives.hpp>
#include <chorus/membership/swim/local_health.hpp>
#include <chorus/membership/swim/message.hpp>
#include <chorus/membership/swim/output.hpp>
#include <chorus/membership/swim/probe_schedule.hpp>
#include <chorus/membership/swim/refusal_patience.hpp>
#include <chorus/membership/swim/round_trip.hpp>
#include <chorus/membership/swim/rumour_queue.hpp>
#include <chorus/membership/swim/succession.hpp>
#include <chorus/membership/swim/suspicion.hpp>
#include <chorus/membership/swim/timing.hpp>
#include <chorus/membership/swim/waiting_room.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/rate_limit.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

/// Who is here, by gossip: SWIM (Das, Gupta and Motivala, "SWIM: scalable weakly-consistent
/// infection-style process group membership protocol", DSN 2002) with Lifeguard (Dadgar, Phillips and
/// Currey, arXiv 1707.00788), and what a cluster needs whose nodes restart, part and meet again.
///
/// What holds:
///
/// 1. Each period a node probes one member, itself and through three others. The traffic of a node does
///    not grow with the cluster; news reach everybody in a time that grows with its logarithm.
/// 2. Whoever does not answer is suspected, not dead: it is told, and may refute. The verdict comes the
///    sooner, the more members found the same; voices of the suspected do not count. It waits for nobody
///    who cannot answer: not for who is suspected itself, nor for who does not know the suspect and says so.
/// 3. A refused connection, or somebody else at the address, brings the verdict at once when two members
///    have found it, or all that can answer.
/// 4. A verdict is revocable: an incarnation is one life of one process, from its start to its end. A failed
///    life is asked for ever, slowly, and is told what it had said by the verdict; only its own answer that
///    says more takes the verdict back. What others say of it makes this node ask, and nothing else. For good
///    a life ends when it leaves, or when a later one is here.
/// 5. A verdict that is heard is believed only by those who have suspected the life for a period and have not
///    heard it in that time; for others it is one voice, and a reason to look. An accusation of more than the
///    accused has said is ignored by it.
/// 6. A newer incarnation of a member takes the place of the older; an older one is ignored. At another
///    address it is taken only when the older one does not answer, because its data directory may have been
///    copied.
/// 7. Of two live nodes with one name, or of two processes with one node id, all refuse the same one: the
///    member wins, the newcomer is refused; of two members the greater node id yields. A name counts as taken
///    only when its holder has given a sign of life since the refusals began (`refusal_patience`). The node
///    that is refused and one that refuses it both say so at once.
/// 8. Seeds and the addresses of failed members are asked for ever, slowly, so partitions merge by
///    themselves.
///
/// All nodes of a cluster trust each other to follow the protocol; what the bytes say is checked all the
/// same.
namespace chorus::membership::swim {

/// One node's view of the cluster: a pure protocol core.
class core {
public:
  using message = swim::message;
  using input = swim::input;
  using output = swim::output;

  /// Members asked to probe in this node's stead (SWIM, section 3.1: k).
  static constexpr std::size_t helpers = 3;

  /// Members that a round of gossip goes to.
  static constexpr std::size_t gossip_fanout = 4;

  /// So many members, on average, look for themselves when they hear of a suspicion.
  static constexpr std::size_t confirming_members = 6;

  /// Probes under way, of this node and for others; beyond, none is begun.
  static constexpr std::size_t probes_limit = 256;

  /// Members that are told directly when this node leaves; gossip tells the rest.
  static constexpr std::size_t farewells_limit = 64;

  /// Lives of which the others hear in an exchange that they have failed, and as many that have left: the
  /// latest.
  static constexpr std::size_t ended_lives_told = 64;

  /// Addresses without a member that are asked in one go.
  static constexpr std::size_t questions_at_once = 8;

  /// Nodes whose last suspicion is remembered; the one that ended longest ago makes room.
  static constexpr std::size_t reports_limit = 256;

  core(time_point now, config settings);

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point now, const input& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain();

  const member& self() const noexcept { return config_.self; }

  /// The members without this node, suspected ones included, by node id.
  std::vector<member> members() const;

  /// Whether that life has failed here, or is over. False for one that is not known, or not any more.
  bool has_ended(const peer& who) const;

  bool is_suspected(const node_id& who) const { return suspects_.contains(who); }

  /// The latest suspicion of a node, also when it is over; nothing if there was none that is remembered.
  std::optional<suspicion_report> why_suspected(const node_id& who) const;

  const swim::counters& counters() const noexcept { return counters_; }

private:
  enum class phase {
    running,
    gone, ///< has left
  };

  struct known_member {
    member who;
    chorus::refutation refutation;
    time_point since;                                  ///< it is a member
    std::optional<time_point> heard_at = std::nullopt; ///< it has spoken, or answered a helper; no hearsay
    std::optional<time_point> spoke_at = std::nullopt; ///< to this node
    bool acquainted = false;                           ///< it has spoken to this node, so it knows it
    std::optional<suspicion> suspected = std::nullopt;
    std::optional<time_point> trying_since = std::nullopt;        ///< a connection
    std::optional<time_point> refusals_count_from = std::nullopt; ///< the last one meant nothing
    std::optional<succession> successor = std::nullopt;           ///< who says that it is a later life of it
  };
  using known_members = std::map<node_id, known_member>;

  /// A question that waits for its answer. `asked_for` is set when it is asked in another's stead.
  struct probe {
    peer subject;
    time_point asked_at;
    time_point detour_at; ///< without an answer: ask helpers, or send a nack
    time_point ends_at;
    bool detoured = false;
    bool had_helpers = false;
    std::vector<peer> silent_helpers{}; ///< that have not said that they hear this node
    struct request {
      peer by;
      probe_number number;
    };
    std::optional<request> asked_for = std::nullopt;
  };

  struct name_conflict {
    member yields;
    member holder;
  };

  // -- core.cpp: inputs, and what is due when
  void handle(time_point now, const add_seed& what);
  void handle(time_point now, const unreachable& what);
  void handle(time_point now, const leave& what);
  void handle(time_point now, const update& what);
  void handle(time_point now, const connection_lost& what);
  void handle(time_point now, const connection_tried& what);
  void notice_own_pause(time_point now);

  // -- members.cpp: who is a member, and the end of that
  known_member* find(const peer& who);
  void take_up(time_point now, const alive& what);
  void fail(time_point now, known_members::iterator who);
  void end(time_point now, known_members::iterator who, member_over::why reason);
  known_member take_out(time_point now, known_members::iterator who, suspicion_report::outcome how);
  bool is_trusted(const peer& who) const;
  std::size_t cluster_size() const { return members_.size() + 1; }
  std::size_t count_trusted() const;

  // -- probing.cpp: SWIM's failure detector
  void handle(time_point now, const peer& from, const ping& what);
  void handle(time_point now, const peer& from, const ack& what);
  void handle(time_point now, const peer& from, const ping_request& what);
  void handle(time_point now, const peer& from, const indirect_ack& what);
  void handle(time_point now, const peer& from, const nack& what);
  void probe_next(time_point now);
  bool start_probe(time_point now, known_member& subject, std::optional<probe::request> asked_for = {});
  void advance_probes(time_point now);
  void take_detour(time_point now, probe_number number, probe& waiting);
  void fail_probe(time_point now, const probe& over);
  void hear_stranger(time_point now, const peer& from, const peer& expected);
  probe_number take_number();

  // -- suspecting.cpp: suspicion, refutation and verdict
  void accuse(time_point now, known_member& subject, const std::vector<voice>& voices, chorus::refutation of);
  void accuse_myself(time_point now, known_member& subject, evidence what);
  void look_myself(time_point now, known_member& subject, bool also_connect);
  void try_connection_to(time_point now, known_member& subject);
  void end_suspicion(time_point now, known_member& subject, suspicion_report::outcome how);
  void remember(suspicion_report report);
  void trust(time_point now, known_member& subject);
  void weigh_suspicions();
  void judge_suspects(time_point now);
  void refute(time_point now, chorus::refutation accused);
  void say_more(time_point now);
  void tell_suspicions(time_point now, const known_member& newcomer);
  void abstain(const peer& mistaken, const peer& subject);
  void handle(time_point now, const peer& from, const abstention& what);
  suspicion_report report_of(const suspicion& what) const;

  // -- spreading.cpp: rumours, heard and said
  void hear(time_point now, const peer& from, const rumour& what);
  void hear(time_point now, const peer& from, const alive& what);
  void hear(time_point now, const peer& from, const suspect& what);
  void hear(time_point now, const peer& from, const failed& what);
  void hear(time_point now, const peer& from, const left& what);
  bool is_believed(time_point now, const failed& what, const known_member& subject) const;
  void doubt(time_point now, const failed& what, known_member& subject);
  void handle(time_point now, const peer& from, const gossip& what);
  void spread(time_point now, rumour what);
  void spread_again(time_point now, rumour what);
  bool say_how_it_ended(time_point now, const peer& mistaken, const peer& who);
  void correct(time_point now, const peer& mistaken, const rumour& what);
  void meet_ended_life(time_point now, const peer& who, ended_lives::life& ended);
  void gossip_now(time_point now);
  void send(const known_member& to, content what, unsigned times = 1);
  alive speak() const { return {config_.self, refutation_}; }

  // -- joining.cpp: who comes, and where to ask
  void handle(time_point now, const peer& from, const hello& what);
  void meet_successor(time_point now, const peer& listener, const address& where);
  void meet_newcomer(time_point now, const hello& what, bool hears);
  void welcome(time_point now, const hello& what);
  void introduce(time_point now, const address& where);
  void note_question(time_point now, const address& where);
  void tell_unreachable(time_point now, const member& newcomer);
  bool is_in() const { return !members_.empty() || !has_seeds_; }
  void ask_contacts(time_point now);
  void ask_out_of_turn(time_point now, const address& where);
  void ask(time_point now, const address& where, failed_lives::life* failed);
  hello greet() const;
  void greet_back(time_point now, const hello& what, std::optional<address> asked_at);

  // -- returning.cpp: lives that have failed, and come back or end
  void meet_failed(time_point now, const peer& from, const message& what);
  bool takes_back(const failed_lives::life& failed, const hello& answer) const;
  bool may_ask(time_point now, const failed_lives::life& failed) const;
  void ask_failed(time_point now, failed_lives::life& failed);
  bool hear_of_failed(time_point now, const alive& what);
  void end_failed(time_point now, failed_lives::life& failed, member_over::why reason);
  void hear_own_failure(time_point now, const peer& by, const failure& what);

  // -- succeeding.cpp: several processes with one node id
  void meet_own_node_id(time_point now, const member& other, bool other_is_in);
  bool may_succeed(time_point now, const member& comer);
  bool is_twin(time_point now, const member& comer);
  void vacate(time_point now, known_member& subject);

  // -- names.cpp: names that two have
  void handle(time_point now, const peer& from, const refusal& what);
  std::optional<name_conflict> find_conflict(const hello& newcomer) const;
  void settle(time_point now, const name_conflict& conflict);
  void settle_own_name(time_point now);
  void heed_refusal(time_point now, const refusal& what);
  void refuse(time_point now, refusal::why reason, const member& who, const member& holder);
  refusal explain(time_point now, refusal::why reason, const peer& subject, const member& holder) const;

  // -- exchanging.cpp: push and pull of whole views
  void handle(time_point now, const peer& from, const summary& what);
  void handle(time_point now, const peer& from, const page& what);
  void hear_view(time_point now, const peer& from, const std::vector<rumour>& entries);
  void compare_views(time_point now);
  void send_view(time_point now, const known_member& to);
  std::vector<rumour> view(time_point now) const;
  std::uint64_t view_digest() const;

  config config_;
  timing times_;
  random_generator chance_;
  contact_list contacts_;
  probe_schedule schedule_;
  rumour_queue rumours_;
  round_trip_estimator round_trips_;
  local_health health_;
  failed_lives failed_;
  ended_lives ended_;
  expulsion expulsion_;

  phase phase_ = phase::running;
  chorus::refutation refutation_;
  known_members members_;
  std::set<node_id> suspects_;
  bool weights_changed_ = false;                ///< of voices against suspects
  std::map<node_id, suspicion_report> reports_; ///< of suspicions that are over

  std::map<probe_number, probe> probes_;
  probe_number next_number_;
  refusal_patience refused_;
  waiting_room newcomers_;
  rate_limit refusals_told_; ///< to the log, by node
  bool rejected_ = false;
  bool has_seeds_ = false;

  time_point next_probe_;  ///< this and the next two count while there are members
  time_point next_gossip_; ///< counts while there are rumours
  time_point next_exchange_;
  duration exchange_gap_;    ///< after an exchange in which views differed
  time_point next_question_; ///< not before
  time_point ran_at_;
  time_point began_at_; ///< this life
  output output_;
  swim::counters counters_;
};

} // namespace chorus::membership::swim
