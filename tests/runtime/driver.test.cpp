#include <chorus/runtime/driver.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace chorus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const peer ada{{0x0000000a00000000, 0}, {1}};
const peer bob{{0x0000000b00000000, 0}, {1}};

// -- a protocol core small enough to be looked through -------------------------------------------

struct letter {
  std::string text;
};

/// Hands a letter over and answers it once it is on the disk.
class scribe {
public:
  using message = letter;

  struct write {
    peer to;
    std::string text;
  };
  struct remind {
    time_point when;
  };
  using input = std::variant<write, remind, persisted>;

  struct heard {
    std::string text;
  };

  struct output {
    std::vector<std::variant<transmit<letter>, persist<letter>, heard>> steps;

    bool empty() const noexcept { return steps.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : steps)
        std::visit([&](auto& actual) { visit(std::move(actual)); }, step);
    }
  };

  void receive(time_point, const peer& from, const letter& what) {
    pending_.push_back({from, what.text});
    output_.steps.push_back(persist<letter>{{pending_.size()}, what});
  }

  void apply(time_point, const input& what) {
    if (auto* writing = std::get_if<write>(&what)) {
      output_.steps.push_back(heard{"writing " + writing->text});
      output_.steps.push_back(transmit<letter>{writing->to, {writing->text}});
      output_.steps.push_back(heard{"wrote " + writing->text});
    } else if (auto* reminding = std::get_if<remind>(&what)) {
      deadline_ = reminding->when;
    } else {
      const auto& kept = pending_.at(std::get<persisted>(what).token.value - 1);
      output_.steps.push_back(heard{kept.text});
      output_.steps.push_back(transmit<letter>{kept.to, {"thanks for " + kept.text}});
    }
  }

  void tick(time_point now) {
    if (!deadline_ || now < *deadline_)
      return;
    deadline_.reset();
    output_.steps.push_back(heard{"reminder"});
  }

  std::optional<time_point> next_deadline() const { return deadline_; }

  output drain() { return std::exchange(output_, {}); }

private:
  std::vector<write> pending_;
  std::optional<time_point> deadline_;
  output output_;
};

/// A letter is its text, half of it in the body; a head of "?" is no letter.
struct letter_wire {
  static wire_message encode(const letter& what) {
    auto bytes = as_bytes(what.text);
    auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2);
    return {{bytes.begin(), middle}, shared_bytes{byte_buffer{middle, bytes.end()}}};
  }

  static result<letter> decode(const shared_bytes& head, const shared_bytes& body) {
    if (as_text(head.view()) == "?")
      return error{errc::malformed, "not a letter"};
    return letter{std::string{as_text(head.view())}.append(as_text(body.view()))};
  }

  static byte_buffer encode_record(const letter& what) {
    auto text = "record of " + what.text;
    auto bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
  }
};

// -- a world that writes down in which order things were done ------------------------------------

/// Host and seams of one driver, with one journal for all of them.
class world : public network_seam, public store_seam, public clock_seam {
public:
  void send(const peer& to, wire_message message) override {
    auto text = std::string{as_text(message.head)}.append(as_text(message.body.view()));
    journal.push_back("send " + to_string(to) + ' ' + text);
  }

  void persist(persist_token token, byte_buffer record) override {
    journal.push_back("persist " + to_string(token) + ' ' + std::string{as_text(record)});
  }

  time_point now() const override { return time; }

  void arm(std::optional<time_point> deadline) override {
    if (deadline != armed)
      journal.push_back(deadline ? "arm " + std::to_string(deadline->time_since_epoch().count()) : "disarm");
    armed = deadline;
  }

  void perform(scribe::heard what) {
    journal.push_back("hear " + what.text);
    if (on_heard)
      std::exchange(on_heard, nullptr)();
  }

  void malformed(const peer& from, const error& problem) {
    journal.push_back("malformed from " + to_string(from) + ": " + to_string(problem));
  }

  /// What happened since the last call.
  std::vector<std::string> happened() { return std::exchange(journal, {}); }

  std::vector<std::string> journal;
  std::function<void()> on_heard; ///< called once, from within `perform`
  time_point time;
  std::optional<time_point> armed;
};

using scribe_driver = driver<scribe, letter_wire, world>;

shared_bytes shared(std::string_view text) {
  auto bytes = as_bytes(text);
  return shared_bytes{byte_buffer{bytes.begin(), bytes.end()}};
}

time_point at(std::int64_t nanoseconds) {
  return time_point{duration{nanoseconds}};
}

struct driver_of_a_scribe : ::testing::Test {
  world outside;
  scribe_driver driver{scribe{}, outside, outside, outside, &outside};
};

// -- the shape of a core -------------------------------------------------------------------------

struct core_without_drain : scribe {
  void drain() = delete;
};

struct core_that_reports_back : scribe {
  bool receive(time_point, const peer&, const letter&) { return true; }
};

TEST(protocol_core, has_all_functions_and_answers_nothing_but_through_drain) {
  static_assert(protocol_core<scribe>);
  static_assert(!protocol_core<core_without_drain>);
  static_assert(!protocol_core<core_that_reports_back>);
  static_assert(!protocol_core<int>);
}

// -- the driver ----------------------------------------------------------------------------------

TEST_F(driver_of_a_scribe, performs_the_steps_in_the_order_of_the_output) {
  driver.apply(scribe::write{bob, "hello"});
  EXPECT_THAT(
      outside.happened(), ElementsAre("hear writing hello", "send 0000000b/1 hello", "hear wrote hello")
  );
}

TEST_F(driver_of_a_scribe, hands_over_what_waits_for_the_disk_once_it_is_there) {
  driver.receive(ada, shared("ba"), shared("ll"));
  driver.receive(bob, shared("boat"));
  EXPECT_THAT(outside.happened(), ElementsAre("persist 1 record of ball", "persist 2 record of boat"));
  driver.persisted({1});
  EXPECT_THAT(outside.happened(), ElementsAre("hear ball", "send 0000000a/1 thanks for ball"));
  driver.persisted({2});
  EXPECT_THAT(outside.happened(), ElementsAre("hear boat", "send 0000000b/1 thanks for boat"));
}

TEST_F(driver_of_a_scribe, performs_what_an_input_from_within_a_step_brings_after_the_steps_under_way) {
  outside.on_heard = [this] { driver.apply(scribe::write{ada, "second"}); };
  driver.apply(scribe::write{bob, "first"});
  EXPECT_THAT(
      outside.happened(),
      ElementsAre(
          "hear writing first",
          "send 0000000b/1 first",
          "hear wrote first",
          "hear writing second",
          "send 0000000a/1 second",
          "hear wrote second"
      )
  );
}

TEST_F(driver_of_a_scribe, performs_what_bytes_from_within_a_step_bring_after_the_steps_under_way) {
  outside.on_heard = [this] { driver.receive(bob, shared("echo")); };
  driver.apply(scribe::write{bob, "call"});
  EXPECT_THAT(
      outside.happened(),
      ElementsAre("hear writing call", "send 0000000b/1 call", "hear wrote call", "persist 1 record of echo")
  );
}

TEST_F(driver_of_a_scribe, performs_a_batch_at_its_end) {
  driver.apply_in_batch(scribe::write{bob, "one"});
  driver.apply_in_batch(scribe::remind{at(50)});
  EXPECT_THAT(outside.happened(), IsEmpty());
  driver.perform();
  EXPECT_THAT(
      outside.happened(), ElementsAre("hear writing one", "send 0000000b/1 one", "hear wrote one", "arm 50")
  );
  driver.perform();
  EXPECT_THAT(outside.happened(), IsEmpty());
}

TEST_F(driver_of_a_scribe, reports_bytes_that_are_no_message_to_the_host_and_keeps_them_from_the_core) {
  driver.receive(bob, shared("?"));
  EXPECT_THAT(outside.happened(), ElementsAre("malformed from 0000000b/1: malformed: not a letter"));
  driver.receive(bob, shared("boat"));
  EXPECT_THAT(outside.happened(), ElementsAre("persist 1 record of boat"));
}

TEST_F(driver_of_a_scribe, arms_one_timer_for_the_next_deadline) {
  driver.apply(scribe::remind{at(50)});
  EXPECT_EQ(outside.armed, at(50));
  driver.apply(scribe::remind{at(30)});
  EXPECT_EQ(outside.armed, at(30));
  outside.time = at(30);
  outside.happened();
  driver.wake();
  EXPECT_THAT(outside.happened(), ElementsAre("hear reminder", "disarm"));
}

TEST_F(driver_of_a_scribe, arms_again_when_it_was_woken_too_early) {
  driver.apply(scribe::remind{at(50)});
  outside.time = at(49);
  outside.armed.reset(); // the timer has fired
  outside.happened();
  driver.wake();
  EXPECT_THAT(outside.happened(), ElementsAre("arm 50"));
}

TEST_F(driver_of_a_scribe, arms_for_what_was_applied_from_within_a_step) {
  outside.on_heard = [this] { driver.apply(scribe::remind{at(70)}); };
  driver.apply(scribe::write{bob, "x"});
  EXPECT_EQ(outside.armed, at(70));
}

TEST(driver, arms_what_its_core_waits_for_from_the_start_when_it_is_first_performed) {
  scribe core;
  core.apply(at(0), scribe::remind{at(10)});
  world outside;
  scribe_driver driver{std::move(core), outside, outside, outside, &outside};
  EXPECT_EQ(outside.armed, std::nullopt);
  driver.perform();
  EXPECT_EQ(outside.armed, at(10));
}

TEST(driver_death, comes_of_persisting_without_a_store) {
  world outside;
  scribe_driver driver{scribe{}, outside, outside, outside};
  EXPECT_DEATH(driver.receive(bob, shared("boat")), "a core that persists needs a store");
}

} // namespace
} // namespace chorus
