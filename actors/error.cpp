#include <chorus/actors/error.hpp>

#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

namespace chorus {

caf::error to_caf(const error& failure) {
  if (failure.what.empty())
    return make_error(failure.code);
  return caf::error{static_cast<std::uint8_t>(failure.code), error_category, caf::make_message(failure.what)};
}

caf::error make_error(errc code) {
  return caf::error{static_cast<std::uint8_t>(code), error_category};
}

void add_error_category(caf::actor_system_config& settings) {
  settings.add_error_category(
      error_category,
      [](std::uint8_t code, caf::atom_value, const caf::message& context) {
        std::string text{to_string(static_cast<errc>(code))};
        if (context.match_elements<std::string>())
          text += ": " + context.get_as<std::string>(0);
        else if (!context.empty())
          text += ": " + caf::deep_to_string(context);
        return text;
      }
  );
}

} // namespace chorus
