#include "../../support/seeds.hpp"
#include "register_story.hpp"

#include <chorus/simulation/history/linearizability.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace chorus::simulation {
namespace {

using specification = register_specification;
using history = operation_history<specification>;
using enum linearizability_verdict;

/// The definition: some subset of the open operations and all answered ones, in some order in which nothing
/// comes after what was invoked after its return, gives these answers.
bool has_an_order(const history& all) {
  const auto& operations = all.operations();
  auto is_open = [&](std::size_t i) { return operations[i].returned == history::never; };
  for (std::size_t subset = 0; subset < std::size_t{1} << operations.size(); ++subset) {
    std::vector<std::size_t> order;
    bool complete = true;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if ((subset >> i & 1) != 0)
        order.push_back(i);
      else
        complete = complete && is_open(i);
    }
    if (!complete)
      continue;
    do {
      auto now = specification::initial();
      bool fits = true;
      for (std::size_t i = 0; i < order.size() && fits; ++i) {
        const auto& each = operations[order[i]];
        for (std::size_t j = i + 1; j < order.size() && fits; ++j)
          fits = operations[order[j]].returned > each.invoked;
        fits = fits && specification::step(now, each.asked, each.answer ? &*each.answer : nullptr);
      }
      if (fits)
        return true;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return false;
}

/// Clients of one true register: an operation takes effect somewhere between invocation and return, or at any
/// time if it stays open. With some luck an answer is replaced by another.
class random_clients {
public:
  struct settings {
    std::size_t operations = 5;
    std::size_t clients = 3;
    std::int64_t values = 2; ///< that are written, from 0
    double unanswered = 0.2; ///< a client that loses its answer comes back under another name
    double wrong = 0.1;      ///< an answer is replaced
    std::size_t keys = 1;
  };

  random_clients(random_generator& random, const settings& how)
      : random_(random), how_(how), registers_(how.keys), clients_(how.clients) {
    for (std::uint32_t i = 0; i < clients_.size(); ++i)
      clients_[i].name = {i + 1};
    next_name_ = static_cast<std::uint32_t>(clients_.size() + 1);
    while (made_ < how_.operations || any_under_way())
      step();
  }

  const history& all() const noexcept { return all_; }

private:
  struct client {
    participant name;
    bool busy = false;
    bool done = false; ///< has taken effect
    std::size_t key = 0;
    operation_id id;
    specification::input asked;
    specification::output answer;
  };

  void step() {
    now_ += duration{1};
    if (!forgotten_.empty() && random_.chance(0.1))
      perform_forgotten();
    auto& who = clients_[random_.below(clients_.size())];
    if (!who.busy)
      begin(who);
    else if (!who.done)
      perform(who);
    else
      end(who);
  }

  void begin(client& who) {
    if (made_ == how_.operations)
      return;
    ++made_;
    who.busy = true;
    who.done = false;
    who.key = random_.below(how_.keys);
    who.asked = draw();
    who.id = all_.invoke(who.name, std::to_string(who.key), who.asked, now_);
    if (!random_.chance(how_.unanswered))
      return;
    forgotten_.push_back(who);
    who.busy = false;
    who.name = {next_name_++};
  }

  void perform(client& who) {
    auto& now = registers_[who.key];
    if (std::holds_alternative<specification::read>(who.asked))
      who.answer = specification::value{now};
    else if (const auto* swap = std::get_if<specification::compare_and_set>(&who.asked))
      who.answer = specification::compared{now == swap->expected};
    else
      who.answer = specification::written{};
    specification::step(now, who.asked, nullptr);
    who.done = true;
  }

  void perform_forgotten() {
    auto index = random_.below(forgotten_.size());
    std::swap(forgotten_[index], forgotten_.back());
    perform(forgotten_.back());
    forgotten_.pop_back();
  }

  void end(client& who) {
    if (random_.chance(how_.wrong)) {
      if (std::holds_alternative<specification::value>(who.answer))
        who.answer = specification::value{value()};
      else if (auto* compared = std::get_if<specification::compared>(&who.answer))
        compared->done = !compared->done;
    }
    all_.answered(who.id, who.answer, now_);
    who.busy = false;
  }

  specification::input draw() {
    switch (random_.below(3)) {
    case 0:
      return specification::read{};
    case 1:
      return specification::write{value()};
    default:
      return specification::compare_and_set{value(), value()};
    }
  }

  std::int64_t value() { return random_.between(0, how_.values); }

  bool any_under_way() const {
    return std::any_of(clients_.begin(), clients_.end(), [](const auto& who) { return who.busy; });
  }

  random_generator& random_;
  settings how_;
  history all_;
  std::vector<std::int64_t> registers_;
  std::vector<client> clients_;
  std::vector<client> forgotten_;
  std::size_t made_ = 0;
  std::uint32_t next_name_ = 0;
  time_point now_{};
};

TEST(linearizability, agrees_with_its_definition_on_random_histories) {
  std::size_t good = 0;
  std::size_t bad = 0;
  std::size_t with_open = 0;
  testing::for_each_seed(6000, [&](random_generator& random) {
    random_clients::settings how;
    how.operations = 3 + random.below(4);
    how.wrong = random.chance(0.5) ? 0.5 : 0.05;
    random_clients clients{random, how};
    auto expected = has_an_order(clients.all());
    ++(expected ? good : bad);
    const auto& operations = clients.all().operations();
    with_open +=
        std::any_of(operations.begin(), operations.end(), [](const auto& each) { return !each.answer; });
    auto result = check_linearizability(clients.all());
    EXPECT_EQ(result.verdict, expected ? linearizable : not_linearizable) << result.report;
  });
  EXPECT_GT(good, 1500u);
  EXPECT_GT(bad, 1500u);
  EXPECT_GT(with_open, 1500u);
}

TEST(linearizability, decides_ten_thousand_operations_with_little_work) {
  random_generator random{1};
  random_clients::settings how;
  how.operations = 10'000;
  how.clients = 10;
  how.keys = 10;
  how.values = 1000;
  how.unanswered = 0;
  how.wrong = 0;
  random_clients clients{random, how};
  auto result = check_linearizability(clients.all());
  EXPECT_EQ(result.verdict, linearizable) << result.report;
  EXPECT_LT(result.work, 20'000u); // for each key of about a thousand operations
}

TEST(linearizability, decides_ten_thousand_operations_some_of_which_are_never_answered) {
  random_generator random{1};
  random_clients::settings how;
  how.operations = 10'000;
  how.clients = 10;
  how.keys = 10;
  how.values = 1000;
  how.unanswered = 0.02;
  how.wrong = 0;
  random_clients clients{random, how};
  auto result = check_linearizability(clients.all());
  EXPECT_EQ(result.verdict, linearizable) << result.report;
}

TEST(linearizability, finds_one_wrong_answer_in_ten_thousand) {
  random_generator random{1};
  random_clients::settings how;
  how.operations = 10'000;
  how.clients = 10;
  how.keys = 10;
  how.values = 1000;
  how.unanswered = 0.002;
  how.wrong = 0.0002;
  random_clients clients{random, how};
  EXPECT_EQ(check_linearizability(clients.all()).verdict, not_linearizable);
}

// All writes overlap and none has an answer to tell them apart: every order must be tried.
TEST(linearizability, gives_up_at_the_limit_when_a_history_has_too_many_orders) {
  testing::register_story story;
  std::vector<operation_id> writes;
  for (std::uint32_t i = 1; i <= 40; ++i)
    writes.push_back(story.begins_write(i, i));
  auto reading = story.begins_read(99);
  for (auto each : writes)
    story.written(each);
  story.has_read(reading, 77);
  auto result = story.check();
  EXPECT_EQ(result.verdict, undecided);
  EXPECT_LE(result.work, linearizability_limits{}.max_work);
}

} // namespace
} // namespace chorus::simulation
