#pragma once

#include <chorus/membership/peers/back_off.hpp>
#include <chorus/membership/peers/events.hpp>
#include <chorus/membership/peers/former_nodes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

/// The one table that says, of every life that this node knows, what relation it has with it and why.
///
/// Membership says who is a member; the links say which relations begin and end. Both go in here, and the
/// order of what follows comes out: open, end, up, down, gone. No other class keeps a table of who is alive.
///
/// What holds:
///
/// 1. A life has at most one relation at a time. Numbers come from one counter and are never reused.
/// 2. `peer_up` and `peer_down` alternate for each life; after `left` or `restarted` nothing follows.
/// 3. Only members get a relation, and a member has one: it is opened at once, again after the other end has
///    ended it, and after a pause when this end gave up (`back_off`). During the pause a hello is not
///    answered if the relation had been up: what had worked and then failed is not to fail again at once.
/// 4. What one link knows ends one relation and nothing else: membership is told `unreachable`, and looks.
namespace chorus::membership::peers {

struct settings {
  /// For the goodbye of a life that has left: what it sent before is on its way.
  duration goodbye_within = std::chrono::seconds{4};

  /// For membership to say why a relation ended whose other end said goodbye or has restarted, and for a
  /// hello that ended one to come again.
  duration news_within = std::chrono::seconds{2};
};

class core {
public:
  explicit core(peers::settings settings = {}) : settings_(settings) {}

  void apply(time_point now, const input& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;

  /// What to do, in this order.
  std::vector<step> drain();

  // -- what is known -------------------------------------------------------------------------------------

  /// The relation with that life; none if there is none.
  relation_number relation_with(const peer& who) const;

  /// That life, if it is in the table: it is a member, or its relation still ends. Null if not.
  const member* find_member(const peer& who) const;

  bool is_up(const peer& who) const;

  /// Those that are up, ascending.
  std::vector<peer_up> all_up() const;

  /// Whether there is a doubt that `heard` would take back. Cheap while there is none about anybody.
  bool is_questioned(const peer& who) const;

  /// Lives in the table.
  std::size_t size() const noexcept { return lives_.size(); }

private:
  /// What membership says.
  enum class state : std::uint8_t {
    member,
    failed,  ///< or unknown; only while its relation ends
    leaving, ///< its goodbye is awaited
    over,    ///< only while its relation ends
  };

  /// Between two relations.
  struct pause {
    time_point until;
    bool is_deaf = false; ///< a hello does not end it
  };

  struct life {
    member who;
    enum state state = state::member;
    relation_number relation;
    std::optional<time_point> up_since;
    std::optional<pause> waits;
    std::optional<time_point> goodbye_until;
    back_off tries;
    down_reason end = down_reason::failed; ///< as membership said last
    bool was_given_up = false;             ///< the relation, which still ends
    bool connection_broke = false;
    bool is_doubted = false;
  };
  using table = std::map<peer, life>;

  void on(time_point now, const joined& what);
  void on(time_point now, const failed& what);
  void on(time_point now, const left& what);
  void on(time_point now, const restarted& what);
  void on(time_point now, const greeted& what);
  void on(time_point now, const relation_established& what);
  void on(time_point now, const relation_closed& what);
  void on(time_point now, const given_up& what);
  void on(time_point now, const connection_broken& what);
  void on(time_point now, const connection_refused& what);
  void on(time_point now, const heard& what);

  void open(life& at, bool was_greeted);
  void end(life& at);
  void is_over(table::iterator which, state now_is, down_reason reason);
  void told_over(const member& who, down_reason reason);
  void go_on(time_point now, life& at, link::closed::why reason, bool was_up);
  void settle(table::iterator which);
  void trust(life& at);
  void end_question(life& at);
  table::iterator find(relation_number relation);

  peers::settings settings_;
  relation_number last_relation_;
  table lives_;
  std::map<relation_number, peer> relations_;
  former_nodes former_;
  std::size_t questions_ = 0; ///< lives whose connection broke
  std::vector<step> steps_;
};

} // namespace chorus::membership::peers
