#include "servants.hpp"


#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

/// Handles of actors of other processes, and where they lead.
namespace chorus::testing {
namespace {

const std::string hello = "hello";

class handle_between_processes : public servants {
protected:
  adder find_adder(const std::string& name) { return caf::actor_cast<adder>(find("adder/" + name)); }

  void expect_sum(const adder& whom) {
    caf::scoped_actor self{home().system()};
    self->request(whom, process::patience, std::int64_t{19}, std::int64_t{23})
        .receive(
            [](std::int64_t sum) { EXPECT_EQ(sum, 42); },
            [this](const caf::error& reason) { ADD_FAILURE() << text(reason); }
        );
  }

  caf::actor ada_ = start("ada");
};

TEST_F(handle_between_processes, that_comes_home_is_the_local_actor) {
  auto own = spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](echo_atom, const std::string& what) { return what; }};
  });
  auto back = ask<caf::actor>(ada_, reflect_atom::value, own);
  ASSERT_TRUE(back) << text(back.error());
  EXPECT_EQ(caf::actor_cast<caf::abstract_actor*>(*back), caf::actor_cast<caf::abstract_actor*>(own));
}

TEST_F(handle_between_processes, of_one_actor_is_one_handle_whichever_way_it_came) {
  start("ben");
  EXPECT_EQ(ask<caf::actor>(ada_, self_atom::value), ada_);
  EXPECT_EQ(ask<caf::actor>(servant("ben"), reflect_atom::value, ada_), ada_);
  EXPECT_EQ(servant("ada"), ada_);
  EXPECT_NE(fresh("ada"), ada_);
}

TEST_F(handle_between_processes, may_be_of_a_typed_actor) {
  expect_sum(find_adder("ada"));
}

TEST_F(handle_between_processes, of_a_typed_actor_may_be_a_message_of_its_own) {
  start("ben");
  auto back = ask<adder>(ada_, reflect_atom::value, find_adder("ben"));
  ASSERT_TRUE(back) << text(back.error());
  expect_sum(*back);
}

TEST_F(handle_between_processes, of_a_typed_actor_fails_its_requests_when_the_process_is_killed) {
  auto typed = find_adder("ada");
  expect_sum(typed);
  at("ada").pause();
  caf::scoped_actor self{home().system()};
  auto open = self->request(typed, caf::infinite, std::int64_t{1}, std::int64_t{2});
  kill("ada");
  open.receive(
      [](std::int64_t) { ADD_FAILURE(); },
      [](const caf::error& reason) { EXPECT_EQ(reason, errc::node_down); }
  );
}

TEST_F(handle_between_processes, travels_inside_of_a_users_type) {
  start("ben");
  auto typed = home().system().spawn([](adder::pointer) -> adder::behavior_type {
    return {[](std::int64_t, std::int64_t) -> std::int64_t { return 42; }};
  });
  auto back = ask<handles>(ada_, reflect_atom::value, handles{servant("ben"), typed});
  ASSERT_TRUE(back) << text(back.error());
  EXPECT_TRUE(serves(back->untyped));
  EXPECT_EQ(back->typed, typed) << "the local one";
  back = ask<handles>(ada_, reflect_atom::value, handles{nullptr, find_adder("ben")});
  ASSERT_TRUE(back) << text(back.error());
  EXPECT_FALSE(back->untyped);
  expect_sum(back->typed);
}

/// Handles that go from one process to a second, and lead to a third.
class third_party_handle : public handle_between_processes {
protected:
  caf::actor ben_ = start("ben");
};

TEST_F(third_party_handle, leads_straight_to_its_actor) {
  auto echo = caf::make_message(echo_atom::value, hello);
  EXPECT_EQ(ask<std::string>(ben_, pass_atom::value, fresh("ada"), echo), hello);
}

TEST_F(third_party_handle, works_on_when_the_process_that_gave_it_is_killed) {
  start("cleo");
  command(ben_, report_atom::value, listener());
  auto at_ada = fresh("ada");
  auto watch = caf::make_message(monitor_atom::value, at_ada);
  command(servant("cleo"), pass_atom::value, ben_, watch); // ben has the handle from cleo
  kill("cleo");
  ASSERT_TRUE(news().wait_for("down cleo failed"));
  auto reason = caf::make_error(caf::sec::runtime_error, "told to");
  caf::anon_send(at_ada, quit_atom::value, reason);
  EXPECT_TRUE(heard().wait_for("down " + text(reason)));
  EXPECT_EQ(heard().all().size(), 1u);
}

TEST_F(third_party_handle, tells_who_got_it_when_the_process_is_killed_to_which_it_leads) {
  command(ben_, report_atom::value, listener());
  command(ben_, trap_atom::value);
  command(ben_, monitor_atom::value, ada_);
  command(ben_, link_atom::value, fresh("ada"));
  command(ben_, ask_atom::value, ada_);
  kill("ada");
  for (const auto* what : {"down node_down", "exit node_down", "failed node_down"})
    EXPECT_TRUE(heard().wait_for(what));
  EXPECT_TRUE(serves(ben_));
  EXPECT_EQ(heard().all().size(), 3u);
}

TEST_F(third_party_handle, that_comes_after_the_process_was_killed_is_of_an_actor_that_has_ended) {
  kill("ada");
  ASSERT_TRUE(news().wait_for("down ada failed"));
  command(ben_, report_atom::value, listener());
  command(ben_, monitor_atom::value, ada_);
  ASSERT_TRUE(heard().wait_for("down node_down"));
  command(ben_, ask_atom::value, ada_);
  EXPECT_TRUE(heard().wait_for("failed node_down"));
}

} // namespace
} // namespace chorus::testing
