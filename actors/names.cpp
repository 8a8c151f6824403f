#include "node_services.hpp"

#include <chorus/actors/names.hpp>

namespace chorus {

name_directory::name_directory(node_services& services) : services_(services) {}

error name_directory::announce(std::string_view name, const caf::actor& actor) {
  if (auto over = services_.why_over())
    return over;
  return services_.names().announce(name, actor);
}

void name_directory::withdraw(std::string_view name) {
  services_.names().withdraw(name);
}

caf::actor name_directory::find(std::string_view name) const {
  return services_.names().find(name);
}

result<caf::actor> name_directory::find(std::string_view name, duration within) const {
  return services_.find(name, within);
}

std::map<std::string, caf::actor> name_directory::list(std::string_view prefix) const {
  return services_.names().list(prefix);
}

} // namespace chorus
