#pragma once

#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/simulation/link_layer.hpp>
#include <chorus/simulation/node.hpp>
#include <chorus/simulation/population.hpp>
#include <chorus/simulation/world.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// A link to that life is open: from now on messages arrive there once and in order.
struct link_up {
  peer other;
};

/// The link is gone. What the other had not acknowledged may or may not have arrived. Another link to the
/// same life may be up later.
struct link_down {
  peer other;
};

/// Two parts of a message as the one payload of a link's message.
shared_bytes joined(const wire_message& parts);

/// The two parts of a payload, sharing its memory; an error if it is none of `joined`.
result<std::pair<shared_bytes, shared_bytes>> parted(const shared_bytes& payload);

/// A process that is one protocol core over links, both under the production driver.
///
/// What the core transmits goes over the link to that life, if there is one that is open; else it is lost.
/// A link that takes no more because its buffer is full is closed: to leave out one message would break the
/// order of all others.
template <protocol_core Core, class Wire, class OnStep, class OnLink>
class linked_process final : public core_process<Core>, private link_layer::user, private network_seam {
public:
  /// `on_step` and `on_link` must outlive the process.
  linked_process(node& at, Core core, const link::config& limits, OnStep& on_step, OnLink& on_link)
      : node_(at), on_step_(on_step), on_link_(on_link), timer_(at.make_timer([this] { driver_.wake(); })),
        links_(at, *this, limits), driver_(std::move(core), *this, *this, *timer_, &at.store()) {
    if constexpr (std::is_constructible_v<typename Core::input, persisted>)
      at.on_persisted([this](persist_token token) { driver_.persisted(token); });
  }

  void start() override { driver_.perform(); }

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override {
    links_.receive(from, head, body);
  }

  void reconnected(const node_id& other) override { links_.reconnected(other); }
  void life_began(const peer& other) override { links_.life_began(other); }
  std::string describe(const wire_message& content) const override { return link_layer::describe(content); }

  const Core& core() const noexcept override { return driver_.core(); }
  void apply(const typename Core::input& what) override { driver_.apply(what); }

  // what the driver calls
  template <class Step>
  void perform(Step&& step) {
    on_step_(node_, std::forward<Step>(step));
  }
  void malformed(const peer&, const error& problem) { node_.note("cannot read it: " + problem.what); }

private:
  // what the driver sends
  void send(const peer& to, wire_message message) override {
    if (up_.contains(to))
      links_.apply(to, link::send{{1, 1}, link::urgency::ordinary, joined(message)});
  }

  // what the links tell
  void perform(const peer& other, const link::established&) override {
    up_.insert(other);
    tell(link_up{other});
  }

  void perform(const peer& other, link::delivered&& step) override {
    if (auto parts = parted(step.payload)) {
      note_delivery(other, parts->first, parts->second);
      driver_.receive(other, parts->first, parts->second);
    } else {
      node_.note("cannot read it: " + parts.failure().what);
    }
    links_.apply(other, link::consumed{step.cost});
  }

  void perform(const peer& other, link::refused&&) override { links_.apply(other, link::close{}); }

  void perform(const peer&, const link::released&) override {}

  void perform(const peer& other, link::closed&& step) override {
    node_.note("has no link to " + to_string(other) + " any more: " + std::string{to_string(step.reason)});
    if (up_.erase(other) > 0)
      tell(link_down{other});
  }

  template <class News>
  void tell(const News& news) {
    std::optional<typename Core::input> input = on_link_(node_, news);
    if (input)
      driver_.apply(*input);
  }

  void note_delivery(const peer& from, const shared_bytes& head, const shared_bytes& body) {
    if constexpr (describing_wire<Wire, typename Core::message>)
      if (node_.around().story().is_on())
        if (auto message = Wire::decode(head, body))
          node_.note("is told by " + to_string(from) + ": " + Wire::describe(*message));
  }

  node& node_;
  OnStep& on_step_;
  OnLink& on_link_;
  std::set<peer> up_; ///< of which the core was told
  std::unique_ptr<clock_seam> timer_;
  link_layer links_;
  driver<Core, Wire, linked_process> driver_;
};

/// As `run_cores`, for cores that need their messages once and in order: they run over links, which run over
/// the faulty network.
///
/// `limits`: of every link (link_layer.hpp).
/// `on_link(node&, news)`: what the core is to be told of its links: takes `link_up` and `link_down`, returns
/// an optional input of the core.
template <class Wire, class Make, class OnStep, class OnLink>
auto run_cores_over_links(
    world& around, std::size_t count, link::config limits, Make make, OnStep on_step, OnLink on_link
) {
  using core = std::invoke_result_t<Make&, node&>;
  struct shared {
    link::config limits;
    Make make;
    OnStep on_step;
    OnLink on_link;
  };
  auto all = std::make_shared<shared>(shared{
      std::move(limits), std::move(make), std::move(on_step), std::move(on_link)});
  return add_population<core>(around, count, [all](node& at) -> std::unique_ptr<process> {
    return std::make_unique<linked_process<core, Wire, OnStep, OnLink>>(
        at, all->make(at), all->limits, all->on_step, all->on_link
    );
  });
}

} // namespace chorus::simulation
