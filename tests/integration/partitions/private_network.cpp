#include "private_network.hpp"

namespace chorus::testing {

namespace {

/// The first three bytes of a host's addresses.
std::string network_of(std::size_t host) {
  return "10.77." + std::to_string(host + 1);
}

std::string router_of(std::size_t host) {
  return network_of(host) + ".254";
}

/// The router's interface to that host.
std::string wire_to(std::size_t host) {
  return "to-" + std::to_string(host + 1);
}

std::string rule_against(const private_network::direction& which) {
  auto [from, to] = which;
  auto priority = 1000 + from * private_network::most_hosts + to;
  return "pref " + std::to_string(priority) + " iif " + wire_to(from) + " to " + network_of(to)
         + ".0/24 blackhole\n";
}

} // namespace

private_network::private_network(std::size_t hosts) {
  std::string wires;
  for (std::size_t host = 0; host < hosts; ++host) {
    hosts_.push_back(std::make_unique<network_namespace>(&router_));
    auto wire = wire_to(host);
    wires += "link add " + wire + " type veth peer name wire netns " + std::to_string(hosts_.back()->id())
             + "\naddress add " + router_of(host) + "/24 dev " + wire + "\nlink set " + wire + " up\n";
  }
  router_.forward();
  router_.configure(wires);
  for (std::size_t host = 0; host < hosts; ++host)
    hosts_[host]->configure(
        "link set lo up\naddress add " + address_of(host) + "/24 dev wire\naddress add "
        + address_of(host, true) + "/24 dev wire\nlink set wire up\nroute add default via " + router_of(host)
        + '\n'
    );
}

std::string private_network::address_of(std::size_t host, bool second) {
  return network_of(host) + (second ? ".2" : ".1");
}

std::vector<std::string> private_network::on(std::size_t host, std::vector<std::string> command) const {
  return hosts_.at(host)->inside(std::move(command));
}

void private_network::cut(const std::vector<direction>& directions) {
  std::string rules;
  for (auto& each : directions)
    if (cut_.insert(each).second)
      rules += "rule add " + rule_against(each);
  router_.configure(rules);
}

void private_network::heal() {
  std::string rules;
  for (auto& each : std::exchange(cut_, {}))
    rules += "rule del " + rule_against(each);
  router_.configure(rules);
}

} // namespace chorus::testing
