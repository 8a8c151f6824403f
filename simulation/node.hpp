#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/adversary.hpp>
#include <chorus/simulation/disk.hpp>
#include <chorus/simulation/local_clock.hpp>
#include <chorus/simulation/packet.hpp>
#include <chorus/simulation/process.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chorus::simulation {

class timer;
class world;

/// A machine in a world: a clock, a disk, a place in the network, and at most one process.
///
/// Its `node_id` stays; each start of its program is a new incarnation. A crashed node has no process; what
/// is sent to it is lost. A paused one has a process that gets no turn; packets that come in meanwhile wait,
/// up to `limit_waiting`, and the rest is lost.
///
/// Faults come from outside: never from within a call of the process.
class node final : private network_seam, private store_seam {
public:
  /// Packets that wait for a paused or slow process: what a socket's buffer holds.
  static constexpr std::size_t limit_waiting = 1'000;

  /// Belongs to `around`, which makes it (`world::add_node`).
  node(world& around, node_index index, std::string name, program what, random_generator chance);
  ~node() override;

  const std::string& name() const noexcept { return name_; }
  node_index index() const noexcept { return index_; }

  /// The present life, or the last one.
  peer self() const noexcept { return self_; }

  bool is_running() const noexcept { return process_ != nullptr; }
  bool is_paused() const noexcept { return paused_; }

  /// Whether a call of the process now is what a running program could do.
  bool is_awake() const noexcept { return is_running() && !paused_; }

  /// The process, or nothing while the node is down.
  process* running() noexcept { return process_.get(); }

  // -- for the process -----------------------------------------------------------------------------------

  network_seam& network() noexcept { return *this; }

  /// Answers through the function given to `on_persisted`.
  store_seam& store() noexcept { return *this; }
  void on_persisted(std::function<void(persist_token)> done) { persisted_ = std::move(done); }

  /// A clock of this node that calls `wake` when the armed moment has come. Must not outlive the process.
  std::unique_ptr<clock_seam> make_timer(std::function<void()> wake);

  /// What the node's clock shows.
  time_point now() const;

  random_generator& chance() noexcept { return chance_; }

  /// A line in the transcript: `<name> <what>`.
  void note(const std::string& what);

  world& around() noexcept { return around_; }

  // -- faults -----------------------------------------------------------------------------------------

  /// Pre: no process runs.
  void start();
  void crash();
  void pause();
  void resume();

  /// Each packet takes that long to be received; zero is normal.
  void set_slowness(duration each_packet) { slowness_ = each_packet; }

  /// Packets take long to be received, or still wait from when they did.
  bool is_slow() const noexcept { return slowness_ != duration::zero() || being_received_ > 0; }

  void set_clock_rate(std::int64_t millionths);
  void jump_clock(duration by);
  std::int64_t clock_rate() const noexcept { return clock_.rate(); }

  simulation::disk& disk() noexcept { return disk_; }
  const simulation::disk& disk() const noexcept { return disk_; }

  /// From now on this one speaks for the node; nothing for the truth again.
  void set_adversary(std::unique_ptr<adversary> who) { adversary_ = std::move(who); }

  // -- for the world ----------------------------------------------------------------------------------

  void arrive(packet what);
  void connection_reset(const node_id& other);
  void hear_of(const peer& other);

private:
  friend class timer;

  /// A process that gets a turn: at once, or when it is resumed; never in another run of the program.
  void give_turn(std::function<void(process&)> what);
  void receive(process& at, packet& what);

  // what the process calls
  void send(const peer& to, wire_message message) override;
  void persist(persist_token token, byte_buffer record) override;

  world& around_;
  const node_index index_;
  const std::string name_;
  const program program_;
  random_generator chance_;
  peer self_;
  local_clock clock_;
  simulation::disk disk_;
  std::unique_ptr<adversary> adversary_;

  std::unique_ptr<process> process_;
  std::function<void(persist_token)> persisted_;
  std::uint64_t runs_ = 0; ///< starts of the program
  std::vector<timer*> timers_;

  bool paused_ = false;
  std::deque<std::function<void(process&)>> waiting_; ///< while paused
  duration slowness_{};
  time_point busy_until_;
  std::size_t being_received_ = 0; ///< packets that wait for a slow node
};

/// The usual names of nodes: A, B, ..., Z, node 27, ...
std::string node_name(node_index index);

} // namespace chorus::simulation
