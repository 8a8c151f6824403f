#pragma once

#include "liar.hpp"

#include <chorus/consensus/generals/om_message.hpp>

#include <array>

namespace chorus::testing {

/// Traitors of OM(m): they tell each general its own story, keep silent, come late, name paths that never
/// were, say two things at once, repeat old letters and send garbage.
class om_liar : public liar {
public:
  static constexpr std::array<std::string_view, 8> lies{
      "contradict", "equivocate", "withhold", "delay", "forge path", "say both", "replay", "garbage"};

  using liar::liar;

  void operator()(std::vector<letter>& from_traitors, const std::vector<letter>& to_traitors);

private:
  void distort(letter honest, std::vector<letter>& sent);
  letter say(letter honest, generals::om::message what, generals::order instead);
  letter forge();
  void count_equivocations(const std::vector<letter>& sent);
};

} // namespace chorus::testing
