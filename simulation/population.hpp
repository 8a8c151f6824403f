#pragma once

#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/process.hpp>
#include <chorus/simulation/world.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// A wire that says a message in a few words, for the transcript.
template <class Wire, class Message>
concept describing_wire = requires(const Message& message) {
  { Wire::describe(message) } -> std::convertible_to<std::string>;
};

/// A process that is one protocol core under the production driver.
template <protocol_core Core>
class core_process : public process {
public:
  virtual const Core& core() const noexcept = 0;
  virtual void apply(const typename Core::input& what) = 0;
};

/// Runs one core of the present life of a node. `OnStep(node&, step)` is called for every step of its
/// output that the driver does not perform itself (driver.hpp).
template <protocol_core Core, class Wire, class OnStep>
class driven_process final : public core_process<Core> {
public:
  /// `on_step` must outlive the process.
  driven_process(node& at, Core core, OnStep& on_step)
      : node_(at), on_step_(on_step), timer_(at.make_timer([this] { driver_.wake(); })),
        driver_(std::move(core), *this, at.network(), *timer_, &at.store()) {
    if constexpr (std::is_constructible_v<typename Core::input, persisted>)
      at.on_persisted([this](persist_token token) { driver_.persisted(token); });
  }

  void start() override { driver_.perform(); }

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override {
    driver_.receive(from, head, body);
  }

  std::string describe(const wire_message& content) const override {
    if constexpr (describing_wire<Wire, typename Core::message>) {
      auto message = Wire::decode(shared_bytes{content.head}, content.body);
      return message ? Wire::describe(*message) : to_string(message.failure());
    } else {
      return process::describe(content);
    }
  }

  const Core& core() const noexcept override { return driver_.core(); }
  void apply(const typename Core::input& what) override { driver_.apply(what); }

  // what the driver calls
  template <class Step>
  void perform(Step&& step) {
    on_step_(node_, std::forward<Step>(step));
  }
  void malformed(const peer&, const error& problem) { node_.note("cannot read it: " + problem.what); }

private:
  node& node_;
  OnStep& on_step_;
  std::unique_ptr<clock_seam> timer_;
  driver<Core, Wire, driven_process> driver_;
};

/// Nodes that all run the same core: what `run_cores` returns.
template <protocol_core Core>
class population {
public:
  explicit population(std::vector<node*> members) : members_(std::move(members)) {}

  std::size_t size() const noexcept { return members_.size(); }

  /// Pre: `place < size()`.
  node& operator[](std::size_t place) const { return *members_[place]; }

  /// Nothing while the node is down.
  const Core* core(std::size_t place) const {
    auto* process = process_at(place);
    return process == nullptr ? nullptr : &process->core();
  }

  /// An input from the node's own side. False if the node is down or paused: nobody is there to give it.
  bool apply(std::size_t place, const typename Core::input& what) {
    if (!members_[place]->is_awake())
      return false;
    process_at(place)->apply(what);
    return true;
  }

private:
  core_process<Core>* process_at(std::size_t place) const {
    return static_cast<core_process<Core>*>(members_[place]->running());
  }

  std::vector<node*> members_;
};

/// Adds `count` nodes and starts them when all are there: a core may ask for the ids of its peers.
/// `make_process(node&)`: a `core_process<Core>`.
template <protocol_core Core, class MakeProcess>
population<Core> add_population(world& around, std::size_t count, MakeProcess make_process) {
  std::vector<node*> members;
  for (; count > 0; --count)
    members.push_back(&around.add_node(node_name(around.size()), make_process));
  for (auto* each : members)
    each->start();
  return population<Core>{std::move(members)};
}

/// Adds `count` nodes and starts them: they run a core, under the production driver, from now on and after
/// each restart.
///
/// `Wire`: how the core's messages look as bytes, as for the driver. If it has `describe(message)`, the
/// transcript tells messages in its words.
/// `make(node&)`: a new core, for a new life. `at.self()` is who it is; `at.disk().records()` what an
/// earlier life has left. All nodes are there before the first core is made: `at.around()` knows their ids.
/// `on_step(node&, step)`: what the core tells its node; takes every type of step.
template <class Wire, class Make, class OnStep>
auto run_cores(world& around, std::size_t count, Make make, OnStep on_step) {
  using core = std::invoke_result_t<Make&, node&>;
  struct shared {
    Make make;
    OnStep on_step;
  };
  auto all = std::make_shared<shared>(shared{std::move(make), std::move(on_step)});
  return add_population<core>(around, count, [all](node& at) -> std::unique_ptr<process> {
    return std::make_unique<driven_process<core, Wire, OnStep>>(at, all->make(at), all->on_step);
  });
}

} // namespace chorus::simulation
