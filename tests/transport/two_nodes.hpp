#pragma once

#include "tcp_proxy.hpp"
#include "test_node.hpp"

#include <functional>
#include <memory>

namespace chorus::testing {

inline const peer ada{{1, 1}, {1}};
inline const peer bob{{2, 2}, {1}};
inline constexpr link::pair first_pair{1, 10};
inline constexpr link::pair second_pair{2, 20};

/// Two nodes, each reaching the other through a wire of its own.
struct two_nodes {
  explicit two_nodes(const std::function<void(transport_options&)>& adjust = [](auto&) {})
      : a(adjusted(ada, adjust)), b(adjusted(bob, adjust)) {
    to_a.lead_to(a.where());
    to_b.lead_to(b.where());
    a_sends = a.add(bob, to_b.listening_on());
    b_sends = b.add(ada, to_a.listening_on());
  }

  static transport_options adjusted(const peer& self, const std::function<void(transport_options&)>& adjust) {
    auto options = options_of(self);
    adjust(options);
    return options;
  }

  bool are_connected() {
    return a.wait([&] { return a.told.established[bob] == 1; })
           && b.wait([&] { return b.told.established[ada] == 1; });
  }

  void cut_both() {
    to_a.cut();
    to_b.cut();
  }

  tcp_proxy to_a;
  tcp_proxy to_b;
  test_node a;
  test_node b;
  std::shared_ptr<outbox> a_sends;
  std::shared_ptr<outbox> b_sends;
};

/// Sends 1, 2, … `count`.
void send_numbers(outbox& to, link::pair pair, std::uint64_t count, std::size_t size = 8);

/// Whether exactly 1, 2, … `count` arrive, in order.
bool has_all(test_node& node, const peer& from, link::pair pair, std::uint64_t count);

} // namespace chorus::testing
