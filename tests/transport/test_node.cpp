#include "test_node.hpp"

#include "two_nodes.hpp"

#include <algorithm>
#include <cstring>
#include <future>
#include <numeric>

namespace chorus::testing {

shared_bytes numbered(std::uint64_t number, std::size_t size) {
  byte_buffer bytes(std::max(size, sizeof number));
  std::memcpy(bytes.data(), &number, sizeof number);
  return shared_bytes{std::move(bytes)};
}

std::uint64_t number_of(const shared_bytes& payload) {
  std::uint64_t number = 0;
  if (payload.size() >= sizeof number)
    std::memcpy(&number, payload.view().data(), sizeof number);
  return number;
}

byte_buffer text_bytes(const std::string& text) {
  auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

transport_options options_of(const peer& self) {
  transport_options options;
  options.cluster = "test";
  options.self = self;
  options.listen = {"127.0.0.1", 0};
  return options;
}

test_node::test_node(transport_options options) : self_(options.self) {
  auto opened = transport::open(std::move(options), *this);
  if (!opened)
    ADD_FAILURE() << to_string(opened.failure());
  transport_ = std::move(opened.value());
  if (auto failed = transport_->start())
    ADD_FAILURE() << to_string(failed);
}

test_node::~test_node() {
  transport_->stop();
}

address test_node::where() const {
  return {"127.0.0.1", transport_->listening_on().port};
}

void test_node::run(const std::function<void()>& task) {
  std::promise<void> done;
  if (transport_->post([&] {
        task();
        done.set_value();
      }))
    done.get_future().get();
}

std::shared_ptr<outbox> test_node::add(const peer& who, const address& at) {
  std::shared_ptr<outbox> sending_side;
  run([&] {
    transport_->add_peer(who, at, last_relation_ = last_relation_.next());
    sending_side = transport_->outbox_of(who);
    std::lock_guard guard{mutex_};
    outboxes_[who] = sending_side;
  });
  return sending_side;
}

void test_node::remove(const peer& who, const link::input& why) {
  run([&] { transport_->remove_peer(who, why); });
}

bool test_node::wait(const std::function<bool()>& holds) {
  // In slices, because some of what tests look at (a wire's counters) is no event of the node.
  constexpr std::chrono::milliseconds slice{10};
  auto deadline = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock{mutex_};
  while (std::chrono::steady_clock::now() < deadline) {
    if (changed_.wait_for(lock, slice, holds))
      return true;
  }
  return false;
}

void test_node::stop_consuming() {
  write_down([&] { consuming_ = false; });
}

void test_node::consume_again() {
  write_down([&] {
    consuming_ = true;
    for (auto& [who, bytes] : std::exchange(held_, {}))
      outboxes_.at(who)->consumed(bytes);
  });
}

void test_node::link_established(const peer& who) {
  write_down([&] { ++told.established[who]; });
}

void test_node::message_delivered(const peer& from, link::delivered message) {
  write_down([&] {
    told.numbers[{from, message.pair}].push_back(number_of(message.payload));
    ++told.messages;
    told.message_bytes += message.payload.size();
    if (consuming_)
      outboxes_.at(from)->consumed(message.cost);
    else
      held_[from] += message.cost;
  });
}

void test_node::message_refused(const peer&, link::refused) {
  write_down([&] { ++told.refused; });
}

void test_node::link_closed(const peer& who, const link::closed& end) {
  write_down([&] { told.closed.emplace_back(who, end); });
}

void test_node::connection_lost(const peer& who) {
  write_down([&] { ++told.connections_lost[who]; });
}

void test_node::datagram_received(const peer& from, shared_bytes payload) {
  write_down([&] { told.datagrams.emplace_back(from, as_text(payload.view())); });
}

void test_node::contact_refused(const address& where, const error& reason) {
  write_down([&] { told.refusals.emplace_back(where, reason); });
}

void test_node::stranger_met(const std::string& where, const error& reason) {
  write_down([&] { told.strangers.emplace_back(where, reason); });
}

bool is_complete(const std::vector<std::uint64_t>& numbers, std::uint64_t count) {
  std::vector<std::uint64_t> expected(count);
  std::iota(expected.begin(), expected.end(), 1);
  return numbers == expected;
}

errc send_patiently(outbox& to, link::send message) {
  // Room is no event of a transport; the actors above wait with their own means.
  auto deadline = std::chrono::steady_clock::now() + patience;
  auto outcome = to.send(message);
  while (outcome == errc::overloaded && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
    outcome = to.send(message);
  }
  return outcome;
}

void send_numbers(outbox& to, link::pair pair, std::uint64_t count, std::size_t size) {
  for (std::uint64_t number = 1; number <= count; ++number)
    ASSERT_EQ(send_patiently(to, {pair, link::urgency::ordinary, numbered(number, size)}), errc::none);
}

bool has_all(test_node& node, const peer& from, link::pair pair, std::uint64_t count) {
  auto complete = false;
  node.wait([&] {
    const auto& numbers = node.told.numbers[{from, pair}];
    if (numbers.size() < count)
      return false;
    complete = is_complete(numbers, count);
    return true;
  });
  return complete;
}

} // namespace chorus::testing
