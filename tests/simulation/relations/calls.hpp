#pragma once

#include "../handles/handle_node.hpp"
#include "joint_books.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/caller_core.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/requests/server_core.hpp>
#include <chorus/runtime/time.hpp>

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace chorus::testing {

/// One actor that calls: the `caller_core` as its stub, whose tries are requests of `handle_node`. It calls
/// either servers themselves or routers, so that its numbers are those of one kind of target.
class joint_caller {
public:
  joint_caller(handle_node& node, joint_books& books, bool uses_routers, random_generator chance);

  /// Nothing if there is nobody to call.
  void begin(time_point now, requests::request_semantics how);

  /// False if the request is not one of its tries.
  bool
  ended(time_point now, std::uint64_t request, requests::request_fate fate, const request_content& answer);

  void tick(time_point now);
  std::optional<time_point> next_deadline() const { return core_.next_deadline(); }
  std::size_t open() const noexcept { return core_.open(); }
  const handles::actor_name& name() const { return self_->name; }

private:
  struct call_record {
    requests::request_semantics how;
    handles::actor_name target;
    std::optional<std::int64_t> answer;
  };

  thing_handle find(const handles::actor_name& target) const;
  thing_handle find_any();
  std::uint64_t key_of(std::uint64_t call) const { return 2 * call + (uses_routers_ ? 1 : 0); }

  void perform_steps(time_point now);
  void perform(time_point now, const requests::caller_core::send& step);
  void perform(time_point now, const requests::caller_core::find_target& step);
  void perform(time_point now, const requests::caller_core::ended& step);

  /// One way, and lost: the next call brings it.
  void perform(time_point, const requests::caller_core::acknowledge&) {}

  handle_node& node_;
  joint_books& books_;
  const bool uses_routers_;
  random_generator chance_;
  requests::caller_core core_;
  thing_handle self_;
  std::map<std::uint64_t, call_record> calls_;
  std::map<std::uint64_t, std::uint64_t> tries_; ///< of the core, by request
};

/// The calls of one process: two that call, a server with the `server_core` in front of it, and a router,
/// which delegates every call to one and the same server of another node.
class joint_calls {
public:
  joint_calls(handle_node& node, joint_books& books, random_generator chance);

  void begin(time_point now, random_generator& chance);

  /// A request has come for the server or the router.
  bool take(time_point now, waiting_request& arrived);

  /// False if the request is of no call.
  bool
  ended(time_point now, std::uint64_t request, requests::request_fate fate, const request_content& answer);

  /// That life is over, and all its callers; not only what this process had with it.
  void life_ended(const peer& other);

  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  bool is_idle() const { return direct_.open() == 0 && routed_.open() == 0 && running_.empty(); }

  const thing_handle& server() const noexcept { return server_; }
  const thing_handle& router() const noexcept { return router_; }

  /// Its own actors, which nobody else need have a handle of.
  std::vector<handles::actor_name> held() const {
    return {server_->name, router_->name, direct_.name(), routed_.name()};
  }

  /// Nobody ends these.
  bool keeps(const handles::actor_name& actor) const;

private:
  struct execution {
    asked request;
    std::uint64_t number = 0; ///< of the core; 0: it was not asked
  };

  void make_router();
  void route(const asked& request);
  void serve(time_point now, const asked& request);
  void execute(const execution& done);
  void answer(const asked& request, std::int64_t value);

  handle_node& node_;
  joint_books& books_;
  random_generator chance_;
  joint_caller direct_;
  joint_caller routed_;
  thing_handle server_;
  thing_handle router_;
  std::optional<handles::actor_name> routes_to_;
  requests::server_core core_;
  std::map<std::uint64_t, asked> tries_;         ///< at-most-once calls that run, by request
  std::multimap<time_point, execution> running_; ///< by when they are done
  std::int64_t value_ = 0;
};

} // namespace chorus::testing
