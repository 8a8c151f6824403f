#pragma once

#include "descriptor_budget.hpp"
#include "poll_set.hpp"
#include "resolver.hpp"

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chorus {

/// Plain TCP connections that are opened only to learn whether somebody listens, and closed at once.
/// ZeroMQ tries again by itself when it is refused and never tells.
///
/// Thread rules: the I/O thread only.
class connection_attempts {
public:
  /// Questions at a time, and addresses of one name that are tried. Beyond the first nobody is asked and the
  /// answer is `no_answer`; further addresses of a name are not tried. As many connections are open at once
  /// as the budget gives; the others wait for their turn, in the order in which they were asked for.
  static constexpr std::size_t questions_limit = 64;
  static constexpr std::size_t addresses_limit = 16;

  /// What is asked for: a connection, or one over which somebody speaks first as ZeroMQ does.
  enum class goal : std::uint8_t { connection, greeting };

  using answer = std::function<void(connection_outcome)>;
  using post_function = std::function<void(std::function<void()>)>;

  /// `post` runs a task in the I/O thread, later. A question that has heard nothing `within` that time, its
  /// wait for a turn included, gets `no_answer`.
  connection_attempts(
      resolver& names, poll_set& sockets, descriptor_budget& descriptors, post_function post, duration within
  );
  ~connection_attempts();
  connection_attempts(const connection_attempts&) = delete;
  connection_attempts& operator=(const connection_attempts&) = delete;

  /// Calls `done` once, never from within this call; not at all after `clear` or the destructor.
  void ask(const address& where, goal what, answer done);

  void clear();
  std::optional<time_point> deadline() const;
  void tick(time_point now);

private:
  struct attempt;
  struct question;

  void resolved(std::uint64_t which, const result<std::vector<std::string>>& hosts);
  void connect_waiting();
  bool connect_next(std::uint64_t which, question& asked);
  void take_events();
  void look_at(std::uint64_t which);
  void look_at(question& asked, attempt& each) const;
  void finish_if_over(std::uint64_t which, const question& asked);
  void finish(std::uint64_t which, connection_outcome how);

  resolver& names_;
  descriptor_budget& descriptors_;
  const post_function post_;
  const duration within_;
  const descriptor events_; ///< an epoll of all attempts: one descriptor for whoever waits
  std::map<std::uint64_t, std::unique_ptr<question>> open_;
  std::uint64_t last_ = 0;
  poll_set::watch watch_events_;
  std::shared_ptr<connection_attempts*> handle_; ///< answers of the resolver may come after the end
};

} // namespace chorus
