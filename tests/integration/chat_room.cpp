#include "chat_room.hpp"

#include <chrono>

namespace chorus::testing {

using namespace std::chrono_literals;

process& chat_room::enter(const std::string& name, const std::string& room, arguments flags) {
  flags.insert(flags.end(), flags_.begin(), flags_.end());
  flags.insert(flags.end(), {"--name", name, "--room", room});
  if (!seed_.empty())
    flags.insert(flags.end(), {"--seed", seed_});
  auto& fresh = *(people_[name] = start_chat(std::move(flags)));
  auto where = address_of(fresh);
  if (seed_.empty())
    seed_ = where;
  rooms_[name] = room;
  for (auto& [other, program] : people_)
    if (other != name) {
      EXPECT_TRUE(program->prints("* " + name + " joined"));
      EXPECT_TRUE(fresh.prints("* " + other + " joined"));
      if (rooms_[other] == room) {
        EXPECT_TRUE(hears(other, name));
        EXPECT_TRUE(hears(name, other));
      }
    }
  return fresh;
}

void chat_room::say(const std::string& author, int count) {
  std::string text;
  for (int number = 0; number < count; ++number)
    text += "line " + std::to_string(number) + '\n';
  at(author).write(text);
}

::testing::AssertionResult
chat_room::heard(const std::string& listener, const std::string& author, int count) {
  auto beginning = '[' + rooms_[author] + "] " + author + ": line ";
  process::lines expected;
  for (int number = 0; number < count; ++number)
    expected.push_back(beginning + std::to_string(number));
  if (auto last = at(listener).prints(expected.back()); !last)
    return last;
  process::lines heard;
  for (auto& line : at(listener).output())
    if (line.starts_with(beginning))
      heard.push_back(line);
  if (heard == expected)
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << listener << " heard " << ::testing::PrintToString(heard);
}

::testing::AssertionResult chat_room::hears(const std::string& listener, const std::string& author) {
  auto give_up = std::chrono::steady_clock::now() + process::patience;
  while (std::chrono::steady_clock::now() < give_up) {
    auto greeting = "greeting " + std::to_string(++greetings_) + " of " + author;
    at(author).write(greeting + '\n');
    if (at(listener).prints_within(200ms, ": " + greeting))
      return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << listener << " never heard " << author;
}

} // namespace chorus::testing
