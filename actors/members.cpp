#include "node_services.hpp"

#include <chorus/actors/members.hpp>

#include <utility>

namespace chorus {

member_list::member_list(node_services& services) : services_(services) {}

std::vector<membership::member> member_list::list() const {
  if (services_.has_left())
    return {};
  return services_.members().members();
}

std::optional<membership::suspicion_report> member_list::why_suspected(const node_id& member) const {
  if (services_.has_left())
    return std::nullopt;
  return services_.members().why_suspected(member);
}

error member_list::update_metadata(membership::metadata about) {
  if (auto over = services_.why_over())
    return over;
  return services_.update_metadata(std::move(about));
}

void member_list::subscribe(const caf::actor& subscriber) {
  if (!services_.has_left())
    services_.subscribe(subscriber);
}

void member_list::subscribe_all(const caf::actor& subscriber) {
  if (!services_.has_left())
    services_.subscribe_all(subscriber);
}

} // namespace chorus
