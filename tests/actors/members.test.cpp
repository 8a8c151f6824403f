#include "cluster.hpp"

#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

/// What nodes know of each other besides that they are there.
namespace chorus {
namespace {

membership::metadata about(const std::string& role) {
  return {{role}, {{"rack", "7"}}, "1.2"};
}

membership::metadata of_size(std::size_t bytes) {
  // Until it fits: how many bytes the numbers around a tag take is the encoding's business.
  membership::metadata result;
  auto length = bytes;
  do {
    result.tags["t"] = std::string(length--, 'x');
  } while (membership::swim::metadata_size(result) > bytes);
  EXPECT_EQ(membership::swim::metadata_size(result), bytes);
  return result;
}

TEST(members, tell_each_other_what_they_are) {
  cluster nodes;
  nodes.add("ada", [](config& settings) { settings.about = about("web"); });
  auto& ben = nodes.add("ben");
  ASSERT_EQ(ben.members().list().size(), 1u);
  EXPECT_EQ(ben.members().list().front().about, about("web"));
  EXPECT_EQ(nodes.at(0).self().about, about("web"));
}

/// Counts the lives that it hears of, and those of which it hears twice.
TEST(members, tell_a_subscriber_of_each_life_once_however_often_it_subscribes) {
  event_log log; // outlives the nodes
  cluster nodes;
  auto& ada = nodes.add("ada");
  nodes.add("ben");
  auto subscriber = ada.system().spawn([&log](caf::event_based_actor*) -> caf::behavior {
    return {
        [&log](const node_up& event) { log.add("up " + event.who.name); },
        [&log](const node_updated& event) { log.add("updated " + event.who.name); },
        [](const node_suspected&) {},
        [](const node_trusted&) {},
        [](const node_down&) {},
        [](const node_gone&) {},
        [](const node_expelled&) {},
    };
  });
  ada.subscribe(subscriber);
  ada.subscribe(subscriber);
  ada.members().subscribe_all(subscriber);
  ada.members().subscribe_all(subscriber);
  nodes.add("cleo"); // from now on it hears of everything, once
  EXPECT_FALSE(nodes.at(1).members().update_metadata(about("store")));
  ASSERT_TRUE(log.wait_for("updated ben"));
  ASSERT_TRUE(log.wait_for("up cleo"));
  auto all = log.all();
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<std::string>{"up ben", "up cleo", "updated ben"}));
  caf::anon_send_exit(subscriber, caf::exit_reason::kill);
}

TEST(members, hear_when_one_of_them_changes_what_it_says) {
  cluster nodes;
  auto& ada = nodes.add("ada", [](config& settings) { settings.about = about("web"); });
  auto& ben = nodes.add("ben");
  EXPECT_FALSE(ada.members().update_metadata(about("store")));
  ASSERT_TRUE(nodes.events(1).wait_for("updated ada"));
  EXPECT_EQ(ben.members().list().front().about, about("store"));
  EXPECT_EQ(ada.self().about, about("store"));
  auto& cleo = nodes.add("cleo");
  ASSERT_EQ(cleo.members().list().size(), 2u);
  for (auto& member : cleo.members().list())
    EXPECT_EQ(member.about, member.name == "ada" ? about("store") : membership::metadata{});
}

TEST(members, say_of_themselves_as_much_as_there_is_room_for_and_no_more) {
  cluster nodes;
  auto& ada = nodes.add("ada", [](config& settings) { settings.about = of_size(limits::metadata_bytes); });
  EXPECT_EQ(ada.members().update_metadata(of_size(limits::metadata_bytes + 1)).code, errc::invalid_argument);
  EXPECT_EQ(ada.self().about, of_size(limits::metadata_bytes));
  config settings;
  settings.about = of_size(limits::metadata_bytes + 1);
  auto refused = node::open(settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure().code, errc::invalid_argument);
}

/// Asks until the answer is as it should be.
testing::AssertionResult finds_nothing_because(const node& asking, errc code, const std::string& reason) {
  error latest;
  for (const auto end = std::chrono::steady_clock::now() + patience;
       std::chrono::steady_clock::now() < end;) {
    latest = asking.find("nobody", std::chrono::milliseconds{10}).failure();
    if (latest.code == code && latest.what.find(reason) != std::string::npos)
      return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << to_string(latest);
}

config seeking(const address& seed) {
  config settings;
  settings.seeds = {seed};
  settings.log_level = "off";
  settings.failure_timeout = 10 * patience; // it gives up, and reports silence, later than this test
  return settings;
}

TEST(members, that_are_refused_find_nothing_and_say_why_at_once) {
  cluster nodes;
  nodes.add("ada");
  nodes.add("ben");
  auto settings = seeking(nodes.at(0).self().where);
  settings.name = "ben";
  auto namesake = node::open(settings);
  ASSERT_TRUE(namesake);
  EXPECT_TRUE(finds_nothing_because(*namesake, errc::refused, "the name 'ben' is taken by node"));
  nodes.remove(1);
  ASSERT_TRUE(nodes.events(0).wait_for("up ben", 2));
  EXPECT_TRUE(finds_nothing_because(*namesake, errc::not_found, "nobody has announced"));
}

TEST(members, of_another_cluster_are_named_at_once) {
  cluster nodes;
  const auto where = nodes.add("ada").self().where;
  auto settings = seeking(where);
  settings.cluster = "band";
  auto stranger = node::open(settings);
  ASSERT_TRUE(stranger);
  EXPECT_TRUE(finds_nothing_because(
      *stranger, errc::unavailable, to_string(where) + ": it belongs to cluster 'chorus', this node to 'band'"
  ));
}

TEST(members, that_nobody_suspected_have_no_report) {
  cluster nodes;
  nodes.add("ada");
  auto& ben = nodes.add("ben");
  EXPECT_FALSE(ben.members().why_suspected(ben.members().list().front().who.node));
}

} // namespace
} // namespace chorus
