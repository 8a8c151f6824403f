#pragma once

#include "../temporary_folder.hpp"

#include <chorus/actors/program/command_line.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus {

/// A variable of the environment for as long as this lives.
class variable {
public:
  variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~variable() { ::unsetenv(name_); }

  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

private:
  const char* name_;
};

/// A command line that was parsed: what became of it, and what was printed. `prepare` may add options of the
/// application before chorus', `complete` after them.
struct parsed_line {
  using arguments = std::vector<std::string>;
  using change = std::function<void(CLI::App&)>;

  config settings;
  std::optional<int> exit_code;
  std::string output;
  std::string errors;

  parsed_line(
      arguments words, const option_names& names = {}, const change& prepare = {}, const change& complete = {}
  ) {
    CLI::App app{"test"};
    if (prepare)
      prepare(app);
    add_options(app, settings, names);
    if (complete)
      complete(app);
    words.insert(words.begin(), "/usr/bin/test");
    std::vector<char*> pointers;
    for (auto& word : words)
      pointers.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    exit_code = parse(app, static_cast<int>(pointers.size()), pointers.data());
    errors = ::testing::internal::GetCapturedStderr();
    output = ::testing::internal::GetCapturedStdout();
  }

  /// Whether it was refused as wrong usage, with this text among what was printed.
  ::testing::AssertionResult refused_with(std::string_view text) const {
    if (exit_code == 2 && errors.find(text) != std::string::npos)
      return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "exit code " << (exit_code ? std::to_string(*exit_code) : "none") << ", printed: " << errors;
  }

  ::testing::AssertionResult usable() const {
    if (!exit_code)
      return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "exit code " << *exit_code << ", printed: " << errors;
  }
};

/// A configuration file with this content for as long as this lives.
class config_file {
public:
  explicit config_file(std::string_view content) : path_((folder_.path() / "node.conf").string()) {
    std::ofstream{path_, std::ios::binary} << content;
  }

  const std::string& path() const { return path_; }

  /// How messages name a line of it.
  std::string line(int number) const { return path_ + ':' + std::to_string(number) + ": "; }

private:
  temporary_folder folder_;
  std::string path_;
};

} // namespace chorus
