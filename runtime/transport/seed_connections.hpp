#pragma once

#include "connection_environment.hpp"

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/time.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace chorus {

/// Datagram lanes to addresses whose node is not known yet: one to each address that a name has.
/// They are kept while they are used. The newest datagram for an address waits a moment for its
/// connection, because the first one to a seed would otherwise always be lost.
///
/// Lanes to contacts have a part of the descriptors of their own, so that addresses without a node never take
/// the room of members. When there are more addresses than lanes, they take turns: the address that has had
/// no lane for longest gets the lane that was opened first, once that has been open for `turn`.
class seed_connections {
public:
  /// Names at a time, and addresses of one name: seeds are few, and datagrams are best effort. One too
  /// many replaces the one that was used longest ago; further addresses of a name are not tried.
  static constexpr std::size_t names_limit = 64;
  static constexpr std::size_t addresses_limit = 16;

  static constexpr std::chrono::seconds kept_for{60}; ///< without use
  static constexpr std::chrono::seconds resolved_for{
      15}; ///< then the name is asked for again, and idle lanes are made anew
  static constexpr std::chrono::seconds waits_at_most{2};  ///< a datagram, for the connection
  static constexpr std::chrono::seconds waits_for_turn{5}; ///< a datagram, for a lane
  static constexpr std::chrono::seconds turn = waits_at_most;

  /// A lane that could not be made although there was room is tried again after this.
  static constexpr std::chrono::milliseconds made_again_after{100};

  /// `contact` as it was given to `send`, `where` the address in digits that it has.
  using receiver =
      std::function<void(const address& contact, const std::string& where, received_message message)>;
  using counter = std::function<void(bool was_sent)>;

  /// `sent` is called once for each datagram and address, or once for a name that has none. `dispose` keeps
  /// what is closed alive until the end of the turn.
  seed_connections(
      connection_environment& environment,
      receiver received,
      counter sent,
      std::function<void(std::shared_ptr<void>)> dispose
  );
  ~seed_connections();

  void send(const peer& self, const address& where, wire_message datagram);

  void clear();
  std::optional<time_point> deadline() const;
  void tick(time_point now);

private:
  struct target;
  struct seed;

  seed& find_or_make(const peer& self, const address& where);
  void resolve(seed& what);
  void resolved(seed& what, const result<std::vector<std::string>>& hosts);
  std::shared_ptr<target> keep_or_make(seed& what, const std::string& host);
  void forget(const std::shared_ptr<seed>& gone);
  void drop_waiting(std::optional<wire_message>& datagram);
  void drop_overdue(time_point now);
  void give_turns(time_point now);
  void close_unused(time_point now);
  std::optional<time_point> next_turn() const;
  target* first_without_lane() const;
  target* first_opened() const;
  bool open(target& to, time_point now);
  static void close(target& to);
  void write(target& to, const wire_message& datagram);
  bool take_messages(target& from);

  connection_environment& environment_;
  const receiver received_;
  const counter sent_;
  const std::function<void(std::shared_ptr<void>)> dispose_;
  std::map<address, std::shared_ptr<seed>> seeds_;
  std::optional<time_point> make_again_at_;
};

} // namespace chorus
