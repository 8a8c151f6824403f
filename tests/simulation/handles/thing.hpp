#pragma once

#include <chorus/handles/introductions.hpp>
#include <chorus/runtime/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace chorus::testing {

/// An actor, or the proxy of one: what a handle points to.
struct thing {
  thing(const handles::actor_name& stands_for, relation_number under) : name(stands_for), with_home(under) {}
  thing(const thing&) = delete;
  thing& operator=(const thing&) = delete;

  ~thing() {
    if (on_last_handle)
      on_last_handle();
  }

  /// Ends once; whoever monitors it is told.
  void end() {
    if (std::exchange(is_dead, true))
      return;
    for (const auto& tell : std::exchange(monitors, {}))
      tell();
  }

  const handles::actor_name name;
  const relation_number with_home; ///< 0: an actor, or the proxy of one that had ended
  bool is_dead = false;
  std::uint64_t returned = 0;
  std::function<void()> on_last_handle; ///< of an actor that lives
  std::vector<std::function<void()>> monitors;
};

using thing_handle = std::shared_ptr<thing>;

/// What a thing is for the tables of `handles/`.
struct thing_kind {
  using handle = thing_handle;
  using weak_handle = std::weak_ptr<thing>;
  using reason = int;

  static weak_handle weaken(const handle& one) { return one; }
  static bool is_unused(const handle& one) { return one.use_count() == 1; }
  static std::size_t drop_watches(const handle&) { return 0; }
  static std::uint64_t returned(const handle& one) { return one->returned; }
  static void take_back_returned(const handle& one) { --one->returned; }
};

} // namespace chorus::testing
