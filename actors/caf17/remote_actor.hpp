#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>

#include <caf/actor_proxy.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace chorus {

class remote_node;

} // namespace chorus

namespace chorus::caf17 {

class remote_actor;

/// The watcher, and a life that is over.
using life_watcher = std::function<void(caf::abstract_actor&, const peer&)>;

/// Where proxies hand on what concerns the actors they stand for: the node's remoting.
class gateway {
public:
  virtual ~gateway() = default;

  /// Sends `what` to the actor that `target` stands for. In the sender's thread.
  virtual void forward(const remote_actor& target, caf::mailbox_element& what) = 0;

  enum class linking : std::uint8_t { linked, unlinked };

  /// A local actor has linked itself to the proxy, or unlinked. Both actors' locks are held: do nothing
  /// here that asks either of them.
  virtual void link_changed(const remote_actor& target, caf::strong_actor_ptr local, linking what) = 0;

  /// Whether there is a link to the life of the actor that `target` stands for. From any thread.
  virtual bool is_in_reach(const remote_actor& target) const = 0;

  /// Calls `told` with each life of another node that is over from now on, as long as `watcher` exists. From
  /// any thread; `told` is called in the I/O thread.
  virtual void watch_lives(caf::weak_actor_ptr watcher, life_watcher told) = 0;
};

/// The local proxy of an actor on another node: what a remote `caf::actor` points to.
///
/// It ends when the actor there ends or its node is lost; local monitors and links then fire as
/// for a local actor, because CAF's own bookkeeping of them is kept here.
///
/// A link is kept on this side only: the local actor's end reaches the other node as the end of a handle
/// that it holds, where the same is done for its actor. So each of the two hears of the other once.
class remote_actor final : public caf::actor_proxy {
public:
  /// `home` is null for a proxy that is born dead.
  remote_actor(
      caf::actor_config& settings,
      actor_reference stands_for,
      std::shared_ptr<remote_node> home,
      std::shared_ptr<gateway> hub
  );

  const actor_reference& reference() const noexcept { return reference_; }
  remote_node* home() const noexcept { return home_.get(); }

  /// How often its handle was sent to its home, as receiver of a message or inside one.
  std::uint64_t returned() const noexcept { return returned_.load(std::memory_order_relaxed); }
  void count_returned() const noexcept { returned_.fetch_add(1, std::memory_order_relaxed); }
  void take_back_returned() const noexcept { returned_.fetch_sub(1, std::memory_order_relaxed); }

  /// Whether anybody here monitors it or is linked to it.
  bool is_watched();

  /// CAF keeps the monitors and links of an actor that has ended where they are; they would hold the
  /// proxy, and so the actor there, for ever. Gives how many it has looked at; none if somebody else holds
  /// the actor's lock now, for whom the caller's locks may be next.
  std::size_t drop_watches_of_nobody();

  /// The actor there has linked itself to `local`, or unlinked.
  void accept_link(const caf::strong_actor_ptr& local);
  void accept_unlink(const caf::strong_actor_ptr& local);

  /// `gateway::is_in_reach`; not once this proxy has ended.
  bool is_in_reach() const;

  /// `gateway::watch_lives`, of all lives that its node knows.
  void watch_lives(caf::weak_actor_ptr watcher, life_watcher told) const;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) override;
  bool add_backlink(caf::abstract_actor* local) override;
  bool remove_backlink(caf::abstract_actor* local) override;
  void kill_proxy(caf::execution_unit* context, caf::error reason) override;
  const char* name() const override;

private:
  const actor_reference reference_;
  const std::shared_ptr<remote_node> home_;
  const std::shared_ptr<gateway> hub_;
  mutable std::atomic<std::uint64_t> returned_ = 0;
};

} // namespace chorus::caf17
