#include "network.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::simulation {

namespace {

void corrupt(wire_message& content, random_generator& chance) {
  auto in_body = !content.body.empty() && chance.chance(0.5);
  if (!in_body)
    return corrupt_bytes(content.head, chance);
  auto view = content.body.view();
  byte_buffer changed{view.begin(), view.end()};
  corrupt_bytes(changed, chance);
  content.body = shared_bytes{std::move(changed)};
}

} // namespace

void network::add_node() {
  // The matrix grows by a row and a column; the places of the ways that are there change with it.
  std::vector<way> grown;
  for (node_index from = 0; from <= nodes_; ++from)
    for (node_index to = 0; to <= nodes_; ++to) {
      auto is_new = from == nodes_ || to == nodes_;
      grown.push_back(is_new ? way(chance_.split(), normal_) : ways_[from * nodes_ + to]);
    }
  ways_ = std::move(grown);
  ++nodes_;
}

void network::send(packet what) {
  auto& link = ways_[place({what.from, what.to})];
  if (link.closed_by > 0)
    return lose(what, fault::cut_off);
  if (what.content.head.size() + what.content.body.size() > link.quality.largest_bytes)
    return lose(what, fault::too_large);
  if (link.chance.chance(link.quality.loss))
    return lose(what, fault::lost);
  if (link.chance.chance(link.quality.duplication)) {
    faults_.add(fault::duplicated);
    put_under_way(what);
  }
  put_under_way(std::move(what));
}

void network::put_under_way(packet what) {
  auto& link = ways_[place({what.from, what.to})];
  if (link.under_way >= limit_under_way)
    return lose(what, fault::lost);
  if (link.chance.chance(link.quality.corruption)) {
    faults_.add(fault::corrupted);
    corrupt(what.content, link.chance);
  }
  auto arrival = events_.now() + link.quality.delay.draw(link.chance);
  if (!link.chance.chance(link.quality.reordering)) {
    arrival = std::max(arrival, link.latest_arrival);
    link.latest_arrival = arrival;
  }
  ++link.under_way;
  ++under_way_;
  ticket sent{++link.sent, link.connection, link.closings};
  events_.at(arrival, [this, packet = std::move(what), sent]() mutable { arrive(std::move(packet), sent); });
}

void network::arrive(packet what, const ticket& sent) {
  auto& link = ways_[place({what.from, what.to})];
  --link.under_way;
  --under_way_;
  if (sent.connection != link.connection)
    return around_.lost(what, fault::connection_reset);
  if (sent.closings != link.closings)
    return lose(what, fault::cut_off);
  if (sent.number < link.newest)
    faults_.add(fault::overtaken);
  link.newest = std::max(link.newest, sent.number);
  around_.arrived(std::move(what));
}

void network::lose(const packet& what, fault how) {
  faults_.add(how);
  around_.lost(what, how);
}

void corrupt_bytes(byte_buffer& bytes, random_generator& chance) {
  constexpr std::uint64_t most = 8;              // bytes that are cut off or added
  switch (bytes.empty() ? 1 : chance.below(3)) { // of nothing, nothing can be cut off
  case 0:
    bytes.resize(bytes.size() - std::min<std::size_t>(bytes.size(), 1 + chance.below(most)));
    return;
  case 1:
    for (auto count = 1 + chance.below(most); count > 0; --count)
      bytes.push_back(static_cast<std::byte>(chance.below(256)));
    return;
  default:
    if (!bytes.empty())
      bytes[chance.below(bytes.size())] ^= static_cast<std::byte>(1 + chance.below(255));
    return;
  }
}

// -- quality -----------------------------------------------------------------------------------------

void network::set_quality(const link_quality& all) {
  normal_ = all;
  for (auto& link : ways_)
    link.quality = all;
}

void network::set_quality(direction which, const link_quality& what) {
  ways_[place(which)].quality = what;
}

// -- partitions --------------------------------------------------------------------------------------

network::partition_id network::close(std::vector<direction> directions) {
  for (auto which : directions) {
    auto& link = ways_[place(which)];
    ++link.closed_by;
    ++link.closings;
  }
  partitions_.emplace(++newest_partition_, std::move(directions));
  return newest_partition_;
}

network::partition_id network::part(const std::vector<node_index>& group) {
  std::vector<direction> directions;
  auto is_inside = [&group](node_index which) { return std::ranges::find(group, which) != group.end(); };
  for (node_index from = 0; from < nodes_; ++from)
    for (node_index to = 0; to < nodes_; ++to)
      if (is_inside(from) != is_inside(to))
        directions.emplace_back(from, to);
  return close(std::move(directions));
}

void network::heal(partition_id which) {
  auto found = partitions_.find(which);
  if (found == partitions_.end())
    return;
  for (auto which_way : found->second)
    --ways_[place(which_way)].closed_by;
  partitions_.erase(found);
}

void network::heal_all() {
  while (!partitions_.empty())
    heal(partitions_.begin()->first);
}

// -- connections -------------------------------------------------------------------------------------

void network::reset(node_index one, node_index other) {
  for (auto which : {direction{one, other}, direction{other, one}}) {
    auto& link = ways_[place(which)];
    ++link.connection;
    link.latest_arrival = {};
  }
}

std::size_t network::place(direction which) const {
  CHORUS_CHECK(which.first < nodes_ && which.second < nodes_, "nodes of this world");
  return which.first * nodes_ + which.second;
}

} // namespace chorus::simulation
