#include "parsed_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>

/// Flag, variable, file and program: what one of them takes, all of them take.
namespace chorus {
namespace {

struct example {
  const char* option;
  std::string value;
  std::string problem; ///< empty: it is usable

  friend std::ostream& operator<<(std::ostream& out, const example& shown) {
    return out << shown.option << " = " << shown.value.substr(0, 20);
  }
};

std::string variable_of(std::string option) {
  for (auto& letter : option)
    letter = letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return "CHORUS_" + option;
}

class option_values : public testing::TestWithParam<example> {};

TEST_P(option_values, are_judged_alike_wherever_they_come_from) {
  const auto& [option, value, problem] = GetParam();
  const auto flag = "--" + std::string{option};
  const auto name = variable_of(option);

  parsed_line by_flag{{flag, value}};
  config_file file{"# first\n" + std::string{option} + " = '" + value + "'\n"};
  parsed_line by_file{{"--config", file.path()}};
  variable set{name.c_str(), value};
  parsed_line by_variable{{}};

  if (problem.empty()) {
    EXPECT_TRUE(by_flag.usable());
    EXPECT_TRUE(by_variable.usable());
    EXPECT_TRUE(by_file.usable());
    EXPECT_FALSE(check(by_flag.settings)) << check(by_flag.settings).what;
    return;
  }
  EXPECT_TRUE(by_flag.refused_with(flag + ": "));
  EXPECT_TRUE(by_flag.refused_with(problem));
  EXPECT_TRUE(by_file.refused_with(file.line(2) + option + ": "));
  EXPECT_TRUE(by_file.refused_with(problem));
  if (value.empty())
    EXPECT_TRUE(by_variable.usable()); // as unset
  else {
    EXPECT_TRUE(by_variable.refused_with(name + ": "));
    EXPECT_TRUE(by_variable.refused_with(problem));
  }
}

INSTANTIATE_TEST_SUITE_P(
    names,
    option_values,
    testing::Values(
        example{"name", "ada", ""},
        example{"name", "", "it has no value"},
        example{"name", "two words", "'two words' is no name"},
        example{"name", std::string(255, 'x'), ""},
        example{"name", std::string(256, 'x'), "at most 255 bytes"},
        example{"cluster", "", "it has no value"},
        example{"role", "two words", "is no name"},
        example{"app-version", "two words", "is no name"},
        example{"tag", "rack=", ""},
        example{"tag", "rack", "'rack' is no tag: give KEY=VALUE"},
        example{"tag", "=7", "'=7' is no tag: give KEY=VALUE"},
        example{"tag", "a rack=7", "'a rack' cannot be a tag's key"},
        example{"data-dir", "", "it has no value"},
        example{"log-level", "off", ""},
        example{"log-level", "loud", "'loud' is none of trace, debug, info, warn, error, off"},
        example{"log-level", "warning", "is none of"},
        example{"scheduler", "borrowing", "'borrowing' is none of sharing, stealing"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    addresses,
    option_values,
    testing::Values(
        example{"listen", "*:0", ""},
        example{"listen", "0.0.0.0:4000", ""},
        example{"listen", "[::]:4000", ""},
        example{"listen", "nowhere", "cannot read 'nowhere' as an address"},
        example{"listen", "host:99999", "from 0 to 65535"},
        example{"listen", "::1:4000", "needs brackets"},
        example{"advertise", "[::1]:4000", ""},
        example{"advertise", "*:4000", "'*:4000' is every interface of a machine"},
        example{"advertise", "host:0", "cannot be reached by others"},
        example{"advertise", "0.0.0.0:4000", "is every interface of a machine"},
        example{"advertise", "[::]:4000", "is every interface of a machine"},
        example{"seed", "0:4000", "is every interface of a machine"},
        example{"seed", "10.0.0.1:4000,[fe80::1%eth0]:4000", ""},
        example{"seed", "host", "it has no port"},
        example{"seed", "host:0", "cannot be reached by others"},
        example{"seed", std::string(256, 'h') + ":4000", "at most 255 bytes"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    numbers,
    option_values,
    testing::Values(
        example{"failure-timeout", "0.02", ""},
        example{"failure-timeout", "3600", ""},
        example{"failure-timeout", "0.019", "0.019 seconds is out of range: give 0.02 to 3600 seconds"},
        example{"failure-timeout", "3600.001", "3600.001 seconds is out of range"},
        example{"failure-timeout", "nan", "'nan' is no number"},
        example{"failure-timeout", "inf", "'inf' is out of range"},
        example{"failure-timeout", "-inf", "'-inf' is out of range"},
        example{"failure-timeout", "1e300", "'1e300' is out of range"},
        example{"failure-timeout", "1e999", "'1e999' is out of range"},
        example{"failure-timeout", "soon", "'soon' is no number"},
        example{"failure-timeout", "4s", "'4s' is no number"},
        example{"failure-timeout", "1,5", "'1,5' is no number"},
        example{"failure-timeout", "0x10", "'0x10' is no number"},
        example{"leave-within", "0", ""},
        example{"leave-within", "-0.1", "-0.1 seconds is out of range: give 0 to 3600 seconds"},
        example{"threads", "0", ""},
        example{"threads", "010", ""},
        example{"threads", "256", ""},
        example{"threads", "257", "257 threads are too many"},
        example{"threads", "-1", "'-1' is no number of threads"},
        example{"threads", "1.5", "'1.5' is no number of threads"},
        example{"threads", "99999999999999999999999", "is out of range"},
        example{"busy-poll", "0", ""},
        example{"busy-poll", "10000", ""},
        example{"busy-poll", "10001", "10001 microseconds is out of range: give 0 to 10000 microseconds"},
        example{"busy-poll", "-1", "-1 microseconds is out of range"}
    )
);

TEST(option_values, reads_numbers_as_decimal_ones) {
  EXPECT_EQ((parsed_line{{"--threads", "010"}}.settings.threads), 10u);
}

} // namespace
} // namespace chorus
