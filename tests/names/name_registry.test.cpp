#include <chorus/names/name_registry.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace chorus::names {
namespace {

static_assert(protocol_core<core>);

peer node(std::uint64_t number, std::uint64_t life = 1) {
  return {{0, number}, {life}};
}

/// Registries and, between each two that are linked, queues in order. What is on its way to or from a
/// lost life is lost.
class mesh {
public:
  explicit mesh(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      lives_.push_back(node(i + 1));
      cores_.push_back(std::make_unique<core>(lives_.back()));
    }
  }

  core& at(std::size_t index) { return *cores_[index]; }
  const peer& life(std::size_t index) const { return lives_[index]; }
  std::size_t size() const { return cores_.size(); }

  void apply(std::size_t index, core::input what) {
    cores_[index]->apply({}, what);
    collect(index);
  }

  void link(std::size_t left, std::size_t right) {
    apply(left, peer_up{lives_[right]});
    apply(right, peer_up{lives_[left]});
  }

  /// The relation between the two ends.
  void cut(std::size_t left, std::size_t right) {
    queues_.erase({lives_[left], lives_[right]});
    queues_.erase({lives_[right], lives_[left]});
    apply(left, peer_down{lives_[right]});
    apply(right, peer_down{lives_[left]});
  }

  /// Each of the two takes the other for failed.
  void lose(std::size_t left, std::size_t right) {
    cut(left, right);
    apply(left, peer_gone{lives_[right]});
    apply(right, peer_gone{lives_[left]});
  }

  /// That node restarts, and knows nothing.
  void restart(std::size_t index) {
    for (std::size_t other = 0; other < size(); ++other)
      if (other != index)
        lose(index, other);
    lives_[index].incarnation = lives_[index].incarnation.next();
    cores_[index] = std::make_unique<core>(lives_[index]);
  }

  /// Delivers one message of some queue; false if there is none.
  bool deliver_one(random_generator& chance) {
    std::vector<std::pair<peer, peer>> busy;
    for (auto& [ends, queue] : queues_)
      if (!queue.empty())
        busy.push_back(ends);
    if (busy.empty())
      return false;
    auto ends = busy[chance.below(busy.size())];
    auto what = std::move(queues_[ends].front());
    queues_[ends].pop_front();
    for (std::size_t i = 0; i < size(); ++i)
      if (lives_[i] == ends.second) {
        cores_[i]->receive({}, ends.first, what);
        collect(i);
      }
    return true;
  }

  void deliver_all() {
    random_generator chance{1};
    while (deliver_one(chance)) {
    }
  }

private:
  void collect(std::size_t index) {
    auto output = cores_[index]->drain();
    for (auto& step : output.messages) {
      auto bytes = wire::encode(step.message);
      auto message = wire::decode(shared_bytes{bytes.head}, {});
      ASSERT_TRUE(message);
      queues_[{lives_[index], step.to}].push_back(*message);
    }
  }

  std::vector<peer> lives_;
  std::vector<std::unique_ptr<core>> cores_;
  std::map<std::pair<peer, peer>, std::deque<core::message>> queues_;
};

/// The actor that counts for `name` at this registry, 0 for none.
std::uint64_t actor_of(const core& registry, std::string_view name) {
  auto found = registry.find(name);
  return found ? found->actor : 0;
}

TEST(name_registry, tells_others_what_was_announced_before_and_after_they_met) {
  mesh nodes{2};
  nodes.apply(0, announce{"before", 10});
  nodes.link(0, 1);
  nodes.apply(0, announce{"after", 11});
  nodes.deliver_all();
  EXPECT_EQ(nodes.at(1).find("before"), (announcement{nodes.life(0), 10, {{1}, nodes.life(0).node}}));
  EXPECT_EQ(actor_of(nodes.at(1), "after"), 11u);
}

TEST(name_registry, tells_the_name_of_an_actor_also_when_another_one_counts_for_it) {
  mesh nodes{2};
  nodes.link(0, 1);
  nodes.apply(0, announce{"name", 10});
  nodes.deliver_all();
  nodes.apply(1, announce{"name", 20});
  nodes.deliver_all();
  EXPECT_EQ(nodes.at(0).name_of(nodes.life(0), 10), "name");
  EXPECT_EQ(nodes.at(0).name_of(nodes.life(1), 20), "name");
  EXPECT_EQ(nodes.at(0).name_of(nodes.life(1), 10), std::nullopt);
  nodes.cut(0, 1);
  EXPECT_EQ(nodes.at(0).name_of(nodes.life(1), 20), "name");
  nodes.lose(0, 1);
  EXPECT_EQ(nodes.at(0).name_of(nodes.life(1), 20), std::nullopt);
}

TEST(name_registry, lets_the_announcer_count_that_had_heard_of_the_other) {
  for (auto first : {0u, 1u}) {
    mesh nodes{2};
    nodes.link(0, 1);
    nodes.apply(first, announce{"name", 10});
    nodes.deliver_all();
    nodes.apply(1 - first, announce{"name", 20});
    nodes.deliver_all();
    EXPECT_EQ(actor_of(nodes.at(0), "name"), 20u);
    EXPECT_EQ(actor_of(nodes.at(1), "name"), 20u);
  }
}

TEST(name_registry, lets_the_greater_node_count_of_two_that_announce_at_once) {
  mesh nodes{3};
  nodes.link(0, 1);
  nodes.link(0, 2);
  nodes.link(1, 2);
  nodes.apply(1, announce{"name", 20});
  nodes.apply(0, announce{"name", 10});
  nodes.deliver_all();
  for (std::size_t i = 0; i < nodes.size(); ++i)
    EXPECT_EQ(actor_of(nodes.at(i), "name"), 20u);
}

TEST(name_registry, lets_the_announcer_before_count_again_when_the_last_one_goes) {
  mesh nodes{3};
  nodes.link(0, 1);
  nodes.link(0, 2);
  nodes.link(1, 2);
  nodes.apply(0, announce{"name", 10});
  nodes.deliver_all();
  nodes.apply(1, announce{"name", 20});
  nodes.deliver_all();
  nodes.apply(1, withdraw{"name"});
  nodes.deliver_all();
  EXPECT_EQ(actor_of(nodes.at(2), "name"), 10u) << "withdrawn";
  nodes.apply(1, announce{"name", 21});
  nodes.deliver_all();
  nodes.lose(1, 2);
  EXPECT_EQ(actor_of(nodes.at(2), "name"), 10u) << "its node is lost";
  EXPECT_EQ(actor_of(nodes.at(0), "name"), 21u) << "not lost here";
}

TEST(name_registry, agrees_again_after_a_partition) {
  mesh nodes{2};
  nodes.link(0, 1);
  nodes.apply(0, announce{"kept", 10});
  nodes.deliver_all();
  nodes.lose(0, 1);
  EXPECT_EQ(actor_of(nodes.at(1), "kept"), 0u);
  EXPECT_EQ(actor_of(nodes.at(0), "kept"), 10u) << "it is its own";
  nodes.apply(0, announce{"both", 11});
  nodes.apply(1, announce{"both", 20});
  nodes.apply(1, announce{"both", 21});
  nodes.link(0, 1);
  nodes.deliver_all();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_EQ(actor_of(nodes.at(i), "kept"), 10u);
    EXPECT_EQ(nodes.at(i).find("both"), nodes.at(0).find("both"));
  }
  EXPECT_EQ(nodes.at(1).find("kept")->origin, nodes.life(0));
}

TEST(name_registry, withdraws_all_names_of_an_actor_that_ended) {
  mesh nodes{2};
  nodes.link(0, 1);
  nodes.apply(0, announce{"a", 10});
  nodes.apply(0, announce{"b", 10});
  nodes.apply(0, announce{"c", 11});
  nodes.apply(0, actor_ended{10});
  nodes.deliver_all();
  EXPECT_EQ(nodes.at(1).list("").size(), 1u);
  EXPECT_EQ(actor_of(nodes.at(1), "c"), 11u);
}

TEST(name_registry, lists_names_by_prefix_in_order) {
  core registry{node(1)};
  for (auto name : {"chat/b", "chat/a", "chat", "chats", "chat/"})
    registry.apply({}, announce{name, 1});
  std::vector<std::string> found;
  for (auto& [name, who] : registry.list("chat/"))
    found.push_back(name);
  EXPECT_EQ(found, (std::vector<std::string>{"chat/", "chat/a", "chat/b"}));
}

TEST(name_registry, says_when_another_announcement_counts) {
  core registry{node(1)};
  registry.apply({}, peer_up{node(2)});
  registry.receive({}, node(2), announced{"name", 20, {5}});
  auto first = registry.drain().changes;
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].winner->actor, 20u);
  registry.receive({}, node(2), announced{"name", 20, {5}});
  EXPECT_TRUE(registry.drain().empty()) << "the same again is no change";
  registry.apply({}, peer_down{node(2)});
  auto down = registry.drain().changes;
  ASSERT_EQ(down.size(), 1u);
  EXPECT_FALSE(down[0].winner->within_reach);
  registry.apply({}, peer_up{node(2)});
  registry.receive({}, node(2), announced{"name", 20, {5}});
  auto up = registry.drain().changes;
  ASSERT_EQ(up.size(), 1u);
  EXPECT_TRUE(up[0].winner->within_reach);
  registry.apply({}, peer_gone{node(2)});
  auto last = registry.drain().changes;
  ASSERT_EQ(last.size(), 1u);
  EXPECT_FALSE(last[0].winner);
}

/// Cleo hears of "name" from Ada first and from Ben last, and then cannot reach Ben.
struct ben_out_of_reach : mesh {
  ben_out_of_reach() : mesh(3) {
    link(0, 1);
    link(0, 2);
    link(1, 2);
    apply(0, announce{"name", 10});
    deliver_all();
    apply(1, announce{"name", 20});
    apply(1, announce{"other", 21});
    deliver_all();
    cut(1, 2);
  }

  core& cleo() { return at(2); }
};

TEST(name_registry, does_not_give_a_name_to_an_older_announcer_because_its_holder_is_out_of_reach) {
  ben_out_of_reach nodes;
  EXPECT_EQ(actor_of(nodes.cleo(), "name"), 20u);
  EXPECT_FALSE(nodes.cleo().find("name")->within_reach);
  EXPECT_EQ(nodes.cleo().list("").size(), 2u);
  EXPECT_EQ(actor_of(nodes.at(0), "name"), 20u);
  EXPECT_TRUE(nodes.at(0).find("name")->within_reach) << "of another node";
  nodes.link(1, 2);
  EXPECT_FALSE(nodes.cleo().find("name")->within_reach) << "its list has not come";
  nodes.deliver_all();
  EXPECT_EQ(nodes.cleo().find("name"), nodes.at(0).find("name"));
  EXPECT_TRUE(nodes.cleo().find("other")->within_reach);
}

TEST(name_registry, replaces_what_it_has_kept_by_the_list_of_the_next_relation) {
  ben_out_of_reach nodes;
  nodes.apply(1, withdraw{"name"});
  nodes.apply(1, announce{"third", 22});
  nodes.deliver_all();
  EXPECT_EQ(actor_of(nodes.cleo(), "name"), 20u) << "cleo does not hear of it";
  nodes.link(1, 2);
  nodes.deliver_all();
  EXPECT_EQ(actor_of(nodes.cleo(), "name"), 10u);
  EXPECT_EQ(actor_of(nodes.cleo(), "other"), 21u);
  EXPECT_EQ(actor_of(nodes.cleo(), "third"), 22u);
}

TEST(name_registry, forgets_what_it_has_kept_when_that_life_is_gone) {
  ben_out_of_reach nodes;
  nodes.apply(2, peer_gone{nodes.life(1)});
  EXPECT_EQ(actor_of(nodes.cleo(), "name"), 10u);
  EXPECT_EQ(actor_of(nodes.cleo(), "other"), 0u);
}

TEST(name_registry, lets_a_later_announcement_count_before_one_that_is_out_of_reach) {
  ben_out_of_reach nodes;
  nodes.apply(2, announce{"name", 30});
  EXPECT_EQ(actor_of(nodes.cleo(), "name"), 30u);
  EXPECT_TRUE(nodes.cleo().find("name")->within_reach);
}

TEST(name_registry, keeps_all_names_when_a_relation_ends_in_the_middle_of_its_list) {
  ben_out_of_reach nodes;
  nodes.link(1, 2);
  random_generator chance{1};
  while (!nodes.cleo().find("name")->within_reach)
    ASSERT_TRUE(nodes.deliver_one(chance));
  nodes.cut(1, 2);
  for (const auto* name : {"name", "other"}) {
    ASSERT_TRUE(nodes.cleo().find(name));
    EXPECT_FALSE(nodes.cleo().find(name)->within_reach);
  }
}

TEST(name_registry, lets_what_it_has_kept_make_room_for_what_is_told) {
  core registry{node(1)};
  registry.apply({}, peer_up{node(2)});
  for (std::size_t i = 0; i < names_per_origin; ++i)
    registry.receive({}, node(2), announced{"before/" + std::to_string(i), 1, {i + 1}});
  registry.apply({}, peer_down{node(2)});
  registry.apply({}, peer_up{node(2)});
  for (std::size_t i = 0; i < names_per_origin; ++i)
    registry.receive({}, node(2), announced{"now/" + std::to_string(i), 1, {i + 1}});
  EXPECT_EQ(registry.statistics().ignored_too_many, 0u);
  EXPECT_EQ(registry.list("now/").size(), names_per_origin);
  EXPECT_EQ(registry.list("before/").size(), 0u);
  registry.receive({}, node(2), announced{"one more", 1, {1}});
  EXPECT_EQ(registry.statistics().ignored_too_many, 1u);
}

TEST(name_registry, ignores_what_cannot_be) {
  core registry{node(1)};
  registry.receive({}, node(2), announced{"name", 1, {1}});
  EXPECT_EQ(registry.statistics().ignored_strangers, 1u);
  registry.apply({}, peer_up{node(2)});
  registry.receive({}, node(2), announced{"", 1, {1}});
  registry.receive({}, node(2), announced{std::string(limits::name_bytes + 1, 'x'), 1, {1}});
  registry.receive({}, node(2), announced{"line\nbreak", 1, {1}});
  registry.receive({}, node(2), announced{"no actor", 0, {1}});
  registry.receive({}, node(2), announced{"from the far future", 1, lamport_time::max()});
  registry.receive({}, node(2), withdrawn{"never announced", {1}});
  EXPECT_EQ(registry.statistics().ignored_invalid, 6u);
  EXPECT_TRUE(registry.list("").empty());
  registry.receive({}, node(2), announced{std::string(limits::name_bytes, 'x'), 1, {1}});
  EXPECT_EQ(registry.list("").size(), 1u);
}

TEST(name_registry, takes_so_many_names_of_one_origin_and_no_more) {
  core registry{node(1)};
  registry.apply({}, peer_up{node(2)});
  for (std::size_t i = 0; i < names_per_origin; ++i) {
    EXPECT_TRUE(registry.can_announce("one more"));
    registry.apply({}, announce{"own/" + std::to_string(i), 1});
    registry.receive({}, node(2), announced{"other/" + std::to_string(i), 1, {i + 1}});
  }
  EXPECT_FALSE(registry.can_announce("one more"));
  EXPECT_TRUE(registry.can_announce("own/0"));
  EXPECT_EQ(registry.statistics().ignored_too_many, 0u);
  registry.receive({}, node(2), announced{"one more", 1, {1}});
  EXPECT_EQ(registry.statistics().ignored_too_many, 1u);
  EXPECT_FALSE(registry.find("one more"));
}

TEST(name_registry, is_read_from_its_own_bytes_only) {
  auto bytes = wire::encode(announced{"name", 1, {2}});
  EXPECT_TRUE(wire::decode(shared_bytes{bytes.head}, {}));
  EXPECT_FALSE(wire::decode(shared_bytes{bytes.head}, shared_bytes{bytes.head}));
  bytes.head.pop_back();
  EXPECT_FALSE(wire::decode(shared_bytes{bytes.head}, {}));
}

/// Whoever is linked to everybody agrees with a naive reckoning: the greatest stamp among what the
/// nodes announce at the end.
TEST(name_registry, agrees_everywhere_whatever_happened_before) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_generator chance{seed};
    mesh nodes{4};
    std::set<std::pair<std::size_t, std::size_t>> links;
    auto some_name = [&] { return std::string(1, static_cast<char>('a' + chance.below(3))); };
    for (int step = 0; step < 150; ++step) {
      auto who = static_cast<std::size_t>(chance.below(4));
      auto other = (who + 1 + static_cast<std::size_t>(chance.below(3))) % 4;
      auto ends = std::minmax(who, other);
      switch (chance.below(9)) {
      case 0:
        nodes.apply(who, withdraw{some_name()});
        break;
      case 1:
        if (links.insert(ends).second)
          nodes.link(who, other);
        break;
      case 2:
        nodes.restart(who);
        std::erase_if(links, [&](auto& link) { return link.first == who || link.second == who; });
        break;
      case 3:
        nodes.apply(who, announce{some_name(), 1 + chance.below(99)});
        break;
      case 4:
        if (links.erase(ends) > 0)
          nodes.cut(who, other);
        break;
      default:
        nodes.deliver_one(chance);
      }
    }
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = i + 1; j < 4; ++j)
        if (!links.contains({i, j}))
          nodes.link(i, j);
    nodes.deliver_all();
    for (std::string name : {"a", "b", "c"}) {
      std::optional<announcement> expected;
      for (std::size_t i = 0; i < 4; ++i)
        for (auto& [announced_name, winner] : nodes.at(i).list(name))
          if (winner.origin == nodes.life(i) && (!expected || expected->stamp < winner.stamp))
            expected = winner;
      for (std::size_t i = 0; i < 4; ++i)
        ASSERT_EQ(nodes.at(i).find(name), expected) << "name " << name << " at node " << i;
    }
  }
}

} // namespace
} // namespace chorus::names
