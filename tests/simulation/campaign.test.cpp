#include "campaigns.hpp"
#include "ledger.hpp"
#include "stage.hpp"

#include <chorus/simulation/campaign.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace chorus::testing {
namespace {

using simulation::campaign;
using simulation::campaign_result;
using simulation::excerpt;
using simulation::fault;
using simulation::run_result;

campaign of_ledgers(recovery how) {
  campaign what;
  what.name = "ledger";
  what.faults.stormy.loss = 0.1;
  what.faults.faults = {
      {fault::connection_reset, {1s, {}, {}}},
      {fault::crash, {2s, 10ms, 1s}},
      {fault::pause, {2s, 10ms, 1s}},
      {fault::disk_slow, {3s, 10ms, 1s}},
  };
  what.storm_length = 20s;
  what.settle_within = 10s;
  what.work_every = 200ms;
  what.begin = [how](simulation::world& around) { return std::make_unique<ledger_trial>(around, how); };
  what.expected = {"crash", "restart"};
  return what;
}

/// A trial whose parts a test gives.
struct scripted final : simulation::trial {
  struct script {
    std::function<void()> work = [] {};
    std::function<void()> settle = [] {};
    std::function<bool()> is_settled = [] { return true; };
  };

  explicit scripted(script what) : script_(std::move(what)) {}
  void work(random_generator&) override { script_.work(); }
  void settle() override { script_.settle(); }
  bool is_settled() override { return script_.is_settled(); }
  std::string unsettled() const override { return "something is missing"; }
  void count(simulation::coverage&) const override {}

  script script_;
};

struct breakable final : simulation::checker {
  breakable() : checker("all is well") {}
  using checker::broken;
};

/// A world without nodes, in which only work happens, once a second.
campaign of(std::function<scripted::script(simulation::world&)> make) {
  campaign what;
  what.name = "scripted";
  what.storm_length = 10s;
  what.settle_within = 5s;
  what.work_every = 1s;
  what.begin = [make = std::move(make)](simulation::world& around) {
    return std::make_unique<scripted>(make(around));
  };
  return what;
}

/// What is left of a plan: faults, or nothing for work.
std::vector<std::optional<fault>> what_happens(const simulation::shrunk& failing) {
  std::vector<std::optional<fault>> left;
  for (std::size_t place = 0; place < std::min(failing.part.first, failing.run.plan.size()); ++place)
    if (!std::ranges::binary_search(failing.part.left_out, place))
      left.push_back(failing.run.plan[place].what);
  return left;
}

void expect_same(const run_result& left, const run_result& right) {
  EXPECT_EQ(left.events, right.events);
  EXPECT_EQ(left.met.table(), right.met.table());
  EXPECT_EQ(left.broken.has_value(), right.broken.has_value());
  ASSERT_EQ(left.plan.size(), right.plan.size());
  for (std::size_t place = 0; place < left.plan.size(); ++place) {
    EXPECT_EQ(left.plan[place].when, right.plan[place].when);
    EXPECT_EQ(left.plan[place].what, right.plan[place].what);
    EXPECT_EQ(left.plan[place].seed, right.plan[place].seed);
  }
}

// -- determinism ---------------------------------------------------------------------------------------

TEST(a_campaign, the_same_seed_tells_the_same_story_byte_for_byte) {
  const auto& links = find_campaign("link")->what;
  auto first = run(links, 3, true);
  auto again = run(links, 3, true);
  EXPECT_GT(first.story.lines().size(), 1000u);
  EXPECT_TRUE(first.story.lines() == again.story.lines());
  expect_same(first, again);
  EXPECT_FALSE(run(links, 4, true).story.lines() == first.story.lines());
}

TEST(a_campaign, runs_the_same_whether_its_story_is_written_or_not) {
  const auto& links = find_campaign("link")->what;
  auto silent = run(links, 5, false);
  EXPECT_TRUE(silent.story.lines().empty());
  expect_same(silent, run(links, 5, true));
}

TEST(a_campaign, runs_the_same_after_other_runs) {
  auto what = of_ledgers(recovery::right);
  auto first = run(what, 1, true);
  run(what, 2);
  auto again = run(what, 1, true);
  EXPECT_EQ(first.story.lines(), again.story.lines());
}

// -- plans ---------------------------------------------------------------------------------------------

TEST(a_plan, is_in_order_of_time_and_within_the_storm) {
  auto plan = make_plan(of_ledgers(recovery::right).faults, 100s, 100ms, random_generator{1});
  EXPECT_TRUE(std::ranges::is_sorted(plan, {}, &simulation::planned::when));
  EXPECT_GT(plan.front().when, moment(0s));
  EXPECT_LT(plan.back().when, moment(100s));
  auto works = std::ranges::count_if(plan, [](const auto& item) { return !item.what; });
  EXPECT_GT(works, 900);
  EXPECT_LT(works, 1100);
  auto crashes = std::ranges::count(plan, std::optional{fault::crash}, &simulation::planned::what);
  EXPECT_GT(crashes, 40);
  EXPECT_LT(crashes, 60);
}

TEST(a_plan, leaves_out_what_never_happens) {
  simulation::fault_profile profile;
  profile.faults[fault::crash] = {};
  EXPECT_TRUE(make_plan(profile, 100s, {}, random_generator{1}).empty());
}

// -- safety and progress -------------------------------------------------------------------------------

TEST(a_run, is_broken_by_work_that_breaks_an_invariant) {
  breakable check;
  auto what = of([&](simulation::world& around) {
    around.watch(check);
    return scripted::script{.work = [&] { check.broken("by work"); }};
  });
  auto result = run(what, 1);
  ASSERT_TRUE(result.broken);
  EXPECT_EQ(result.broken->when, result.plan.front().when);
}

TEST(a_run, is_broken_by_an_invariant_that_breaks_when_the_storm_is_over_although_nothing_happens_after) {
  breakable check;
  auto what = of([&](simulation::world& around) {
    around.watch(check);
    return scripted::script{.settle = [&] { check.broken("at the end"); }};
  });
  ASSERT_TRUE(run(what, 1).broken);
  EXPECT_EQ(run(what, 1).broken->how, "at the end");
}

TEST(a_run, is_broken_by_an_invariant_that_breaks_while_it_is_asked_whether_it_is_settled) {
  breakable check;
  auto what = of([&](simulation::world& around) {
    around.watch(check);
    return scripted::script{.is_settled = [&] {
      check.broken("at the end");
      return true;
    }};
  });
  EXPECT_TRUE(run(what, 1).broken);
}

TEST(a_run, that_is_broken_ends_there) {
  breakable check;
  auto settled = false;
  auto what = of([&](simulation::world& around) {
    around.watch(check);
    return scripted::script{.work = [&] { check.broken("by work"); }, .settle = [&] { settled = true; }};
  });
  auto result = run(what, 1, true);
  EXPECT_FALSE(settled);
  EXPECT_NE(result.story.lines().back().find("BROKEN"), std::string::npos);
}

TEST(a_run, is_broken_if_it_does_not_settle_in_time) {
  auto what = of([](simulation::world&) { return scripted::script{.is_settled = [] { return false; }}; });
  auto result = run(what, 1);
  ASSERT_TRUE(result.broken);
  EXPECT_EQ(result.broken->when, moment(15s));
  EXPECT_NE(result.broken->how.find("something is missing"), std::string::npos);
  EXPECT_NE(run(what, 1, true).story.lines().back().find("BROKEN: everything settles"), std::string::npos);
}

TEST(a_run, is_in_the_storm_from_the_first_packet_on) {
  diary book;
  auto what = of([&book](simulation::world& around) {
    auto make = [&book](simulation::node& at) { return std::make_unique<puppet>(at, book); };
    auto& one = around.add_node("A", make);
    auto& other = around.add_node("B", make);
    one.start();
    other.start();
    static_cast<puppet&>(*one.running()).say(other.self(), "first");
    return scripted::script{};
  });
  what.faults.stormy.loss = 1;
  EXPECT_EQ(run(what, 1).met[to_string(fault::lost)], 1u);
  EXPECT_TRUE(book.heard.empty());
}

TEST(a_run, may_settle_at_the_last_moment_and_not_later) {
  for (auto late : {0ns, 1ns}) {
    auto what = of([late](simulation::world& around) {
      auto done = std::make_shared<bool>(false);
      around.events().after(15s + late, [done] { *done = true; });
      return scripted::script{.is_settled = [done] { return *done; }};
    });
    EXPECT_EQ(run(what, 1).broken.has_value(), late > 0ns);
  }
}

TEST(a_run, of_a_part_does_what_is_in_it_and_ends_the_storm_at_its_last_moment) {
  std::vector<time_point> worked;
  time_point calm;
  auto what = of([&](simulation::world& around) {
    return scripted::script{
        .work = [&] { worked.push_back(around.now()); }, .settle = [&] { calm = around.now(); }};
  });
  auto plan = run(what, 1).plan;
  ASSERT_GT(plan.size(), 6u);
  EXPECT_EQ(worked.size(), plan.size());
  EXPECT_EQ(calm, moment(10s));

  worked.clear();
  run(what, 1, false, excerpt{4, {1}});
  EXPECT_EQ(worked, (std::vector{plan[0].when, plan[2].when, plan[3].when}));
  EXPECT_EQ(calm, plan[3].when);

  worked.clear();
  run(what, 1, false, excerpt{4, {2, 3}});
  EXPECT_EQ(worked, (std::vector{plan[0].when, plan[1].when}));
  EXPECT_EQ(calm, plan[3].when); // what is left out leaves the storm as it is
}

// -- shrinking -----------------------------------------------------------------------------------------

TEST(shrinking, leaves_of_a_failing_run_what_it_takes) {
  auto what = of_ledgers(recovery::reads_one_record_at_most);
  auto failing = simulation::shrink(what, 1);
  ASSERT_TRUE(failing.run.broken);
  EXPECT_LE(failing.runs, simulation::shrunk::limit_of_runs);
  EXPECT_EQ(what_happens(failing), (std::vector<std::optional<fault>>{{}, {}, fault::crash}));

  auto text = report(what, failing);
  for (const auto* part :
       {"campaign ledger",
        "seed 1",
        "what is durable is not forgotten",
        "has 1 of 2",
        "It takes 3 of the",
        "  work\n  1 more times work\n",
        "  crash\n",
        " crashes\n",
        " starts as "})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

TEST(shrinking, finds_the_same_part_again) {
  auto what = of_ledgers(recovery::reads_one_record_at_most);
  auto first = simulation::shrink(what, 2);
  auto again = simulation::shrink(what, 2);
  EXPECT_EQ(first.part.first, again.part.first);
  EXPECT_EQ(first.part.left_out, again.part.left_out);
  EXPECT_EQ(report(what, first), report(what, again));
}

TEST(shrinking, keeps_exactly_as_many_items_as_the_failure_takes) {
  for (std::size_t needed : {1u, 2u, 5u, 8u}) {
    breakable* present = nullptr;
    std::vector<std::unique_ptr<breakable>> checks;
    auto what = of([&](simulation::world& around) {
      present = checks.emplace_back(std::make_unique<breakable>()).get();
      around.watch(*present);
      return scripted::script{.work = [&present, needed, done = std::size_t{0}]() mutable {
        if (++done == needed)
          present->broken("enough");
      }};
    });
    auto failing = simulation::shrink(what, 1);
    ASSERT_TRUE(failing.run.broken);
    EXPECT_EQ(what_happens(failing).size(), needed);
  }
}

TEST(shrinking, keeps_the_whole_storm_if_the_failure_takes_it) {
  std::vector<std::unique_ptr<breakable>> checks;
  auto what = of([&](simulation::world& around) {
    auto* check = checks.emplace_back(std::make_unique<breakable>()).get();
    around.watch(*check);
    auto is_calm = std::make_shared<bool>(false);
    around.events().after(10s - 1ns, [check, is_calm] {
      if (!*is_calm)
        check->broken("just before the storm is over");
    });
    return scripted::script{.settle = [is_calm] { *is_calm = true; }};
  });
  auto failing = simulation::shrink(what, 1);
  ASSERT_TRUE(failing.run.broken);
  EXPECT_NE(report(what, failing).find("just before the storm is over"), std::string::npos);
}

TEST(shrinking, of_a_run_that_does_not_settle_keeps_what_keeps_it_from_settling) {
  auto what = of([](simulation::world&) {
    auto done = std::make_shared<int>(0);
    return scripted::script{.work = [done] { ++*done; }, .is_settled = [done] { return *done < 3; }};
  });
  auto failing = simulation::shrink(what, 1);
  ASSERT_TRUE(failing.run.broken);
  EXPECT_EQ(what_happens(failing).size(), 3u);
}

// -- coverage ------------------------------------------------------------------------------------------

TEST(a_campaign, passes_when_nothing_is_broken_and_everything_expected_has_happened) {
  auto what = of_ledgers(recovery::right);
  campaign_result all;
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    all.add(what, run(what, seed));
  EXPECT_TRUE(all.passed());
  EXPECT_EQ(all.runs, 3u);
  EXPECT_EQ(all.met["ledgers"], 9u);
}

TEST(a_campaign, fails_when_an_expected_fault_never_happens) {
  auto what = of_ledgers(recovery::right);
  what.expected.emplace_back(to_string(fault::bit_rot));
  campaign_result all;
  all.add(what, run(what, 1));
  EXPECT_FALSE(all.failing_seed);
  EXPECT_FALSE(all.passed());
  EXPECT_EQ(all.met.missing(), std::vector<std::string>{"bit rot"});
}

TEST(a_campaign, fails_when_an_invariant_is_broken_and_names_the_smallest_seed) {
  auto right = of_ledgers(recovery::right);
  auto wrong = of_ledgers(recovery::reads_one_record_at_most);
  campaign_result part;
  part.add(wrong, run(wrong, 9));
  part.add(right, run(right, 2));
  part.add(wrong, run(wrong, 7));
  part.add(wrong, run(wrong, 8));
  EXPECT_EQ(part.failing_seed, 7u);
  EXPECT_TRUE(part.met.missing().empty());
  EXPECT_FALSE(part.passed());
  campaign_result all;
  all.add(right, run(right, 1));
  EXPECT_TRUE(all.passed());
  all.merge(part);
  EXPECT_EQ(all.failing_seed, 7u);
  EXPECT_EQ(all.runs, 5u);
  EXPECT_FALSE(all.passed());
}

TEST(a_campaign, fails_when_what_has_to_be_rare_is_too_frequent_in_all_runs_together) {
  auto what = of_ledgers(recovery::right);
  auto result_with = [&what](double share) {
    what.shares = {{"crash", "ledgers", share}};
    campaign_result all;
    for (std::uint64_t seed = 1; seed <= 2; ++seed)
      all.add(what, run(what, seed));
    return all;
  };
  const auto crashes = static_cast<double>(result_with(1000).met["crash"]);
  ASSERT_GT(crashes, 1);
  EXPECT_TRUE(result_with(crashes / 6).passed());
  auto all = result_with((crashes - 1) / 6);
  EXPECT_FALSE(all.passed());
  EXPECT_FALSE(all.failing_seed);
}

TEST(a_campaign, without_a_single_run_has_not_passed) {
  EXPECT_FALSE(campaign_result{}.passed());
}

// -- mixes of faults ---------------------------------------------------------------------------------------

TEST(a_mix, leaves_out_each_fault_in_about_half_of_the_seeds_and_adds_none) {
  simulation::fault_profile all;
  all.stormy.loss = 0.1;
  all.faults = {
      {fault::crash, {std::chrono::seconds{1}, {}, {}}}, {fault::pause, {std::chrono::seconds{1}, {}, {}}}};
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    for (const auto& name : faults_in(simulation::mixed(all, random_generator{seed})))
      ++seen[name];
  ASSERT_EQ(seen.size(), faults_in(all).size());
  for (const auto& [name, times] : seen) {
    EXPECT_GT(times, 30) << name;
    EXPECT_LT(times, 70) << name;
  }
}

TEST(a_campaign, that_mixes_has_all_its_faults_under_odd_seeds_and_some_under_even_ones) {
  auto what = of_ledgers(recovery::right);
  auto kinds = [&what](std::uint64_t seed) {
    std::set<fault> happens;
    for (const auto& item : run(what, seed).plan)
      if (item.what)
        happens.insert(*item.what);
    return happens;
  };
  const auto all = kinds(1);
  what.mixes = true;
  EXPECT_EQ(kinds(1), all);
  std::set<std::set<fault>> mixes;
  for (std::uint64_t seed = 2; seed <= 40; seed += 2) {
    mixes.insert(kinds(seed));
    EXPECT_TRUE(std::ranges::includes(all, *mixes.rbegin()));
  }
  EXPECT_GT(mixes.size(), 1u);
}

} // namespace
} // namespace chorus::testing
