#include "../../actors/log_names.hpp"

#include "../../actors/caf17/node_name.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

/// What the log calls nodes and actors.
namespace chorus {

struct painter_state {
  painter_state() = default;
  int canvas = 0;
};

namespace {

constexpr peer ada{{1, 1}, {1}};
constexpr peer bob{{2, 2}, {3}};

caf::behavior paint(caf::stateful_actor<painter_state>*) {
  return {[](int) {}};
}

caf::behavior wait(caf::event_based_actor*) {
  return {[](int) {}};
}

class log_names_of_ada : public testing::Test {
protected:
  log_names_of_ada() {
    caf17::set_node(system_, ada);
    remoting_ = std::make_shared<remoting>(
        system_,
        ada,
        std::make_shared<flow_control>([](time_point) {}),
        remoting::hooks{
            [](const remoting::trouble&) {},
            [](auto task) { task(); },
            [](auto) {},
            [](auto) { return false; }}
    );
    service_ = std::make_shared<name_service>(ada, remoting_);
  }

  ~log_names_of_ada() override {
    service_->stop();
    remoting_->stop();
    for (auto& actor : actors_)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  template <class Function>
  caf::strong_actor_ptr spawn(Function function) {
    return caf::actor_cast<caf::strong_actor_ptr>(actors_.emplace_back(system_.spawn(function)));
  }

  static std::string number_of(const caf::strong_actor_ptr& actor) {
    return "actor " + std::to_string(actor->id());
  }

  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  std::shared_ptr<remoting> remoting_;
  std::shared_ptr<name_service> service_;
  std::vector<caf::actor> actors_;
};

TEST_F(log_names_of_ada, tell_a_node_by_name_and_life_also_when_it_is_gone) {
  log_names names{service_};
  EXPECT_EQ(names.node(bob), to_string(bob));
  membership::member member;
  member.who = bob;
  member.name = "bob";
  names.add(member);
  EXPECT_EQ(names.node(bob), "bob (" + to_string(bob) + ')');
  EXPECT_EQ(names.node({bob.node, {4}}), "bob (" + to_string(peer{bob.node, {4}}) + ')');
}

TEST_F(log_names_of_ada, forget_the_node_that_came_first_when_there_are_too_many) {
  log_names names{service_};
  membership::member member;
  member.name = "somebody";
  for (std::uint64_t number = 1; number <= log_names::limit + 1; ++number) {
    member.who = {{7, number}, {1}};
    names.add(member);
    names.add(member);
  }
  EXPECT_EQ(names.node({{7, 1}, {1}}), to_string(peer{{7, 1}, {1}}));
  EXPECT_EQ(names.node({{7, 2}, {1}}), "somebody (" + to_string(peer{{7, 2}, {1}}) + ')');
}

TEST_F(log_names_of_ada, tell_a_local_actor_by_name_or_by_class) {
  log_names names{service_};
  auto painter = spawn(paint);
  auto nameless = spawn(wait);
  EXPECT_EQ(names.local_actor(painter), number_of(painter) + " (chorus::painter_state)");
  EXPECT_EQ(names.local_actor(nameless), number_of(nameless));
  EXPECT_FALSE(service_->announce("painter", caf::actor_cast<caf::actor>(painter)));
  EXPECT_EQ(names.local_actor(painter), "'painter' (" + number_of(painter) + ')');
  service_->withdraw("painter");
  EXPECT_EQ(names.local_actor(painter), number_of(painter) + " (chorus::painter_state)");
}

TEST_F(log_names_of_ada, tell_a_remote_actor_by_name_and_node) {
  log_names names{service_};
  EXPECT_EQ(names.remote_actor({bob, 12}), "actor 12 of node " + to_string(bob));
  service_->peer_up(bob, std::make_shared<outbox>(limits::mebibyte, 0, [] {}));
  auto bytes = names::wire::encode(names::announced{"counter", 12, {1}});
  service_->receive(bob, {{0, 1}, shared_bytes{bytes.head}, 1, channels::names});
  EXPECT_EQ(names.remote_actor({bob, 12}), "'counter' (actor 12) of node " + to_string(bob));
  EXPECT_EQ(names.remote_actor({bob, 13}), "actor 13 of node " + to_string(bob));
}

} // namespace
} // namespace chorus
