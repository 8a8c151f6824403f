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

TEST(config, lets_a_node_open_as_it_comes) {
  EXPECT_FALSE(check(config{}));
}

TEST(config, names_a_time_that_is_too_short_or_too_long) {
  const std::pair<const char*, std::function<void(config&)>> changes[] = {
      {"failure_timeout", [](config& c) { c.failure_timeout = 19ms; }},
      {"failure_timeout", [](config& c) { c.failure_timeout = duration::max(); }},
      {"leave_within", [](config& c) { c.leave_within = -1ms; }},
      {"leave_within", [](config& c) { c.leave_within = config::longest_time + 1ms; }},
      {"busy_poll", [](config& c) { c.busy_poll = -1us; }},
      {"busy_poll", [](config& c) { c.busy_poll = 1s; }},
  };
  for (const auto& [name, change] : changes) {
    auto failed = failure_with(change);
    EXPECT_EQ(failed.code, errc::invalid_argument) << name;
    EXPECT_NE(failed.what.find(name), std::string::npos) << failed.what;
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
      {"", 4000}, {"*", 4000}, {"host", 0}, {std::string(limits::name_bytes + 1, 'h'), 4000}};
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

TEST(config, knows_two_policies_of_the_scheduler) {
  EXPECT_EQ(failure_with([](config& c) { c.scheduler = "lottery"; }).code, errc::invalid_argument);
}

} // namespace
} // namespace chorus
