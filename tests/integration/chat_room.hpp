#pragma once

#include "programs.hpp"

#include <map>
#include <memory>
#include <string>

namespace chorus::testing {

/// Several chat programs, all with the same flags. The first is everybody's seed.
class chat_room : public ::testing::Test {
protected:
  /// Starts a person and waits until all hear what it says and it hears all of its room.
  process& enter(const std::string& name, const std::string& room = "lobby", arguments flags = {});

  process& at(const std::string& name) { return *people_.at(name); }

  /// `author` says `count` lines.
  void say(const std::string& author, int count);

  /// Waits until the listener has printed the last of what `say` said; then whether it printed all of
  /// it, once and in order.
  ::testing::AssertionResult heard(const std::string& listener, const std::string& author, int count);

  /// Talks until the listener hears it. Windows become known a moment after `* joined`, and nothing
  /// that a person could see tells when.
  ::testing::AssertionResult hears(const std::string& listener, const std::string& author);

  /// Nobody is declared failed for being slow; a process that is gone is noticed by its connections.
  arguments flags_ = {"--failure-timeout", "20"};

private:
  std::map<std::string, std::unique_ptr<process>> people_;
  std::map<std::string, std::string> rooms_;
  std::string seed_;
  int greetings_ = 0;
};

} // namespace chorus::testing
