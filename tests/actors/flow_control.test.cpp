#include "cluster.hpp"

#include <chorus/actors/flow.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace chorus {
namespace {

using namespace std::chrono_literals;

using flood_atom = caf::atom_constant<caf::atom("flood")>;

constexpr std::size_t text_bytes = 64 * limits::kibibyte;

/// More messages of that size than sender and receiver together hold for one link.
constexpr std::int64_t flood = 3'000;
static_assert(flood * text_bytes > 2 * (limits::send_buffer_bytes + limits::receive_window_bytes));

/// What a link holds at most while its sender is told that it is writable: half of the send buffer, and what
/// the reader was sent and has not read.
constexpr std::size_t held_when_writable = limits::send_buffer_bytes / 2 + limits::receive_window_bytes;

/// Less than half of a send buffer. After two of them the sender has to wait for the reader.
constexpr std::int64_t burst = 400;
static_assert(burst * (text_bytes + 100) < limits::send_buffer_bytes / 2);
static_assert(2 * burst * text_bytes > held_when_writable);

/// What the actors of a test have seen.
class observations {
public:
  template <class Change>
  void note(Change&& change) {
    std::lock_guard guard{mutex_};
    change(*this);
    changed_.notify_all();
  }

  template <class Predicate>
  bool wait(Predicate&& holds) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [&] { return holds(*this); });
  }

  bool all_accounted_for() const { return received + lost >= static_cast<std::uint64_t>(flood); }
  std::uint64_t unread() const { return static_cast<std::uint64_t>(sent) - received; }

  std::uint64_t received = 0;
  std::int64_t latest = -1;
  bool in_order = true;

  std::int64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t notices = 0;
  std::chrono::steady_clock::time_point last_notice;
  std::vector<error> writable;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

void note_loss(observations& seen, const loss_notice& what) {
  EXPECT_EQ(what.reason.code, errc::overloaded);
  seen.note([&](auto& it) {
    it.lost += what.count;
    ++it.notices;
    it.last_notice = std::chrono::steady_clock::now();
  });
}

/// A reader on ada that reads nothing until the gate is open; seen from ben.
class flow_control_between_nodes : public testing::Test {
protected:
  flow_control_between_nodes() {
    nodes_.add("ada");
    nodes_.add("ben");
    auto reader = ada().system().spawn<caf::detached>(
        [this,
         opened = std::shared_future<void>{gate_.get_future()}](caf::event_based_actor*) -> caf::behavior {
          return {[this, opened](std::int64_t number, const std::string&) {
            opened.wait();
            seen_.note([&](auto& it) {
              ++it.received;
              it.in_order = it.in_order && number > it.latest;
              it.latest = number;
            });
          }};
        }
    );
    reader_ = reader;
    EXPECT_FALSE(ada().announce("reader", reader));
    auto found = ben().find("reader", patience);
    EXPECT_TRUE(found) << to_string(found.failure());
    remote_ = *found;
  }

  ~flow_control_between_nodes() override {
    open_gate();
    caf::anon_send_exit(reader_, caf::exit_reason::kill);
    remote_ = reader_ = nullptr;
  }

  node& ada() { return nodes_.at(0); }
  node& ben() { return nodes_.at(1); }

  void open_gate() {
    if (!std::exchange(is_open_, true))
      gate_.set_value();
  }

  /// Sends the flood at once and counts what it is told of it.
  caf::actor spawn_flooder() {
    return ben().system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {
          [this, self](flood_atom) {
            for (std::int64_t number = 0; number < flood; ++number)
              self->send(remote_, number, std::string(text_bytes, 'x'));
          },
          [this](const undelivered& what) { note_loss(seen_, what); },
      };
    });
  }

  void fill_link() {
    for (std::int64_t number = 0; number < flood; ++number)
      caf::anon_send(remote_, number, std::string(text_bytes, 'x'));
  }

  observations seen_;
  std::promise<void> gate_;
  bool is_open_ = false;
  cluster nodes_;
  caf::actor reader_;
  caf::actor remote_;
};

TEST_F(
    flow_control_between_nodes, tells_a_flooder_of_each_message_that_was_not_taken_and_delivers_the_others
) {
  auto begin = std::chrono::steady_clock::now();
  auto flooder = spawn_flooder();
  caf::anon_send(flooder, flood_atom::value);
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.notices > 0; }));
  open_gate();
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.all_accounted_for(); }));
  EXPECT_EQ(seen_.received + seen_.lost, static_cast<std::uint64_t>(flood));
  EXPECT_EQ(seen_.lost, ben().counters().dead_letters);
  EXPECT_TRUE(seen_.in_order);
  auto tenths = (seen_.last_notice - begin) / 100ms;
  EXPECT_LE(seen_.notices, static_cast<std::uint64_t>(tenths) + 2);
  caf::anon_send_exit(flooder, caf::exit_reason::kill);
}

TEST_F(flow_control_between_nodes, lets_a_sender_that_waits_for_room_lose_nothing) {
  auto sender = ben().system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
    ben().links().when_writable(remote_, self);
    return {
        [this, self](const writable& told) {
          EXPECT_FALSE(told.reason) << to_string(told.reason);
          EXPECT_EQ(told.receiver, remote_);
          seen_.note([](auto& it) { EXPECT_LE(it.unread() * text_bytes, held_when_writable); });
          auto next = seen_.sent;
          auto end = std::min(next + burst, flood);
          for (; next < end; ++next)
            self->send(remote_, next, std::string(text_bytes, 'x'));
          seen_.note([&](auto& it) { it.sent = next; });
          if (next < flood)
            ben().links().when_writable(remote_, self);
        },
        [this](const undelivered& what) { note_loss(seen_, what); },
    };
  });
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.sent >= 2 * burst; })) << "half of the buffer is free";
  open_gate();
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.all_accounted_for(); }));
  EXPECT_EQ(seen_.received, static_cast<std::uint64_t>(flood));
  EXPECT_TRUE(seen_.in_order);
  EXPECT_EQ(ben().counters().dead_letters, 0u);
  caf::anon_send_exit(sender, caf::exit_reason::kill);
}

TEST_F(flow_control_between_nodes, tells_subscribers_of_messages_that_nobody_else_hears_of) {
  auto listener = ben().system().spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](const dead_letter& what) { note_loss(seen_, what); }};
  });
  ben().links().subscribe_dead_letters(listener);
  fill_link();
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.notices > 0; }));
  open_gate();
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.all_accounted_for(); }));
  EXPECT_EQ(seen_.received + seen_.lost, static_cast<std::uint64_t>(flood));
  EXPECT_EQ(seen_.lost, ben().counters().dead_letters);
  caf::anon_send_exit(listener, caf::exit_reason::kill);
}

TEST_F(flow_control_between_nodes, lets_a_thread_wait_for_room) {
  EXPECT_FALSE(ben().links().wait_until_writable(remote_, patience));
  fill_link();
  EXPECT_EQ(ben().links().wait_until_writable(remote_, 1ms).code, errc::overloaded);
  auto waiting =
      std::async(std::launch::async, [this] { return ben().links().wait_until_writable(remote_, patience); });
  open_gate();
  EXPECT_FALSE(waiting.get());
}

TEST_F(flow_control_between_nodes, has_room_for_local_actors_at_once) {
  EXPECT_FALSE(ada().links().wait_until_writable(reader_, 0s));
  EXPECT_EQ(ada().links().wait_until_writable(nullptr, patience).code, errc::invalid_argument);
}

TEST_F(flow_control_between_nodes, ends_waiting_when_the_link_ends) {
  fill_link();
  auto waiter = ben().system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
    ben().links().when_writable(remote_, self);
    seen_.note([](auto& it) { ++it.sent; });
    return {
        [this](const writable& told) { seen_.note([&](auto& it) { it.writable.push_back(told.reason); }); }};
  });
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.sent == 1; }));
  auto thread =
      std::async(std::launch::async, [this] { return ben().links().wait_until_writable(remote_, patience); });
  ada().stop();
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.writable.size() == 1; }));
  EXPECT_EQ(seen_.writable.front().code, errc::node_down);
  EXPECT_EQ(thread.get().code, errc::node_down);
  EXPECT_EQ(ben().links().wait_until_writable(remote_, patience).code, errc::node_down) << "who asks later";
  caf::anon_send_exit(waiter, caf::exit_reason::kill);
}

/// More than the reader's node takes from one that it does not read, less than the sender's node keeps.
constexpr std::int64_t too_much = 400;
static_assert(too_much * text_bytes > limits::receive_window_bytes);
static_assert(too_much * (text_bytes + 100) < limits::send_buffer_bytes);

TEST_F(flow_control_between_nodes, tells_the_senders_of_a_node_that_stops_what_it_has_not_sent) {
  std::atomic<std::uint64_t> not_sent = 0;
  std::atomic<std::uint64_t> open = 0;
  auto sender = ben().system().spawn([&, this](caf::event_based_actor* self) -> caf::behavior {
    for (std::int64_t number = 0; number < too_much; ++number)
      self->send(remote_, number, std::string(text_bytes, 'x'));
    seen_.note([](auto& it) { it.sent = too_much; });
    return {
        [&, this](const undelivered& what) {
          EXPECT_EQ(what.reason.code, errc::node_down);
          EXPECT_EQ(what.receiver, remote_);
          seen_.note([&](auto&) { not_sent += what.count; });
        },
        [&, this](const unconfirmed& what) { seen_.note([&](auto&) { open += what.count; }); },
    };
  });
  ASSERT_TRUE(seen_.wait([](auto& it) { return it.sent == too_much; }));
  ben().stop();
  ASSERT_TRUE(seen_.wait([&](auto&) { return not_sent > 0; }));
  open_gate();
  ASSERT_TRUE(seen_.wait([&](auto& it) {
    return it.received + not_sent + open >= static_cast<std::uint64_t>(too_much);
  }));
  EXPECT_LE(seen_.received + not_sent, static_cast<std::uint64_t>(too_much)) << "none has two fates";
  EXPECT_EQ(ben().counters().dead_letters, not_sent);
  EXPECT_EQ(ben().counters().unconfirmed_messages, open);
  caf::anon_send_exit(sender, caf::exit_reason::kill);
}

} // namespace
} // namespace chorus
