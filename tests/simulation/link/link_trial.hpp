#pragma once

#include "link_books.hpp"
#include "link_process.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/world.hpp>

#include <array>
#include <cstdint>
#include <memory>
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

  void send(const peer& to, link::pair who, link::urgency how, std::size_t size);

  /// Says hello as another process that has a copy of that node's data directory would.
  void greet_as_copy(const peer& original, const peer& to);

private:
  void perform(const peer& other, const link::established& step) override;
  void perform(const peer& other, link::delivered&& step) override;
  void perform(const peer& other, link::refused&& step) override;
  void perform(const peer& other, const link::released& step) override;
  void perform(const peer& other, link::closed&& step) override;
  void told(const membership::peers::step& step) override;
  void consumed(const peer& from, std::size_t cost) override;

  link_end end_to(const peer& other) const { return {node_.self(), links_.core(other)->relation(), other}; }
  link_end partner_of(const peer& other) const {
    return {other, links_.core(other)->relation_there(), node_.self()};
  }

  link_trial& all_;
  bool refused_ = false; ///< the message that is just being sent
};

/// The link protocol between three nodes.
class link_trial final : public simulation::trial {
public:
  static constexpr std::size_t nodes = 3;

  explicit link_trial(simulation::world& around);

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override;
  std::string unsettled() const override;
  void count(simulation::coverage& met) const override;

  /// Small enough that every limit is met all the time.
  static link::config limits();

private:
  friend class link_program;

  link_program* program(simulation::node_index which);
  bool is_settled(simulation::node_index from, simulation::node_index to);
  bool goes_on(const link_end& end) const;
  void met(const link::core& core);

  simulation::world& around_;
  link_books books_;
  simulation::coverage met_;
  std::set<link_end> greeted_; ///< ends that have sent a message after the storm
  std::string missing_;
};

/// Names of `coverage` that the link protocol must have met, and why the others cannot be.
std::vector<std::string> expected_of_links();

} // namespace chorus::testing
