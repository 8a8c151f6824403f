#include "transcript.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace chorus::testing {

namespace {

constexpr std::string_view dashes = "----";

command parse(const std::string& line) {
  std::istringstream rest{line};
  command parsed;
  rest >> parsed.verb;
  for (std::string word; rest >> std::quoted(word);)
    parsed.words.push_back(word);
  return parsed;
}

bool is_command(const std::string& line) {
  return !line.empty() && line.front() != '#';
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

const std::string& command::word(std::size_t place) const {
  if (place >= words.size())
    throw scenario_error{"'" + verb + "' needs more words"};
  return words[place];
}

bool command::has(std::string_view word) const {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::size_t parse_number(std::string_view word) {
  std::size_t number = 0;
  auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (code != std::errc{} || end != word.data() + word.size())
    throw scenario_error{"'" + std::string{word} + "' is no number"};
  return number;
}

void stage::add(std::string verb, handler what) {
  handlers_.emplace(std::move(verb), std::move(what));
}

void stage::perform(const command& what, std::string& transcript) const {
  auto found = handlers_.find(what.verb);
  if (found == handlers_.end())
    throw scenario_error{"nobody knows how to '" + what.verb + "'"};
  found->second(what, transcript);
}

std::string play(std::string_view script, const stage& on) {
  std::istringstream lines{std::string{script}};
  std::string played;
  std::optional<std::string> transcript; // of the block that is being read
  auto end_block = [&] {
    if (transcript)
      played.append(dashes).append("\n").append(transcript->empty() ? "(nothing)\n" : *transcript);
    transcript.reset();
  };
  for (std::string line; std::getline(lines, line);) {
    if (line == dashes) {
      while (std::getline(lines, line) && !line.empty()) {
      } // what was expected
      end_block();
      if (lines)
        played += '\n';
      continue;
    }
    if (is_command(line)) {
      if (!transcript)
        transcript.emplace();
      on.perform(parse(line), *transcript);
    } else if (line.empty()) {
      end_block();
    }
    played.append(line).append("\n");
  }
  end_block();
  return played;
}

void check_scenario(const std::filesystem::path& file, const stage& on) {
  SCOPED_TRACE(file.string());
  auto script = read(file);
  ASSERT_FALSE(script.empty()) << "no such scenario";
  std::string played;
  try {
    played = play(script, on);
  } catch (const scenario_error& problem) {
    FAIL() << problem.what();
  }
  if (std::getenv("CHORUS_REWRITE_SCENARIOS") != nullptr)
    std::ofstream{file} << played;
  else
    EXPECT_EQ(script, played) << "if this is as it should be, run again with CHORUS_REWRITE_SCENARIOS=1";
}

std::vector<std::filesystem::path> scenarios_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    if (entry.path().extension() == ".txt")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string scenario_name(const std::filesystem::path& file) {
  auto name = file.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

} // namespace chorus::testing
