#include "witness.hpp"

#include <algorithm>
#include <csignal>
#include <sstream>
#include <utility>

namespace chorus::testing {

witness::moment witness::now() {
  return std::chrono::duration_cast<moment>(std::chrono::steady_clock::now().time_since_epoch());
}

witness::witness(std::vector<std::string> command, const std::string& name)
    : program_(std::move(command), {}, name) {}

std::string witness::life() {
  if (!tells("ready"))
    return {};
  const auto all = told();
  return std::ranges::find(all, "ready", &event::kind)->detail;
}

std::size_t witness::count(const std::string& kind, const std::string& about) const {
  return count_in(told(), kind, about);
}

::testing::AssertionResult
witness::tells(const std::string& kind, const std::string& about, std::size_t times) {
  if (program_.output_becomes([&](auto& lines) { return count_in(parse(lines), kind, about) >= times; }))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "did not tell '" << kind << ' ' << about << "' (" << times
                                       << " times), but " << ::testing::PrintToString(program_.output());
}

bool witness::tells_until(moment end, const std::function<bool(const event&)>& wanted) {
  return program_.output_becomes(
      [&](auto& lines) { return std::ranges::any_of(parse(lines), wanted); }, std::max(end - now(), moment{})
  );
}

::testing::AssertionResult witness::has_up(const std::map<std::string, std::string>& lives) {
  if (program_.output_becomes([&](auto& lines) { return up_after(parse(lines)) == lives; }))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "has up " << ::testing::PrintToString(up()) << ", wanted " << ::testing::PrintToString(lives);
}

void witness::kill() {
  program_.signal(SIGKILL);
  EXPECT_EQ(program_.wait(), -SIGKILL);
}

witness::events witness::parse(const process::lines& lines) {
  events all;
  for (auto& line : lines) {
    std::istringstream words{line};
    moment::rep at = 0;
    event next{};
    words >> at >> next.kind >> next.about >> std::ws;
    std::getline(words, next.detail);
    next.at = moment{at};
    all.push_back(std::move(next));
  }
  return all;
}

std::map<std::string, std::string> witness::up_after(const events& all) {
  std::map<std::string, std::string> up;
  for (auto& each : all)
    if (each.kind == "up")
      up[each.about] = each.detail.substr(0, each.detail.find(' '));
    else if (each.kind == "down")
      up.erase(each.about);
  return up;
}

std::size_t witness::count_in(const events& all, const std::string& kind, const std::string& about) {
  return static_cast<std::size_t>(std::ranges::count_if(all, [&](auto& each) {
    return each.kind == kind && (about.empty() || each.about == about);
  }));
}

} // namespace chorus::testing
