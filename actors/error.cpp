#include "fate_mark.hpp"

#include <chorus/actors/error.hpp>

#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

namespace chorus {

namespace {

const char* describe(request_fate fate) {
  switch (fate) {
  case request_fate::executed:
    return "it was executed";
  case request_fate::not_executed:
    return "it was not executed";
  case request_fate::unknown:
    break;
  }
  return "it may have been executed";
}

std::string render(std::uint8_t code, caf::atom_value, const caf::message& context) {
  std::string text{to_string(static_cast<errc>(code))};
  auto fate = marked_fate(context);
  auto more = fate ? context.drop_right(1) : context;
  if (more.match_elements<std::string>())
    text.append(": ").append(more.get_as<std::string>(0));
  else if (!more.empty())
    text.append(": ").append(caf::deep_to_string(more));
  if (fate)
    text.append("; ").append(describe(*fate));
  return text;
}

} // namespace

caf::error to_caf(const error& failure) {
  if (failure.what.empty())
    return make_error(failure.code);
  return caf::error{static_cast<std::uint8_t>(failure.code), error_category, caf::make_message(failure.what)};
}

caf::error make_error(errc code) {
  return caf::error{static_cast<std::uint8_t>(code), error_category};
}

void add_error_category(caf::actor_system_config& settings) {
  settings.add_error_category(error_category, render);
}

} // namespace chorus
