#pragma once

#include <chorus/runtime/transport/transport.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// Longer than anything takes on a loaded machine under a sanitizer; a test that waits this long has
/// failed.
inline constexpr std::chrono::seconds patience{60};

/// What a test counts with: a number in front, and filling.
shared_bytes numbered(std::uint64_t number, std::size_t size = sizeof(std::uint64_t));
std::uint64_t number_of(const shared_bytes& payload);

byte_buffer text_bytes(const std::string& text);

transport_options options_of(const peer& self);

/// A running transport that writes down what it is told.
class test_node : private transport_events {
public:
  explicit test_node(transport_options options);
  ~test_node() override;

  const peer& self() const noexcept { return self_; }
  transport& net() noexcept { return *transport_; }

  /// Where it listens, for others on this machine.
  address where() const;

  /// Runs `task` in the I/O thread and waits for its end.
  void run(const std::function<void()>& task);

  /// Sends a datagram to a peer or an address, and does not wait.
  template <class Receiver>
  void post_datagram(const Receiver& to, const byte_buffer& payload) {
    net().post([this, to, payload] { net().send_datagram(to, payload); });
  }

  /// Opens a link and gives its sending side.
  std::shared_ptr<outbox> add(const peer& who, const address& at);
  void remove(const peer& who, const link::input& why);

  /// Waits until `holds` of what was written down, at most `patience`. Whether it did.
  bool wait(const std::function<bool()>& holds);

  /// What the node was told. Read it within `wait`, or after the writing has ended.
  struct {
    std::map<peer, std::size_t> established;
    std::vector<std::pair<peer, link::closed>> closed;
    std::map<peer, std::size_t> connections_lost;
    std::map<std::pair<peer, link::pair>, std::vector<std::uint64_t>> numbers; ///< of messages
    std::size_t messages = 0;
    std::size_t message_bytes = 0;
    std::size_t refused = 0;
    std::vector<std::pair<peer, std::string>> datagrams;
    std::vector<std::pair<std::string, error>> strangers;
    std::vector<std::pair<address, error>> refusals; ///< by contacts
  } told;

  /// From now on nothing is given back: a receiver that does nothing.
  void stop_consuming();
  /// Gives back what was held, and everything from now on.
  void consume_again();

private:
  void link_established(const peer& who) override;
  void message_delivered(const peer& from, link::delivered message) override;
  void message_refused(const peer& to, link::refused message) override;
  void link_closed(const peer& who, const link::closed& end) override;
  void connection_lost(const peer& who) override;
  void datagram_received(const peer& from, shared_bytes payload) override;
  void contact_refused(const address& where, const error& reason) override;
  void stranger_met(const std::string& where, const error& reason) override;

  template <class Change>
  void write_down(Change&& change) {
    std::lock_guard guard{mutex_};
    change();
    changed_.notify_all();
  }

  const peer self_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<peer, std::shared_ptr<outbox>> outboxes_;
  std::map<peer, std::size_t> held_;
  bool consuming_ = true;
  std::unique_ptr<transport> transport_;
  relation_number last_relation_; ///< I/O thread
};

/// 1, 2, … `count`: nothing lost, nothing twice, in order.
bool is_complete(const std::vector<std::uint64_t>& numbers, std::uint64_t count);

/// Sends, and waits for room as long as the link is full.
errc send_patiently(outbox& to, link::send message);

} // namespace chorus::testing
