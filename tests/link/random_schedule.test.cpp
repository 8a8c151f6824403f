#include "../support/seeds.hpp"
#include "two_ends.hpp"

#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

#include <compare>
#include <map>
#include <set>

namespace chorus::testing {

namespace {

using side = two_ends::side;
using why = link::closed::why;

constexpr std::uint64_t seeds = 300;
constexpr int steps = 600;
constexpr std::size_t longest_way = 200; ///< frames under way; the network loses what is more
constexpr auto both = {two_ends::a, two_ends::b};

/// Small enough that every limit is met all the time.
link::config small_limits() {
  link::config settings;
  settings.message_bytes = 600;
  settings.chunk_bytes = 100;
  settings.frame_bytes = 300;
  settings.receive_window_bytes = 1000;
  settings.receive_reserve_bytes = 700;
  settings.send_buffer_bytes = 3000;
  settings.send_reserve_bytes = 1000;
  settings.frames_in_flight = 8;
  return settings;
}

/// What all seeds together have met.
struct coverage {
  std::map<std::string, std::uint64_t> counts; ///< of every counter of all ends, and of the faults below
  std::set<why> ends;

  void add(const link::core& core) {
    core.statistics().for_each([this](const char* name, std::uint64_t number) { counts[name] += number; });
  }
};

/// Two nodes that send each other numbered messages while everything goes wrong, and check what they
/// are promised.
class schedule {
public:
  schedule(random_generator& random, coverage& met) : random_(random), met_(met), ends_(small_limits()) {
    for (auto which : both)
      begin_link(which);
  }

  ~schedule() {
    for (auto which : both)
      met_.add(*ends_[which].core);
  }

  schedule(const schedule&) = delete;
  schedule& operator=(const schedule&) = delete;

  void run() {
    for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
      something_happens();
      check();
    }
  }

  /// No more faults: everything that was accepted on living links arrives, and nobody waits any more.
  void settle() {
    for (int round = 0; round < 200 && !is_settled(); ++round) {
      ends_.deliver();
      for (auto which : both) {
        consume(which, ends_[which].delivered.size());
        begin_again(which);
      }
      ends_.advance(std::chrono::seconds{1});
      check();
    }
    EXPECT_TRUE(is_settled());
    for (const auto& [id, stream] : streams_)
      if (id.lives == lives_of(id.from)) {
        EXPECT_EQ(stream.delivered, stream.accepted.size()) << "messages are missing";
      }
  }

private:
  /// The lives of A and B: which link.
  using lives = std::pair<std::uint64_t, std::uint64_t>;

  struct stream_id {
    schedule::lives lives;
    side from;
    link::pair pair;
    friend auto operator<=>(const stream_id&, const stream_id&) = default;
  };

  struct numbered {
    std::vector<std::string> accepted; ///< without what was reported as not sent
    std::size_t delivered = 0;
  };

  /// What this test knows of an end, beside the record.
  struct notes {
    std::uint64_t other_life = 0;
    std::size_t checked = 0;  ///< of the deliveries
    std::size_t consumed = 0; ///< of the deliveries
    std::size_t unconsumed_bytes = 0;
    std::size_t accepted_bytes = 0;
    bool end_checked = false;
  };

  void something_happens() {
    auto which = random_.chance(0.5) ? two_ends::a : two_ends::b;
    auto& way = ends_.way_to(which);
    auto dice = random_.below(1000);
    if (dice < 400)
      send(which);
    else if (dice < 700)
      ends_.deliver_one(which);
    else if (dice < 780)
      consume(which, 1 + random_.below(4));
    else if (dice < 860)
      ends_.advance(std::chrono::milliseconds{random_.between(1, 30)});
    else if (dice < 880)
      ends_.advance(std::chrono::milliseconds{random_.between(100, 2000)});
    else if (dice < 910)
      lose(way);
    else if (dice < 940)
      duplicate(way);
    else if (dice < 960)
      reorder(way);
    else if (dice < 970)
      reconnect(which);
    else if (dice < 974)
      restart(which);
    else if (dice < 976)
      ends_.apply(which, link::close{});
    else if (dice < 978)
      ends_.apply(which, link::peer_failed{});
    else if (dice < 979)
      silence();
    else
      begin_again(which);
    while (way.size() > longest_way)
      way.pop_front();
  }

  // -- what happens ------------------------------------------------------------------------------------

  void send(side from) {
    auto& end = ends_[from];
    link::pair who{random_.below(3), random_.below(2)};
    auto& stream = streams_[{lives_of(from), from, who}];
    auto text = name(from, who) + std::to_string(stream.accepted.size());
    constexpr std::array<std::size_t, 6> sizes{0, 40, 99, 100, 101, 600};
    auto size = random_.chance(0.7) ? text.size() : sizes[random_.below(sizes.size())];
    text.resize(std::max(text.size(), size), '.');
    auto refused = end.refused.size();
    auto how = random_.chance(0.25) ? link::urgency::reserved : link::urgency::ordinary;
    ends_.send(from, who, text, how);
    if (end.refused.size() == refused) {
      stream.accepted.push_back(text);
      notes_[from].accepted_bytes += text.size() + link::message_overhead;
    }
  }

  void consume(side which, std::size_t count) {
    const auto& messages = ends_[which].delivered;
    auto& mine = notes_[which];
    std::size_t bytes = 0;
    for (; count > 0 && mine.consumed < messages.size(); --count)
      bytes += messages[mine.consumed++].cost;
    mine.unconsumed_bytes -= bytes;
    ends_.apply(which, link::consumed{bytes});
  }

  void lose(std::deque<wire_message>& way) {
    if (way.empty())
      return;
    ++met_.counts["lost"];
    way.erase(way.begin() + static_cast<std::ptrdiff_t>(random_.below(way.size())));
  }

  void duplicate(std::deque<wire_message>& way) {
    if (way.empty())
      return;
    ++met_.counts["doubled"];
    way.push_back(way[random_.below(way.size())]);
  }

  void reorder(std::deque<wire_message>& way) {
    if (way.size() < 2)
      return;
    ++met_.counts["reordered"];
    random_.shuffle(way);
  }

  void reconnect(side which) {
    for (auto to : both)
      if (random_.chance(0.7))
        ends_.way_to(to).clear();
    ends_.apply(which, link::reconnected{});
    if (random_.chance(0.5))
      ends_.apply(two_ends::other(which), link::reconnected{});
  }

  void silence() {
    ++met_.counts["silences"];
    for (auto to : both)
      ends_.way_to(to).clear();
    ends_.advance(std::chrono::seconds{31});
  }

  void restart(side which) {
    met_.add(*ends_[which].core);
    ends_.restart(which);
    begin_link(which);
  }

  /// What a node does after the end of a link: a new link if the other has a new life, otherwise a new
  /// life of its own, because two lives have one link only. After its own verdict it waits for the
  /// other's new life, which comes when the news has reached it.
  void begin_again(side which) {
    const auto& end = ends_[which];
    if (!end.closed)
      return;
    auto other = two_ends::other(which);
    if (notes_[which].other_life != ends_.identity(other).incarnation.value) {
      met_.add(*end.core);
      ends_.start(which);
      begin_link(which);
    } else {
      restart(end.closed->reason == why::peer_failed ? other : which);
    }
  }

  void begin_link(side which) {
    notes_[which] = {};
    notes_[which].other_life = ends_.identity(two_ends::other(which)).incarnation.value;
    ends_.perform(which);
  }

  // -- what must hold ----------------------------------------------------------------------------------

  void check() {
    for (auto which : both) {
      check_deliveries(which);
      check_bounds(which);
      check_end(which);
    }
  }

  /// Once, in order, of this link and no other.
  void check_deliveries(side at) {
    auto& mine = notes_[at];
    const auto& messages = ends_[at].delivered;
    for (; mine.checked < messages.size(); ++mine.checked) {
      const auto& message = messages[mine.checked];
      mine.unconsumed_bytes += message.cost;
      auto& stream = streams_[{lives_of(at), two_ends::other(at), message.pair}];
      ASSERT_LT(stream.delivered, stream.accepted.size()) << text_of(message.payload);
      ASSERT_EQ(text_of(message.payload), stream.accepted[stream.delivered]);
      ++stream.delivered;
    }
  }

  void check_bounds(side which) {
    const auto limits = small_limits();
    EXPECT_LE(notes_[which].unconsumed_bytes, limits.receive_window_bytes + limits.receive_reserve_bytes);
    EXPECT_LE(
        notes_[which].accepted_bytes - ends_[which].released_bytes,
        limits.send_buffer_bytes + limits.send_reserve_bytes
    );
  }

  /// What is reported as settled was delivered, what is reported as not sent never will be.
  void check_end(side which) {
    auto& mine = notes_[which];
    const auto& closed = ends_[which].closed;
    if (!closed || std::exchange(mine.end_checked, true))
      return;
    met_.ends.insert(closed->reason);
    EXPECT_NE(closed->reason, why::violation);
    for (const auto& loss : closed->losses) {
      auto& stream = streams_[{lives_of(which), which, loss.pair}];
      ASSERT_LE(loss.outcome_unknown + loss.not_sent, stream.accepted.size());
      stream.accepted.resize(stream.accepted.size() - loss.not_sent);
      EXPECT_LE(stream.accepted.size() - loss.outcome_unknown, stream.delivered);
      EXPECT_LE(stream.delivered, stream.accepted.size());
    }
  }

  bool is_settled() {
    for (auto which : both)
      if (!ends_[which].core->is_established() || !ends_[which].core->settled())
        return false;
    return true;
  }

  lives lives_of(side at) {
    auto mine = ends_.identity(at).incarnation.value;
    auto other = notes_[at].other_life;
    return at == two_ends::a ? lives{mine, other} : lives{other, mine};
  }

  std::string name(side from, const link::pair& who) {
    auto [life_of_a, life_of_b] = lives_of(from);
    return std::to_string(life_of_a) + (from == two_ends::a ? ">" : "<") + std::to_string(life_of_b) + ' '
           + std::to_string(who.sender) + "->" + std::to_string(who.receiver) + ' ';
  }

  random_generator& random_;
  coverage& met_;
  two_ends ends_;
  std::array<notes, 2> notes_;
  std::map<stream_id, numbered> streams_;
};

} // namespace

TEST(link_under_random_faults, delivers_once_and_in_order_and_keeps_its_bounds_and_settles) {
  coverage met;
  for (auto fault : {"lost", "doubled", "reordered", "silences"})
    met.counts[fault] = 0;
  for_each_seed(seeds, [&met](random_generator& random) {
    schedule world{random, met};
    world.run();
    world.settle();
  });
  // A run that has not met a fault or a rare branch has not tested it.
  // Ends that keep the protocol never overlap and never violate it.
  const std::set<std::string> never{"overlaps", "violations"};
  for (const auto& [name, count] : met.counts)
    EXPECT_EQ(count == 0, never.contains(name)) << name << ": " << count;
  EXPECT_EQ(
      met.ends,
      (std::set{
          why::closed_here,
          why::closed_by_peer,
          why::peer_failed,
          why::peer_restarted,
          why::declared_failed,
          why::unresponsive})
  );
}

} // namespace chorus::testing
