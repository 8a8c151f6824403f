#include "node_services.hpp"

#include <chorus/actors/links.hpp>

#include <caf/send.hpp>

#include <utility>

namespace chorus {

link_watch::link_watch(node_services& services) : services_(services) {}

void link_watch::when_writable(const caf::actor& receiver, const caf::actor& subscriber) {
  if (auto over = services_.why_over())
    caf::anon_send(subscriber, writable{receiver, std::move(over)});
  else
    services_.when_writable(receiver, subscriber);
}

error link_watch::wait_until_writable(const caf::actor& receiver, duration within) {
  if (auto over = services_.why_over())
    return over;
  return services_.wait_until_writable(receiver, within);
}

void link_watch::subscribe_dead_letters(const caf::actor& subscriber) {
  if (!services_.has_left())
    services_.subscribe_dead_letters(subscriber);
}

} // namespace chorus
