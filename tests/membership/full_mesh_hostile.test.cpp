#include "mesh_world.hpp"

#include <chorus/membership/full_mesh.hpp>
#include <chorus/runtime/limits.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace chorus::membership::full_mesh {
namespace {

using namespace std::chrono_literals;

const member a = someone("a", 1);
const member b = someone("b", 2);
const member c = someone("c", 3);

struct hostile_content : testing::Test {
  time_point now{1h};
  core mesh{now, {.self = b, .contacts = {}}};

  bool is_refused(const peer& from, const message& what) {
    mesh.drain();
    auto before = mesh.counters().messages_invalid;
    mesh.receive(now, from, what);
    return mesh.counters().messages_invalid == before + 1 && mesh.drain().empty();
  }

  bool is_refused_with(const std::function<void(gossip&)>& change) {
    gossip what{a, {c}, address{"b", 4000}, {}};
    change(what);
    return is_refused(a.who, what);
  }
};

TEST_F(hostile_content, is_refused_when_gossip_is_about_somebody_else_than_its_sender) {
  EXPECT_TRUE(is_refused(c.who, gossip{a, {}, {}, {}}));
  EXPECT_TRUE(is_refused({{0, 1}, {2}}, gossip{a, {}, {}, {}}));
}

TEST_F(hostile_content, is_refused_from_nobody) {
  EXPECT_TRUE(is_refused({}, farewell{}));
  EXPECT_TRUE(is_refused({{0, 1}, {}}, farewell{}));
}

TEST_F(hostile_content, is_refused_with_names_beyond_the_limit) {
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.self.name.clear(); }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.known[0].name.clear(); }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.self.name.assign(limits::name_bytes + 1, 'n'); }));
  EXPECT_FALSE(is_refused_with([](gossip& what) { what.self.name.assign(limits::name_bytes, 'n'); }));
}

TEST_F(hostile_content, is_refused_with_addresses_that_nobody_can_be_reached_at) {
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.self.where.port = 0; }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.self.where.host.clear(); }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.known[0].where.port = 0; }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.asked_at->port = 0; }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.answers = address{}; }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.self.where.host.assign(limits::name_bytes + 1, 'h'); })
  );
  EXPECT_FALSE(is_refused_with([](gossip& what) { what.self.where.host.assign(limits::name_bytes, 'h'); }));
}

TEST_F(hostile_content, is_refused_with_members_that_have_no_life) {
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.known[0].who.node = {}; }));
  EXPECT_TRUE(is_refused_with([](gossip& what) { what.known[0].who.incarnation = {}; }));
}

TEST_F(hostile_content, is_refused_with_one_member_too_many) {
  auto crowd = [](std::size_t count) {
    return [count](gossip& what) {
      what.known.clear();
      for (std::uint64_t n = 0; n < count; ++n)
        what.known.push_back(someone("m" + std::to_string(n), 100 + n));
    };
  };
  EXPECT_FALSE(is_refused_with(crowd(members_limit)));
  EXPECT_TRUE(is_refused_with(crowd(members_limit + 1)));
}

TEST_F(hostile_content, is_refused_when_an_accuser_claims_an_impossible_standing) {
  EXPECT_TRUE(is_refused(a.who, accusation{b.who, {40, {0, 1}, {0, 3}}, a.where}));
  EXPECT_TRUE(is_refused(a.who, accusation{b.who, {0, {0, 1}, {0, 1}}, a.where}));
  EXPECT_TRUE(is_refused(a.who, accusation{b.who, {members_limit + 1, {0, 1}, {0, 1}}, a.where}));
}

TEST_F(hostile_content, is_refused_when_an_accuser_cannot_be_reached) {
  EXPECT_TRUE(is_refused(a.who, accusation{b.who, {2, {0, 1}, {0, 1}}, {"a", 0}}));
}

TEST_F(hostile_content, is_refused_when_a_refusal_makes_no_sense) {
  EXPECT_TRUE(is_refused(a.who, refusal{b.who, static_cast<refusal::why>(3), a}));
  EXPECT_TRUE(is_refused(a.who, refusal{b.who, refusal::why::name_taken, b}));
  EXPECT_TRUE(is_refused(a.who, refusal{b.who, refusal::why::name_taken, {}}));
}

TEST_F(hostile_content, cannot_make_the_contact_list_grow_without_bound) {
  for (std::uint64_t n = 0; n < 10 * contact_list::limit; ++n)
    mesh.receive(now, a.who, gossip{a, {someone("m" + std::to_string(n), 100 + n)}, {}, {}});
  EXPECT_GT(mesh.counters().introductions_dropped, 0u);
  mesh.tick(now);
  EXPECT_EQ(mesh.drain().contacts.size(), contact_list::limit);
}

TEST_F(hostile_content, of_a_third_party_cannot_reject_this_node_but_the_other_process_is_asked) {
  auto copy = someone("copy", 2, 7);
  for (auto i = 0; i < 10; ++i) {
    mesh.receive(now, a.who, gossip{a, {copy}, {}, {}});
    now += 1s;
    mesh.tick(now);
    auto output = mesh.drain();
    EXPECT_FALSE(output.rejection);
    for (const auto& step : output.contacts)
      EXPECT_TRUE(step.to == copy.where || step.to == a.where);
  }
}

TEST_F(hostile_content, that_is_our_own_coming_back_changes_nothing) {
  mesh.receive(now, b.who, gossip{b, {}, b.where, {}});
  EXPECT_TRUE(mesh.drain().empty());
  EXPECT_EQ(mesh.counters().messages_of_the_past, 0u);
}

} // namespace
} // namespace chorus::membership::full_mesh
