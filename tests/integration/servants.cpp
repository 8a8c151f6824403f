#include "servants.hpp"

#include <chrono>
#include <csignal>

namespace chorus::testing {

servants::servants(duration failure_timeout) : failure_timeout_(failure_timeout) {
  nodes_.add("home", [=](config& settings) { settings.failure_timeout = failure_timeout; });
  auto steward = own_.emplace_back(spawn_steward(home().system()));
  EXPECT_FALSE(home().announce("servant/home", spawn_servant(home().system(), steward)));
  listener_ = spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](heard_atom, const std::string& what) { heard_.add(what); }};
  });
}

servants::~servants() {
  for (auto& each : own_)
    caf::anon_send_exit(each, caf::exit_reason::kill);
}

caf::actor servants::start(const std::string& name, arguments flags) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(failure_timeout_).count();
  flags.insert(
      flags.end(),
      {"--name", name, "--seed", to_string(home().self().where), "--failure-timeout", std::to_string(seconds)}
  );
  processes_[name] = start_servant(std::move(flags));
  EXPECT_FALSE(address_of(at(name)).empty());
  // After a crash the name may still lead to the earlier life.
  EXPECT_TRUE(eventually([&] { return bool{serves(servant(name))}; }));
  return servant(name);
}

void servants::kill(const std::string& name) {
  at(name).signal(SIGKILL);
  EXPECT_EQ(at(name).wait(), -SIGKILL);
}

caf::actor servants::find(const std::string& what) {
  auto found = home().find(what, process::patience);
  EXPECT_TRUE(found) << to_string(found.failure());
  return found ? *found : caf::actor{};
}

caf::actor servants::fresh(const std::string& node) {
  auto made = ask<caf::actor>(servant(node), fresh_atom::value);
  EXPECT_TRUE(made) << text(made.error());
  return made ? *made : caf::actor{};
}

::testing::AssertionResult servants::serves(const caf::actor& whom) {
  auto answer = ask<std::string>(whom, echo_atom::value, std::string{"are you there?"});
  if (answer == std::string{"are you there?"})
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << (answer ? *answer : text(answer.error()));
}

bool servants::eventually(const std::function<bool()>& is_so) {
  auto give_up = std::chrono::steady_clock::now() + process::patience;
  while (!is_so())
    if (std::chrono::steady_clock::now() > give_up)
      return false;
  return true;
}

} // namespace chorus::testing
