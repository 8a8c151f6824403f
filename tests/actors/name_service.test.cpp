#include "../../actors/name_service.hpp"

#include "../../actors/channels.hpp"
#include "remoting_world.hpp"

#include <caf/actor_cast.hpp>
#include <gtest/gtest.h>

#include <memory>

namespace chorus {
namespace {

bool is_dead(const caf::actor& handle) {
  auto pointer = caf::actor_cast<caf::strong_actor_ptr>(handle);
  return static_cast<bool>(static_cast<caf17::remote_actor*>(pointer->get())->fail_state());
}

/// Ada knows that Ben has announced an actor.
struct name_service_test : ::testing::Test {
  name_service_test() {
    meet();
    tell(names::announced{"worker", 7, {1}});
    tell(names::all_told{});
  }

  void meet() {
    world.connect(0, 1);
    way = std::make_shared<outbox>(limits::mebibyte, 0, [] {});
    service->peer_up(ben, way);
  }

  void part() {
    service->peer_down(ben);
    world.lose(0, 1);
  }

  void tell(const names::core::message& what) {
    shared_bytes bytes{names::wire::encode(what).head};
    service->receive(ben, {{0, 1}, bytes, bytes.size() + link::message_overhead, channels::names});
  }

  remoting_world world{2};
  const peer ben = world.at(1).self;
  std::shared_ptr<outbox> way;
  std::shared_ptr<name_service> service =
      std::make_shared<name_service>(world.at(0).self, world.at(0).remote);
};

TEST_F(name_service_test, gives_a_handle_that_has_ended_of_an_actor_that_cannot_be_reached) {
  EXPECT_FALSE(is_dead(service->find("worker")));
  EXPECT_EQ(service->holder_out_of_reach("worker"), std::nullopt);
  part();
  ASSERT_TRUE(service->find("worker"));
  EXPECT_TRUE(is_dead(service->find("worker")));
  EXPECT_TRUE(is_dead(service->list("").at("worker")));
  EXPECT_EQ(service->holder_out_of_reach("worker"), ben);
}

TEST_F(name_service_test, waits_for_a_holder_that_can_be_reached) {
  EXPECT_TRUE(service->find("worker", duration{}));
  part();
  EXPECT_FALSE(service->find("worker", duration{}));
  auto before = service->find("worker");
  meet();
  EXPECT_FALSE(service->find("worker", duration{})) << "it has not said that it still has that name";
  tell(names::announced{"worker", 7, {1}});
  auto found = service->find("worker", duration{});
  ASSERT_TRUE(found);
  EXPECT_FALSE(is_dead(found));
  EXPECT_NE(found, before);
}

TEST_F(name_service_test, forgets_a_life_that_is_gone) {
  part();
  service->peer_gone(ben);
  EXPECT_FALSE(service->find("worker"));
  EXPECT_EQ(service->holder_out_of_reach("worker"), std::nullopt);
}

/// Without a word of it the two would disagree for ever.
TEST_F(name_service_test, gives_a_node_up_once_that_has_no_room_for_its_news) {
  auto narrow = std::make_shared<outbox>(200, 0, [] {});
  service->peer_down(ben);
  service->peer_up(ben, narrow);
  world.deliver_all();
  EXPECT_TRUE(world.at(0).given_up.empty());
  auto actor = world.spawn(0);
  for (const auto* name : {"a", "b", "c", "d", "e", "f"})
    EXPECT_FALSE(service->announce(name, caf::actor_cast<caf::actor>(actor)));
  world.deliver_all();
  EXPECT_EQ(world.at(0).given_up, std::vector{ben});
  service->stop();
}

TEST_F(name_service_test, gives_back_the_credit_of_what_it_has_read) {
  auto consumed = std::make_shared<consumption>();
  auto link = std::make_shared<outbox>(
      limits::mebibyte, 0, [] {}, limits::kibibyte, 1, consumed
  );
  service->peer_down(ben);
  service->peer_up(ben, link);
  tell(names::announced{"worker", 7, {1}});
  EXPECT_GT(consumed->bytes(), link::message_overhead);
}

} // namespace
} // namespace chorus
