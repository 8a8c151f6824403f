// Messages between actors of two processes: how fast, how soon, and how many get lost (none).
//
//   messaging server PORT
//   messaging client PORT TEST SECONDS
//   messaging local TEST SECONDS ROUNDS

#include "client.hpp"
#include "local.hpp"
#include "server.hpp"
#include "workload.hpp"

#include <chorus/actors/program/exit_code.hpp>

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

int main(int argc, char** argv) {
  CLI::App app{"Measures messages between actors."};
  std::uint16_t port = 0;
  std::string test;
  double seconds = 0;
  auto* server = app.add_subcommand("server", "Answer and count until a signal comes");
  server->add_option("port", port, "Of 127.0.0.1")->required();
  auto* client = app.add_subcommand("client", "Run one test against a server and print its result");
  client->add_option("port", port, "The server's")->required();
  client->add_option("test", test, "a, b, c, c_free, d1k or d64k")->required();
  client->add_option("seconds", seconds, "How long to send")->required();
  std::size_t rounds = 5;
  auto* local =
      app.add_subcommand("local", "Run one test within this process: CAF alone, and a node, in turn");
  local->add_option("test", test, "As for a client")->required();
  local->add_option("seconds", seconds, "How long to send, each time")->required();
  local->add_option("rounds", rounds, "How many times")->check(CLI::Range(1, 1000));
  std::string scheduler = "sharing";
  app.add_option("--scheduler", scheduler, "The node's policy: sharing or stealing")
      ->envname("CHORUS_SCHEDULER");
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);

  if (server->parsed())
    return chorus::bench::serve(port, scheduler);
  auto what = chorus::bench::make_workload(test, seconds);
  if (!what)
    return chorus::report_failure("messaging", what.failure());
  if (local->parsed())
    return chorus::bench::run_local(*what, rounds, scheduler);
  return chorus::bench::run_client(port, *what, scheduler);
}
