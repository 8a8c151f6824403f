#include <chorus/membership/swim/round_trip.hpp>
#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>

/// What docs/decisions/0017 says about the two estimators, measured: how many answers come after the time
/// that was waited for them, and how long that time is.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

constexpr duration shortest = 50ms; ///< T / 20 and T / 2 for a period of one second
constexpr duration longest = 500ms;

/// The phi-accrual failure detector (Hayashibara, Défago, Yared and Katayama, SRDS 2004) as a timeout: the
/// time after which phi passes its threshold, for normally distributed round trips in a window.
class phi_accrual {
public:
  void measure(duration round_trip) {
    samples_.push_back(std::chrono::duration<double>(std::min(round_trip, longest)).count());
    if (samples_.size() > window)
      samples_.pop_front();
  }

  duration timeout() const {
    if (samples_.empty())
      return longest;
    double mean = 0;
    for (const auto sample : samples_)
      mean += sample / static_cast<double>(samples_.size());
    double variance = 0;
    for (const auto sample : samples_)
      variance += (sample - mean) * (sample - mean) / static_cast<double>(samples_.size());
    const std::chrono::duration<double> wait{mean + deviations * std::sqrt(variance)};
    return std::clamp(std::chrono::duration_cast<duration>(wait), shortest, longest);
  }

private:
  static constexpr std::size_t window = 200;
  static constexpr double deviations = 5.61; ///< phi = 8: one wrong in 10^8, were they normal
  std::deque<double> samples_;
};

struct outcome {
  double late = 0; ///< answers in a thousand
  double wait = 0; ///< mean timeout, in milliseconds
};

constexpr int probes = 20000;

template <class Estimator, class Network>
outcome measure(Estimator estimate, Network&& network) {
  random_generator chance{17};
  outcome result;
  for (auto n = 0; n < probes; ++n) {
    const auto round_trip = network(chance, n);
    const auto wait = estimate.timeout();
    result.late += round_trip > wait ? 1000.0 / probes : 0;
    result.wait += std::chrono::duration<double, std::milli>(wait).count() / probes;
    estimate.measure(round_trip);
  }
  return result;
}

template <class Network>
std::pair<outcome, outcome> compare(Network&& network) {
  return {measure(round_trip_estimator{shortest, longest}, network), measure(phi_accrual{}, network)};
}

duration local(random_generator& chance, int) {
  return chance.duration_between(200us, 2ms);
}

/// A tenth of the members is far away.
duration two_sites(random_generator& chance, int) {
  return chance.chance(0.1) ? chance.duration_between(80ms, 90ms) : chance.duration_between(200us, 2ms);
}

/// One answer in a hundred waits for a busy machine.
duration busy(random_generator& chance, int) {
  return chance.chance(0.01) ? chance.duration_between(2ms, 400ms) : chance.duration_between(200us, 2ms);
}

/// The network becomes slow for a while and quick again, over and over.
duration changing(random_generator& chance, int n) {
  return n % 1000 < 500 ? chance.duration_between(200us, 2ms) : chance.duration_between(120ms, 180ms);
}

TEST(round_trip_comparison, finds_no_difference_in_one_room) {
  const auto [simple, phi] = compare(local);
  EXPECT_EQ(simple.late, 0);
  EXPECT_EQ(phi.late, 0);
  EXPECT_NEAR(simple.wait, phi.wait, 1);
}

TEST(round_trip_comparison, finds_hardly_a_late_answer_from_two_sites_with_either) {
  const auto [simple, phi] = compare(two_sites);
  EXPECT_LT(simple.late, 1);
  EXPECT_LT(phi.late, 1);
}

TEST(round_trip_comparison, finds_as_many_late_answers_of_busy_machines_with_either) {
  const auto [simple, phi] = compare(busy);
  EXPECT_LT(simple.late, 10);
  EXPECT_LE(simple.late, phi.late);
}

TEST(round_trip_comparison, finds_the_simple_estimator_quicker_where_the_network_changes) {
  const auto [simple, phi] = compare(changing);
  EXPECT_LT(3 * simple.late, phi.late);
  EXPECT_LT(simple.wait, phi.wait);
}

} // namespace
} // namespace chorus::membership::swim
