#pragma once

#include <chorus/actors/node.hpp>

#include <functional>

namespace chorus {

/// The life of a program that is a node: waits until SIGTERM, SIGINT or SIGHUP arrives, `node::request_stop`
/// or `node::stop` is called, or the cluster rejects the node. Then calls `node::stop` and gives the exit
/// code for the process; why the node was rejected is printed to standard error.
///
/// SIGHUP is left alone if the program ignores it (nohup) or handles it. While the node stops, the signals do
/// again what they did before: by default a second one ends the process at once. `when_ready` is called once
/// the signals are waited for.
///
/// Thread rules: one call in a process at a time, never in an actor's thread. `node` stays where it is.
int run(node& node, const std::function<void()>& when_ready = {});

} // namespace chorus
