#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Scenarios: files that a person reads as a conversation and the suite plays (the idea of etcd's
/// rafttest and of cockroachdb/datadriven). A file is a sequence of blocks:
///
///     # Any number of comments.
///     send A 1->2 "hello"
///     deliver
///     ----
///     A sends data 1: 1->2 "hello"
///     B delivers 1->2 "hello"
///
/// Commands stand above the dashes, what they do below, up to an empty line. A test plays the file and
/// compares; with CHORUS_REWRITE_SCENARIOS=1 in the environment it writes down what happened instead,
/// for a person to read before it is committed.
namespace chorus::testing {

/// One line above the dashes: a verb and words. A word in quotes may hold spaces; the quotes are dropped.
struct command {
  std::string verb;
  std::vector<std::string> words;

  /// The word at that place. Throws `scenario_error` if there is none.
  const std::string& word(std::size_t place) const;

  /// Whether that word is among them.
  bool has(std::string_view word) const;
};

/// A script that cannot be played: unknown verb, missing word. Never rewritten away.
struct scenario_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Digits and nothing else. Throws `scenario_error` if it is no number.
std::size_t parse_number(std::string_view word);

/// The verbs of one protocol and the world they act on.
class stage {
public:
  /// What a verb does; it appends lines to the transcript.
  using handler = std::function<void(const command&, std::string& transcript)>;

  void add(std::string verb, handler what);

  void perform(const command& what, std::string& transcript) const;

private:
  std::map<std::string, handler> handlers_;
};

/// The script with what really happens below the dashes.
std::string play(std::string_view script, const stage& on);

/// Plays the file as one GoogleTest assertion.
void check_scenario(const std::filesystem::path& file, const stage& on);

/// The scenarios of a folder, by name.
std::vector<std::filesystem::path> scenarios_in(const std::filesystem::path& folder);

/// The file's name as a GoogleTest parameter name.
std::string scenario_name(const std::filesystem::path& file);

} // namespace chorus::testing
