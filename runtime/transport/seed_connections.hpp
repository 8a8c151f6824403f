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
class seed_connections {
public:
  /// Names at a time, and addresses of one name: seeds are few, and datagrams are best effort. One too
  /// many replaces the one that was used longest ago; further addresses of a name are not tried.
  static constexpr std::size_t names_limit = 64;
  static constexpr std::size_t addresses_limit = 16;

  static constexpr std::chrono::seconds kept_for{60}; ///< without use
  static constexpr std::chrono::seconds resolved_for{
      15}; ///< then the name is asked for again, and idle lanes are made anew
  static constexpr std::chrono::seconds waits_at_most{2}; ///< a datagram, for the connection

  /// `contact` as it was given to `send`, `where` the address in digits that it has.
  using receiver =
      std::function<void(const address& contact, const std::string& where, received_message message)>;
  using counter = std::function<void(bool was_sent)>;

  /// `dispose` keeps what is closed alive until the end of the turn.
  seed_connections(
      connection_environment& environment,
      receiver received,
      counter sent,
      std::function<void(std::shared_ptr<void>)> dispose
  );
  ~seed_connections();

  void send(const peer& self, const address& where, wire_message datagram);

  void clear() { seeds_.clear(); }
  std::optional<time_point> deadline() const;
  void tick(time_point now);

private:
  struct target;
  struct seed;

  seed& find_or_make(const peer& self, const address& where);
  void resolve(seed& what);
  void resolved(seed& what, const result<std::vector<std::string>>& hosts);
  std::shared_ptr<target> keep_or_make(seed& what, const std::string& host);
  void write(target& to, const wire_message& datagram);
  bool take_messages(target& from);

  connection_environment& environment_;
  const receiver received_;
  const counter sent_;
  const std::function<void(std::shared_ptr<void>)> dispose_;
  std::map<address, std::shared_ptr<seed>> seeds_;
};

} // namespace chorus
