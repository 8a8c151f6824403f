#include "six_nodes.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace chorus::testing {

namespace {

constexpr auto port = ":4000";

/// Short, so that verdicts come soon, but longer than a process stands still on a busy machine.
constexpr auto failure_timeout = "2";

double in_seconds(witness::moment time) {
  return static_cast<double>(time.count()) / 1000;
}

} // namespace

void six_nodes::SetUp() {
  if (auto& reason = network_namespace::why_not(); !reason.empty())
    GTEST_SKIP() << reason;
  network_ = std::make_unique<private_network>(everybody.size());
  for (auto each : everybody)
    start(each);
  expect_all_up();
  for_each_pair([this](member which, member other) { hold(which, other); });
  for_each_pair([this](member which, member other) { EXPECT_TRUE(at(which).tells("holds", name_of(other))); }
  );
}

// -- faults -----------------------------------------------------------------------------------------------

void six_nodes::cut(const members& from, const members& to) {
  begin_fault();
  std::vector<private_network::direction> directions;
  for (auto sender : from)
    for (auto receiver : to)
      if (sender != receiver) {
        directions.emplace_back(sender, receiver);
        touch(sender, receiver);
      }
  network_->cut(directions);
}

void six_nodes::part(const members& some, const members& others) {
  cut(some, others);
  cut(others, some);
}

void six_nodes::heal() {
  end_faults();
  network_->heal();
}

void six_nodes::pause(const members& some) {
  begin_fault();
  for (auto each : some) {
    touch_all_of(each);
    at(each).pause();
  }
}

void six_nodes::resume(const members& some) {
  end_faults();
  for (auto each : some)
    at(each).resume();
}

void six_nodes::kill(member which) {
  begin_fault();
  touch_all_of(which);
  at(which).kill();
}

void six_nodes::start_elsewhere(member which) {
  end_faults();
  start(which, true);
}

void six_nodes::start(member which, bool at_second_address) {
  auto name = name_of(which);
  std::vector<std::string> command{
      CHORUS_WITNESS_PROGRAM,
      "--name",
      name,
      "--listen",
      private_network::address_of(which, at_second_address) + port,
      "--data-dir",
      (data_.path() / name).string(),
      "--failure-timeout",
      failure_timeout};
  if (which != ada)
    command.insert(command.end(), {"--seed", private_network::address_of(ada) + port});
  witnesses_[which] = std::make_unique<witness>(network_->on(which, std::move(command)), name);
  lives_[which] = at(which).life();
}

void six_nodes::begin_fault() {
  if (began_ == witness::moment{})
    began_ = witness::now();
}

void six_nodes::touch(member which, member other) {
  touched_.insert(std::minmax(which, other));
}

void six_nodes::touch_all_of(member which) {
  for (auto other : everybody)
    if (other != which)
      touch(which, other);
}

bool six_nodes::is_touched(member which, member other) const {
  return touched_.contains(std::minmax(which, other));
}

// -- what they do -----------------------------------------------------------------------------------------

void six_nodes::ask(member which, member whom) {
  at(which).command("ask " + name_of(whom));
}

void six_nodes::hold(member which, member whom) {
  at(which).command("hold " + name_of(whom));
}

void six_nodes::expect(const members& some, const std::string& event, const members& others) {
  for (auto which : some)
    for (auto other : others)
      if (which != other) {
        EXPECT_TRUE(at(which).tells(event, name_of(other))) << name_of(which) << " about " << name_of(other);
      }
}

void six_nodes::expect_no(
    const members& some, const std::string& event, const members& others, std::chrono::seconds lasting
) {
  for (auto which : some)
    EXPECT_FALSE(at(which).tells_until(
        began_ + lasting,
        [&](const witness::event& told) {
          return told.kind == event
                 && std::ranges::any_of(others, [&](member other) { return told.about == name_of(other); });
        }
    )) << name_of(which)
       << " told '" << event << '\'';
}

std::size_t six_nodes::count(const std::string& event) const {
  std::size_t sum = 0;
  for (auto each : everybody)
    sum += at(each).count(event);
  return sum;
}

// -- agreement --------------------------------------------------------------------------------------------

void six_nodes::expect_agreement() {
  expect_all_up();
  expect_no_late_change();
  expect_working_handles();
  expect_all_up();
  EXPECT_TRUE(bystanders_are_quiet());
  EXPECT_LE(agreed_after(), agree_within);
  tell_figures();
}

void six_nodes::expect_all_up() {
  for (auto which : everybody) {
    std::map<std::string, std::string> others;
    for (auto other : everybody)
      if (other != which)
        others[name_of(other)] = lives_[other];
    EXPECT_TRUE(at(which).has_up(others)) << name_of(which);
  }
}

/// Watches for as long again as they may take.
void six_nodes::expect_no_late_change() {
  for (auto which : everybody)
    EXPECT_FALSE(at(which).tells_until(ended_ + 2 * agree_within, [this](const witness::event& told) {
      return is_change(told) && told.at > ended_ + agree_within;
    })) << name_of(which);
}

void six_nodes::expect_working_handles() {
  std::map<pair, std::pair<std::size_t, std::size_t>> before; // handles, answers
  for_each_pair([&](member which, member other) {
    before[{which, other}] = {
        at(which).count("holds", name_of(other)), at(which).count("answer", name_of(other))};
    if (is_touched(which, other))
      hold(which, other);
  });
  for_each_pair([&](member which, member other) {
    auto [handles, answers] = before[{which, other}];
    if (is_touched(which, other)) {
      EXPECT_TRUE(at(which).tells("holds", name_of(other), handles + 1)) << name_of(which);
    }
    ask(which, other);
    EXPECT_TRUE(at(which).tells("answer", name_of(other), answers + 1)) << name_of(which);
  });
}

::testing::AssertionResult six_nodes::bystanders_are_quiet() const {
  std::string told;
  for_each_pair([&](member which, member other) {
    if (!is_touched(which, other))
      for (const auto* event : {"down", "gone", "lost", "no-answer"})
        if (at(which).count(event, name_of(other)) > 0)
          told += name_of(which) + " told '" + event + ' ' + name_of(other) + "'; ";
  });
  return told.empty() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << told;
}

bool six_nodes::is_change(const witness::event& event) {
  return event.kind == "up" || event.kind == "down" || event.kind == "gone";
}

std::chrono::milliseconds six_nodes::agreed_after() const {
  auto last = ended_;
  for (auto each : everybody)
    for (auto& event : at(each).told())
      if (is_change(event))
        last = std::max(last, event.at);
  return last - ended_;
}

void six_nodes::tell_figures() const {
  std::map<std::string, std::size_t> ends;
  std::size_t touched_down = 0;
  std::size_t others_down = 0;
  std::ostringstream verdicts;
  for_each_pair([&](member which, member other) {
    if (at(which).count("down", name_of(other)) > 0)
      ++(is_touched(which, other) ? touched_down : others_down);
  });
  for (auto each : everybody)
    for (auto& event : at(each).told())
      if (event.kind == "down") {
        ++ends[event.detail];
        verdicts << "\n  " << std::setw(7) << in_seconds(event.at - began_) << " s: " << name_of(each)
                 << " lost " << event.about << " (" << event.detail << ')';
      }
  std::cout << "faults for " << in_seconds(ended_ - began_) << " s; all agreed " << in_seconds(agreed_after())
            << " s after their end. node_down in " << touched_down << " of " << 2 * touched_.size()
            << " directions that a fault touched and in " << others_down << " others";
  for (auto& [reason, times] : ends)
    std::cout << ", " << reason << ' ' << times << " times";
  std::cout << "; " << count("suspected") << " suspicions, " << count("expelled") << " expelled."
            << verdicts.str() << std::endl;
}

std::string six_nodes::name_of(member which) {
  static constexpr std::array names{"ada", "ben", "cleo", "dora", "eva", "finn"};
  return names.at(which);
}

void six_nodes::for_each_pair(const std::function<void(member, member)>& action) {
  for (auto which : everybody)
    for (auto other : everybody)
      if (which != other)
        action(which, other);
}

} // namespace chorus::testing
