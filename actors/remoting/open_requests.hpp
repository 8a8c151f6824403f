#pragma once

#include <chorus/handles/open_requests.hpp>
#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace chorus {

/// Requests of local actors that wait for an answer from another node: `handles::open_requests` for many
/// threads. When that node is lost, each of them is answered with an error: none waits for ever.
///
/// The requesters are not held here: the node that has the request holds a handle of each (`exports`), as a
/// mailbox does within a node, and gives it back when nobody there is going to answer any more.
///
/// Thread rules: any thread.
class open_requests {
  struct open_request {
    caf::weak_actor_ptr sender;
    caf::message_id id;
  };
  using table = handles::open_requests<open_request>;

public:
  struct request {
    caf::strong_actor_ptr sender;
    caf::message_id id;
  };

  using place = table::place;
  static constexpr auto here = table::here;
  static constexpr auto limit = table::limit;

  explicit open_requests(std::size_t most = limit) : table_(most) {}

  /// Gives the request that has given way, if one had to and its requester still lives.
  [[nodiscard]] std::optional<request>
  add(const place& to, const caf::strong_actor_ptr& sender, caf::message_id id);

  /// The answer is there, or the request was never sent. Returns false if it was not open any more, so
  /// that every request is answered exactly once.
  bool close(std::uint64_t sender, caf::message_id id);

  /// The same, for who is to answer it. The sender is null if it is gone. None if the request is not open.
  std::optional<request> take(std::uint64_t sender, caf::message_id id);

  // As in the table; without those whose requester is gone.
  std::optional<request>
  move(std::uint64_t sender, caf::message_id id, relation_number from, const place& to);
  std::vector<request> end(const place& ended);
  std::vector<request> cut(relation_number via, const peer& to);

  bool empty();

  /// The sender has ended and waits no more.
  void forget(std::uint64_t sender);

private:
  static request strong(const open_request& found) { return {found.sender.lock(), found.id}; }
  static std::optional<request> living(const std::optional<open_request>& found);
  static std::vector<request> living(const std::vector<open_request>& found);

  std::mutex mutex_;
  table table_;
};

} // namespace chorus
