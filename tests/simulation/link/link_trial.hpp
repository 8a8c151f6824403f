#pragma once

#include "link_books.hpp"
#include "link_process.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/world.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chorus::testing {

class link_trial;

/// Sends numbered messages to all others.
class link_program final : public link_process {
public:
  link_program(simulation::node& at, link_trial& all);
  ~link_program() override;

  /// `channel`: as the trial numbers them. Nothing happens if this node has no such channel.
  void
  send(const peer& to, link::channel_number channel, link::pair who, link::urgency how, std::size_t size);

  void read_lazily_on(link::channel_number channel, bool lazy);

  /// Says hello as another process that has a copy of that node's data directory would.
  void greet_as_copy(const peer& original, const peer& to);

private:
  void perform(const peer& other, const link::established& step) override;
  void perform(const peer& other, link::delivered&& step) override;
  void perform(const peer& other, link::refused&& step) override;
  void perform(const peer& other, const link::released& step) override;
  void perform(const peer& other, link::closed&& step) override;
  void told(const membership::peers::step& step) override;
  void consumed(const peer& from, const link::consumed& what) override;

  link_end end_to(const peer& other) const { return {node_.self(), links_.core(other)->relation(), other}; }
  link_end partner_of(const peer& other) const {
    return {other, links_.core(other)->relation_there(), node_.self()};
  }

  /// What the trial calls a channel of this node, and the reverse.
  link::channel_number number_of(link::channel_number here) const { return channels_.at(here); }
  std::optional<link::channel_number> here(link::channel_number number) const;

  link_trial& all_;
  const std::vector<link::channel_number> channels_; ///< the trial's numbers of this node's channels
  bool is_sending_ = false;
  bool refused_ = false; ///< the message that is just being sent
};

/// The link protocol between three nodes. They have channels in common, but not in the same order, and the
/// last node lacks one.
class link_trial final : public simulation::trial {
public:
  static constexpr std::size_t nodes = 3;

  explicit link_trial(simulation::world& around);

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override;
  std::string unsettled() const override;
  void count(simulation::coverage& met) const override;

  static constexpr link::channel_number channels = 3;

  /// By the node's numbers, the trial's.
  static std::vector<link::channel_number> channels_of(simulation::node_index which);

  /// Small enough that every limit is met all the time. With these channels.
  static link::config limits(const std::vector<link::channel_number>& numbers);

private:
  friend class link_program;

  link_program* program(simulation::node_index which);
  bool is_settled(simulation::node_index from, simulation::node_index to);
  bool is_so_for_all_links(bool (link_trial::*condition)(simulation::node_index, simulation::node_index));
  bool has_passed(simulation::node_index from, simulation::node_index to);
  void read_lazily_on(link::channel_number channel, bool lazy);
  bool goes_on(const link_end& end) const;
  void met(const link::core& core);

  simulation::world& around_;
  link_books books_;
  simulation::coverage met_;
  bool others_have_passed_ = false; ///< the channel that nobody reads
  std::set<link_end> greeted_;      ///< ends that have sent a message after the storm
  std::string missing_;
};

/// Names of `coverage` that the link protocol must have met, and why the others cannot be.
std::vector<std::string> expected_of_links();

} // namespace chorus::testing
