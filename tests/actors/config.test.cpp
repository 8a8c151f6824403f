#include <chorus/actors/node.hpp>
#include <chorus/runtime/limits.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace chorus {
namespace {

using namespace std::chrono_literals;

error failure_with(const std::function<void(config&)>& change) {
  config settings;
  settings.log_level = "off";
  change(settings);
  auto opened = node::open(std::move(settings));
  return opened ? error{} : opened.failure();
}

error failure_of(const std::function<void(config&)>& change) {
  config settings;
  change(settings);
  return check(settings);
}

TEST(config, lets_a_node_open_as_it_comes) {
  EXPECT_FALSE(check(config{}));
}

TEST(config, names_a_time_that_is_too_short_or_too_long) {
  const std::pair<const char*, std::function<void(config&)>> changes[] = {
      {"failure_timeout", [](config& c) { c.failure_timeout = 19ms; }},
      {"failure_timeout", [](config& c) { c.failure_timeout = duration::max(); }},
      {"leave_within", [](config& c) { c.leave_within = -1ms; }},
      {"leave_within", [](config& c) { c.leave_within = config::longest_time + 1ms; }},
      {"drain_within", [](config& c) { c.drain_within = -1ms; }},
      {"drain_within", [](config& c) { c.drain_within = config::longest_time + 1ms; }},
      {"quit_within", [](config& c) { c.quit_within = -1ms; }},
      {"quit_within", [](config& c) { c.quit_within = config::longest_time + 1ms; }},
      {"busy_poll", [](config& c) { c.busy_poll = -1us; }},
      {"busy_poll", [](config& c) { c.busy_poll = 1s; }},
  };
  for (const auto& [name, change] : changes) {
    auto failed = failure_with(change);
    EXPECT_EQ(failed.code, errc::invalid_argument) << name;
    EXPECT_TRUE(failed.what.starts_with(name + std::string{": "})) << failed.what;
  }
}

TEST(config, refuses_names_that_no_command_line_would_take) {
  for (const auto& name : {std::string(limits::name_bytes + 1, 'x'), std::string{"two words"}}) {
    EXPECT_EQ(failure_with([&](config& c) { c.name = name; }).code, errc::invalid_argument) << name;
    EXPECT_EQ(failure_with([&](config& c) { c.cluster = name; }).code, errc::invalid_argument) << name;
  }
  EXPECT_EQ(failure_with([](config& c) { c.cluster.clear(); }).code, errc::invalid_argument);
}

TEST(config, refuses_addresses_that_nobody_can_be_told) {
  const address unreachable[] = {
      {"", 4000},
      {"*", 4000},
      {"0.0.0.0", 4000},
      {"::", 4000},
      {"host", 0},
      {std::string(limits::name_bytes + 1, 'h'), 4000}};
  for (const auto& where : unreachable) {
    EXPECT_EQ(failure_with([&](config& c) { c.advertise = where; }).code, errc::invalid_argument);
    EXPECT_EQ(failure_with([&](config& c) { c.seeds = {where}; }).code, errc::invalid_argument);
  }
}

TEST(config, bounds_the_number_of_seeds) {
  auto failed = failure_with([](config& c) { c.seeds.assign(65, {"seed", 4000}); });
  EXPECT_EQ(failed.code, errc::invalid_argument);
  EXPECT_NE(failed.what.find("65 seeds"), std::string::npos) << failed.what;
}

TEST(config, bounds_the_threads_of_the_scheduler) {
  EXPECT_EQ(
      failure_with([](config& c) { c.threads = config::most_threads + 1; }).code, errc::invalid_argument
  );
}

TEST(config, has_the_bounds_of_the_command_line) {
  const std::pair<const char*, std::function<void(config&)>> changes[] = {
      {"listen: ", [](config& c) { c.listen.host.clear(); }},
      {"listen: ", [](config& c) { c.listen.host = "two words"; }},
      {"advertise: ",
       [](config& c) {
         c.advertise = address{"0.0.0.0", 4000};
       }},
      {"seeds: ",
       [](config& c) {
         c.seeds = {{"::", 4000}};
       }},
      {"data_directory: ", [](config& c) { c.data_directory = ""; }},
      {"about.roles: ", [](config& c) { c.about.roles = {"two words"}; }},
      {"about.tags: ",
       [](config& c) {
         c.about.tags = {{"", "7"}};
       }},
      {"about.tags: ",
       [](config& c) {
         c.about.tags = {{"a=b", "7"}};
       }},
      {"about.tags: ",
       [](config& c) {
         c.about.tags = {{"a", "line\nbreak"}};
       }},
      {"about.version: ", [](config& c) { c.about.version = "two words"; }},
      {"log_level: ", [](config& c) { c.log_level = "loud"; }},
      {"scheduler: ", [](config& c) { c.scheduler = "lottery"; }},
  };
  for (const auto& [field, change] : changes) {
    auto failed = failure_of(change);
    EXPECT_EQ(failed.code, errc::invalid_argument) << field;
    EXPECT_TRUE(failed.what.starts_with(field)) << failed.what;
  }
}

TEST(config, may_leave_at_once) {
  EXPECT_FALSE(failure_of([](config& c) { c.leave_within = {}; }));
}

TEST(config, knows_two_policies_of_the_scheduler) {
  EXPECT_EQ(failure_with([](config& c) { c.scheduler = "lottery"; }).code, errc::invalid_argument);
}

} // namespace
} // namespace chorus
