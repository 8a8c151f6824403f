#include <chorus/runtime/ids.hpp>

#include <cstdlib>
#include <iostream>

/// Uses a header and a compiled function of an installed chorus.
int main() {
  chorus::node_id id{1, 2};
  std::cout << to_string(id) << '\n';
  return chorus::parse_node_id(to_string(id)) == id ? EXIT_SUCCESS : EXIT_FAILURE;
}
