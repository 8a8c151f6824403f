#include "relation_log.hpp"

namespace chorus {

namespace {

/// Whether one end of the link has left the cluster.
bool is_in_order(link::closed::why reason) {
  return reason == link::closed::why::closed_here || reason == link::closed::why::closed_by_peer;
}

} // namespace

std::string explain(const membership::member& other, down_reason reason) {
  switch (reason) {
  case down_reason::failed:
  case down_reason::left:
  case down_reason::restarted:
    return "node " + other.name + ' ' + std::string{to_string(reason)};
  case down_reason::unreachable:
    return "node " + other.name + " cannot be reached from here, though the cluster has it";
  case down_reason::ended_by_peer:
    return "node " + other.name + " has ended its relation with this node, because it had lost sight of it";
  case down_reason::violation:
    return "node " + other.name + " and this node do not understand each other";
  case down_reason::closed_here:
    break;
  }
  return "this node has ended its relation with node " + other.name;
}

void relation_log::link_opened(const peer& other) {
  log_->debug("the link to node {} is open", names_.node(other));
}

void relation_log::link_ended(const peer& other, link::closed::why reason, const remoting::losses& lost) {
  log_->debug("the link to node {} ended: {}", names_.node(other), link::explain(reason));
  if (lost.not_sent + lost.outcome_unknown > 0)
    log_->log(
        is_in_order(reason) ? spdlog::level::info : spdlog::level::warn,
        "the link to node {} ended: {}. Messages of actors: {} not sent, {} sent but not acknowledged, so "
        "they may or may not have arrived. Their senders are told",
        names_.node(other),
        link::explain(reason),
        lost.not_sent,
        lost.outcome_unknown
    );
}

void relation_log::came_up(const membership::peers::peer_up& step) {
  auto event = step.again ? "rejoined" : "joined";
  log_->info("{}: {} is {} at {}", event, step.who.name, to_string(step.who.who), to_string(step.who.where));
}

void relation_log::went_down(const membership::peers::peer_down& step) {
  if (step.reason == down_reason::unreachable || step.reason == down_reason::violation)
    ended(step.who, step.reason, spdlog::level::warn);
  else if (step.reason == down_reason::ended_by_peer)
    ended(step.who, step.reason, spdlog::level::info);
}

void relation_log::is_gone(const membership::peers::peer_gone& step) {
  auto has_failed = step.reason == down_reason::failed;
  ended(step.who, step.reason, has_failed ? spdlog::level::warn : spdlog::level::info);
}

void relation_log::is_doubted(const membership::peers::doubted& step) {
  log_->debug("{}: node {}", step.is_doubted ? "doubted" : "not doubted any more", names_.node(step.who));
}

void relation_log::ended(
    const membership::member& other, down_reason reason, spdlog::level::level_enum level
) {
  log_->log(
      level,
      "{}: {} was {} at {}",
      to_string(reason),
      other.name,
      to_string(other.who),
      to_string(other.where)
  );
}

} // namespace chorus
