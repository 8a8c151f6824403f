#pragma once

#include <chorus/membership/full_mesh.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chorus::membership::full_mesh {

/// Several nodes and the network between them, under one seed and one clock: what goes wrong is named,
/// and counted, so that a test can say that it really went wrong.
class mesh_world {
public:
  struct faults {
    double loss = 0;
    double doubling = 0;
    duration delay_at_least = std::chrono::microseconds{200};
    duration delay_at_most = std::chrono::milliseconds{2}; ///< datagrams overtake each other
  };

  struct fault_counters {
    int lost = 0;
    int doubled = 0;
    int overtaken = 0;
    int cut = 0;
  };

  explicit mesh_world(std::uint64_t seed) : chance_(seed) {}

  /// Starts a process, which listens at `<host>:4000` with the name `name` and the node id `number`.
  /// A node that ran before gets a greater incarnation.
  struct process {
    std::string name;
    std::string host;
    std::uint64_t number = 0;
    std::vector<std::string> seeds;
  };
  void start(const process& what);

  /// Short for a process whose name is its host; its number is that of the letter: a = 1, b = 2, ...
  void start(const std::string& letter, const std::vector<std::string>& seeds = {});

  void crash(const std::string& host);
  void leave(const std::string& host);
  void lose_link(const std::string& host, const std::string& to);

  /// The process gets no turn, but the network keeps its datagrams.
  void pause(const std::string& host);
  void resume(const std::string& host);

  /// Nothing passes from one to the other, in this direction.
  void cut(const std::string& from, const std::string& to);
  void part(const std::vector<std::string>& some, const std::vector<std::string>& others);
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

  /// The lives that a process sees, as "b/1 c/2".
  std::string view_of(const std::string& host) const;

  /// What a process reported since the last call, as "+b/1 -c/1:failed declared_failed".
  std::string story_of(const std::string& host);

  int count(const std::string& what) const;

  const core& at(const std::string& host) const;
  time_point now() const { return now_; }

  faults network;
  fault_counters seen;

private:
  struct node {
    process what;
    peer who;
    std::optional<core> mesh;
    bool paused = false;
    std::vector<std::string> story;
    std::vector<std::pair<peer, message>> waiting; ///< while paused
  };

  struct datagram {
    std::string to;
    std::uint64_t written = 0;
    peer from;
    message content;
  };

  bool step(time_point end);
  void perform(node& actor);
  void deliver(datagram what);
  void send(const node& from, const std::string& host, const message& content);
  std::optional<std::pair<time_point, std::string>> next_tick() const;

  random_generator chance_;
  time_point now_{std::chrono::hours{1}};
  std::map<std::string, node> nodes_;
  std::map<std::uint64_t, chorus::incarnation> lives_;
  std::set<std::pair<std::string, std::string>> cuts_;
  std::multimap<time_point, datagram> under_way_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> newest_; ///< that arrived, by (from, to)
  std::uint64_t written_ = 0;
  std::map<std::string, int> counts_;
};

/// The member that a process of `mesh_world` is.
member someone(const std::string& name, std::uint64_t number, std::uint64_t life = 1);

} // namespace chorus::membership::full_mesh
