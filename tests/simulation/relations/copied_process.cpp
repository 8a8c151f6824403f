#include "copied_process.hpp"

#include "../membership/datagram.hpp"

#include <chorus/simulation/world.hpp>

#include <utility>

namespace chorus::testing {

copied_process::copied_process(simulation::node& at, member_cluster& all, membership::member self)
    : node_(at), all_(all), self_(std::move(self)), timer_(at.make_timer([this] { driver_.wake(); })),
      driver_(protocol::make_core(at.now(), self_, at.chance().next()), *this, *this, *timer_) {}

void copied_process::receive(const peer&, const shared_bytes& head, const shared_bytes&) {
  auto what = decode_datagram(head.view());
  if (what && what->where == self_.where)
    driver_.receive(what->source, shared_bytes{std::move(what->content)});
}

std::string copied_process::describe(const wire_message& content) const {
  auto what = decode_datagram(content.head);
  if (!what)
    return process::describe(content);
  auto message = protocol::wire::decode(shared_bytes{std::move(what->content)});
  return message ? protocol::describe(*message) : to_string(message.failure());
}

void copied_process::perform(const membership::contact<protocol::message>& step) {
  send_to(step.to, {}, protocol::wire::encode(step.message));
}

void copied_process::send(const peer& to, wire_message message) {
  if (auto known = members_.find(to); known != members_.end())
    send_to(known->second, to.incarnation, std::move(message));
}

void copied_process::send_to(const address& where, incarnation life, wire_message message) {
  if (auto machine = all_.hosts().machine_of(where); machine && *machine != node_.index())
    node_.network().send(
        node_.around().at(*machine).self(),
        {encode(datagram{self_.who, where, life, std::move(message.head)}), {}}
    );
}

} // namespace chorus::testing
