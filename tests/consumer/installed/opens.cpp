#include <chorus/actors/node.hpp>
#include <chorus/actors/program/exit_code.hpp>

#include <cstdlib>

/// Opens a node of an installed chorus and ends it.
int main() {
  chorus::config settings;
  settings.log_level = "off";
  auto node = chorus::node::open(settings);
  return node ? EXIT_SUCCESS : chorus::report_failure("consumer", node.failure());
}
