#pragma once

#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chorus::membership::swim {

/// Several nodes and the network between them, under one seed and one clock: what goes wrong is named,
/// and counted, so that a test can say that it really went wrong. Messages travel as bytes.
class world {
public:
  struct faults {
    double loss = 0;
    double doubling = 0;
    duration delay_at_least = std::chrono::microseconds{200};
    duration delay_at_most = std::chrono::milliseconds{2}; ///< datagrams overtake each other
  };

  struct sums {
    std::uint64_t sent = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t cut = 0;
  };

  explicit world(std::uint64_t seed) : chance_(seed) {}

  /// A process, which listens at `<host>:4000` with the name `name` and the node id `number`. A node that
  /// ran before gets a greater incarnation.
  struct process {
    std::string name;
    std::string host;
    std::uint64_t number = 0;
    std::vector<std::string> seeds;
    metadata about = {};
    bool is_twin = false; ///< of a process that runs: it has the same incarnation
  };
  void start(const process& what);

  /// Short for a process whose name is its host; the first that is started has number 1, the next 2, ...
  void start(const std::string& host, const std::vector<std::string>& seeds = {});

  /// The process dies: its connections break, new ones are refused.
  void crash(const std::string& host);

  /// The machine is gone: nothing breaks and nothing answers.
  void vanish(const std::string& host);

  void leave(const std::string& host);
  void give_up_link(const std::string& host, const std::string& to);

  /// A datagram that nobody here has sent.
  void tell(const std::string& host, const peer& from, const message& what);
  void break_connection(const std::string& host, const std::string& to);
  void say(const std::string& host, const metadata& about);

  /// The process gets no turn, but the network keeps its datagrams and connections can be opened.
  void pause(const std::string& host);
  void resume(const std::string& host);

  /// Nothing passes from one to the other, in this direction.
  void cut(const std::string& from, const std::string& to);
  void part(const std::vector<std::string>& some, const std::vector<std::string>& others);

  /// A firewall rejects new connections from one to the other; datagrams pass, if they are not cut.
  void reject(const std::string& from, const std::string& to);
  void heal();

  void run_for(duration time);

  /// Runs until `condition` holds; false if it does not within `at_most`.
  template <class Condition>
  bool run_until(Condition&& condition, duration at_most) {
    for (auto end = now_ + at_most; !condition();)
      if (now_ >= end || !step(end))
        return condition();
    return true;
  }

  /// Every process that runs has exactly the others as members, in their present lives.
  bool is_whole() const;

  /// It is whole and nobody is suspected.
  bool is_calm() const;

  /// The lives that a process sees, as "b/1 c/2".
  std::string view_of(const std::string& host) const;

  /// What all processes see, for messages of tests.
  std::string views() const;

  /// What a process reported since the last call, as "+b/1 ?b/1 !b/1 -c/1:failed expelled by 3"; ? is
  /// suspected, ! is trusted, ~ is updated.
  std::string story_of(const std::string& host);

  /// What a process has had to say to its operator since it started, and when.
  struct said {
    time_point when;
    notice what;
  };
  std::vector<said> notices_of(const std::string& host) const;

  /// Forgets what everybody reported so far.
  void forget_stories();

  int count(const std::string& what) const;

  const core& at(const std::string& host) const { return *nodes_.at(host).swim; }
  node_id id_of(const std::string& host) const { return nodes_.at(host).who.node; }
  peer life_of(const std::string& host) const { return nodes_.at(host).who; }
  time_point now() const { return now_; }

  faults network;
  sums seen;

private:
  struct node {
    process what;
    peer who;
    std::optional<core> swim;
    bool paused = false;
    bool vanished = false;
    std::optional<time_point> deadline;
    std::map<peer, std::string> links; ///< the hosts of members
    std::vector<std::string> story;
    std::vector<said> notices;
    std::vector<std::pair<peer, shared_bytes>> waiting; ///< while paused
  };

  /// Something that arrives at a host: a datagram, or news of a connection.
  struct arrival {
    std::string to;
    peer from;
    shared_bytes datagram;
    std::optional<input> news;
  };

  bool step(time_point end);
  void perform(node& actor);
  void apply(const std::string& host, const input& what);
  void deliver(arrival what);
  using direction = std::pair<std::string, std::string>;
  void send(const node& from, const std::string& host, const message& what);
  void answer(const node& from, const reply<message>& what);
  void carry(const node& from, const std::string& host, const message& what, const direction& connection);
  void connect(const node& from, const try_connection& what);
  connection_tried::outcome connect_to(const std::string& from, const std::string& host) const;

  random_generator chance_;
  time_point now_{std::chrono::hours{1}};
  std::map<std::string, node> nodes_;
  std::map<std::string, std::uint64_t> numbers_;
  std::map<std::uint64_t, chorus::incarnation> lives_;
  std::set<direction> cuts_;
  std::set<direction> rejected_;
  std::multimap<time_point, arrival> under_way_;
  std::set<std::pair<time_point, std::string>> ticks_;
  std::map<std::string, int> counts_;
};

} // namespace chorus::membership::swim
