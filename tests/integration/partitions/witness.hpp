#pragma once

#include "../process.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace chorus::testing {

/// A process of the program `witness` (witness_program.cpp), and what it has told.
class witness {
public:
  /// A time on the machine's steady clock, which all processes share.
  using moment = std::chrono::milliseconds;

  static moment now();

  struct event {
    moment at;
    std::string kind;   ///< `up`, `down`, `gone`, `lost`, `answer`, ...
    std::string about;  ///< a node; empty for some
    std::string detail; ///< the other words
  };
  using events = std::vector<event>;

  /// `command` (path, then arguments) starts the program with a node of that name.
  witness(std::vector<std::string> command, const std::string& name);

  /// Waits until it is ready. The life of its node, as `up` of others tells it; empty if it never is.
  std::string life();

  events told() const { return parse(program_.output()); }

  /// How often it has told that of that node, or of anybody.
  std::size_t count(const std::string& kind, const std::string& about = {}) const;

  /// Waits until it has told that so often.
  ::testing::AssertionResult
  tells(const std::string& kind, const std::string& about = {}, std::size_t times = 1);

  /// Waits until it tells such a thing; false if it has not at that time.
  bool tells_until(moment end, const std::function<bool(const event&)>& wanted);

  /// The others that are up for it, and their lives.
  std::map<std::string, std::string> up() const { return up_after(told()); }

  /// Waits until just these are up.
  ::testing::AssertionResult has_up(const std::map<std::string, std::string>& lives);

  void command(const std::string& line) { program_.write(line + '\n'); }

  void pause() { program_.pause(); }
  void resume() { program_.resume(); }

  /// Ends it without a word, and waits for that.
  void kill();

private:
  static events parse(const process::lines& lines);
  static std::map<std::string, std::string> up_after(const events& all);
  static std::size_t count_in(const events& all, const std::string& kind, const std::string& about);

  process program_;
};

} // namespace chorus::testing
