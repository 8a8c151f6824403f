#pragma once

#include "hosts.hpp"
#include "member_process.hpp"
#include "membership_books.hpp"
#include "protocol.hpp"

#include <chorus/simulation/coverage.hpp>
#include <chorus/simulation/world.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::testing {

/// Machines on which processes come, change, leave, crash and come back, under the same node id and perhaps
/// at another address; their books; and what else may happen to them that the simulator does not know:
/// firewalls that reject, and hosts that end with their process, so that nobody refuses a connection.
class member_cluster {
public:
  using node_index = simulation::node_index;

  /// Who wants to hear what processes report.
  class listener {
  public:
    virtual ~listener() = default;
    virtual void failed(const member_process& at, const peer& who) = 0;
    virtual void over(const member_process& at, const membership::member_over& what) = 0;
    virtual void was_suspected(const member_process& at, const peer& who) = 0;
  };

  /// Machines that stay off until somebody starts a newcomer.
  static constexpr std::size_t spares = 2;

  /// Makes the process of a node that starts.
  using program = std::function<
      std::unique_ptr<member_process>(simulation::node& at, member_cluster& all, membership::member self)>;

  /// Adds that many machines and the spare ones; nothing runs yet. Both must outlive the cluster.
  member_cluster(simulation::world& around, std::size_t machines, listener& who, const program& make = std::make_unique<member_process, simulation::node&, member_cluster&, membership::member>);

  simulation::world& around() const noexcept { return around_; }
  membership_books& books() noexcept { return books_; }
  const membership_books& books() const noexcept { return books_; }
  const testing::hosts& hosts() const noexcept { return hosts_; }
  std::size_t machines() const noexcept { return machines_.size(); }

  /// The processes that run.
  const std::map<node_index, member_process*>& processes() const noexcept { return processes_; }

  /// What those that do not leave say about themselves.
  std::map<node_id, membership::member> alive() const;

  /// One that is awake and does not leave; nothing if there is none.
  member_process* pick(random_generator& chance) const;

  // -- work -------------------------------------------------------------------------------------------

  /// Some machines start at once, the first one without seeds, the others with the first one as seed.
  void found(random_generator& chance);

  /// All machines start but the spare ones, with the first one as seed.
  void start_all();

  /// One piece of work of any kind.
  void work(random_generator& chance);

  /// On a machine that is down and no spare one, if there is one.
  void start_somebody(random_generator& chance);

  /// A node that nobody has met, on a spare machine, if one is left: at an address of its own, or at
  /// `successor_at`, where another process has ended.
  void start_newcomer(random_generator& chance, const std::optional<address>& successor_at);

  /// A process of another program, on a machine that is down: it says that it is that life, as one does whose
  /// data directory is a copy. Nothing that it reports is in the books. Nothing if all machines run.
  using copy_program =
      std::function<std::unique_ptr<simulation::process>(simulation::node& at, membership::member self)>;
  simulation::node* start_copy(const membership::member& of, const copy_program& make);
  void end_copy(simulation::node& at);

  /// Some processes crash at the same moment.
  void kill_some(random_generator& chance);

  /// Where the process of that machine listens, or listened last.
  const address& address_of(node_index which) const { return machines_[which].where; }

  /// Whether anybody suspects anybody.
  bool has_open_suspicion() const;

  /// The process ends a while after it has said so.
  void leave(member_process& who, duration ends_after);

  /// `here` refuses its own connections to these, for that time.
  void reject(member_process& here, const std::vector<node_index>& others, duration length);

  /// Nothing that the others say reaches `who`, for that time.
  void deafen(const member_process& who, duration length);

  /// What `who` says reaches one other process only, for that time. Returns which.
  node_id muffle(const member_process& who, random_generator& chance, duration length);

  /// The process crashes; with its host or alone, instead of by chance.
  void crash(member_process& who, bool with_host);

  // -- after the storm --------------------------------------------------------------------------------

  /// Those who leave have left, and firewalls are lifted.
  void calm_down();

  /// Processes of which none knows any address of the others cannot meet: an operator gives one of them a
  /// seed.
  void help_to_meet();

  /// Whether packets pass between these two and all others, and both do what they should in time.
  bool can_talk(const node_id& one, const node_id& other) const;

  // -- coverage ---------------------------------------------------------------------------------------

  void met(std::string_view what) { met_.add(what); }
  void met_if(bool happened, std::string_view what) { met_.add(what, happened); }
  void count(simulation::coverage& met) const;

  // -- what processes say -----------------------------------------------------------------------------

  void ended(member_process& who);
  void complain(const std::string& what) { books_.complain(what); }
  void failed(const member_process& at, const peer& who);
  void over(const member_process& at, const membership::member_over& what);
  void was_suspected(const member_process& at, const peer& who);
  void was_trusted(const member_process& at, const peer& who);

private:
  struct machine {
    std::string name; ///< of its next process
    address where;
    membership::metadata about;
    int addresses = 0; ///< that it has had of its own
  };

  std::size_t regulars() const noexcept { return machines_.size() - spares; }
  void start(node_index which, const std::vector<address>& seeds);
  void choose_address(node_index which, random_generator& chance);
  std::vector<address> seeds_for(node_index which, random_generator& chance) const;
  void set_up_firewall(random_generator& chance);
  const membership::member* pick_member_of(const member_process& who, random_generator& chance) const;
  void give_up_some_link(const member_process& who, random_generator& chance);
  void accuse_somebody_of_too_much(const member_process& who, random_generator& chance);
  void count_suspicion(const membership::suspicion_report& what);

  simulation::world& around_;
  listener& listener_;
  random_generator chance_;
  testing::hosts hosts_;
  membership_books books_;
  simulation::coverage met_;
  std::vector<machine> machines_;
  std::map<node_index, member_process*> processes_;
  std::map<node_index, std::function<std::unique_ptr<simulation::process>(simulation::node&)>> copies_;
};

} // namespace chorus::testing
