#include <chorus/consensus/generals/om.hpp>
#include <chorus/consensus/generals/sm.hpp>
#include <chorus/handles/holders.hpp>
#include <chorus/membership/swim/core.hpp>
#include <chorus/names/name_registry.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/lamport_clock.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/runtime/quorum.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/caller_core.hpp>
#include <chorus/runtime/requests/server_core.hpp>
#include <chorus/runtime/vector_clock.hpp>
#include <chorus/simulation/history/violation.hpp>

#include <gtest/gtest.h>

#include <variant>

namespace chorus {
namespace {

// Links the pure libraries and nothing else: what pulls in a socket library, CAF or a database does not
// link here.

TEST(pure_libraries, need_no_library_that_does_input_or_output) {
  random_generator random{1};
  peer self{{random.next(), random.next()}, {1}};
  peer other{{random.next(), random.next()}, {1}};

  EXPECT_TRUE(parse_address("localhost:4000"));
  EXPECT_TRUE(lamport_clock{}.tick());
  EXPECT_TRUE(majority_quorum<node_id>{{self.node}}.contains(self.node));

  vector_clock clock;
  clock.increment(self);
  auto read = codec::decode<vector_clock>(codec::encode(clock));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, clock);

  link::config link_settings;
  link_settings.cluster = "pure";
  link_settings.self = self;
  link_settings.other = other;
  link_settings.relation = {1};
  link::core link_core{{}, link_settings};
  EXPECT_FALSE(link_core.drain().empty());

  requests::caller_core calls{random.split()};
  EXPECT_TRUE(calls.begin({}, {.retry = {}}));
  requests::server_core served;
  EXPECT_TRUE(std::holds_alternative<requests::server_core::execute>(served.receive({{{self, 1}, 1}, 1}, 1)));

  handles::holders holders;
  holders.give(relation_number{1});
  EXPECT_FALSE(holders.empty());

  membership::swim::config member_settings;
  member_settings.self = {self, "ada", {"192.0.2.1", 4000}};
  membership::swim::core member_core{{}, member_settings};
  member_core.apply({}, membership::add_seed{{"192.0.2.2", 4000}});
  EXPECT_TRUE(member_core.next_deadline());

  names::core registry{self};
  registry.apply({}, names::announce{"ada", 1});
  EXPECT_TRUE(registry.find("ada"));

  consensus::generals::battle battle;
  battle.generals = {self, other};
  battle.traitors = 0;
  consensus::generals::om::core commander{battle};
  commander.apply({}, consensus::generals::command{consensus::generals::order::attack});
  EXPECT_FALSE(commander.drain().empty());

  EXPECT_EQ(to_string(simulation::violation{"order", "broken", {}}), "order: broken");
}

TEST(pure_libraries, give_every_protocol_the_same_shape) {
  static_assert(protocol_core<link::core>);
  static_assert(protocol_core<membership::swim::core>);
  static_assert(protocol_core<names::core>);
  static_assert(protocol_core<consensus::generals::om::core>);
  static_assert(protocol_core<consensus::generals::sm::core>);
}

} // namespace
} // namespace chorus
