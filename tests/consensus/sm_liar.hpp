#pragma once

#include "liar.hpp"

#include <chorus/consensus/generals/sm_message.hpp>
#include <chorus/simulation/symbolic_signatures.hpp>

#include <array>

namespace chorus::testing {

/// Traitors of SM(m), who lend each other their keys: they sign what they should not, keep orders back and
/// show them when hardly anybody can pass them on any more, change what others have signed, make up
/// signatures, leave some out, repeat letters of an earlier battle and send garbage.
class sm_liar : public liar {
public:
  static constexpr std::array<std::string_view, 9> lies{
      "sign another order",
      "hold back",
      "withhold",
      "delay",
      "change order",
      "forge signature",
      "leave out signature",
      "replay",
      "garbage"};

  sm_liar(const forces& army, random_generator chance, tally& told, simulation::symbolic_signatures& registry)
      : liar(army, chance, told), registry_(registry) {}

  void operator()(std::vector<letter>& from_traitors, const std::vector<letter>& to_traitors);

private:
  void learn(const std::vector<letter>& letters);
  void distort(letter honest, std::vector<letter>& sent);
  letter sign_another_order();
  letter show_what_was_held_back();
  letter change_what_was_signed();
  letter post(const generals::sm::message& what);
  void endorse_as(generals::general traitor, generals::sm::message& what);
  generals::general any_loyal();

  simulation::symbolic_signatures& registry_;
  std::vector<generals::sm::message> known_; ///< everything of this battle that a traitor has seen or signed
  std::size_t round_ = 0;
};

} // namespace chorus::testing
