#include "link_trial.hpp"

#include "../../link/offers.hpp"
#include "../../link/tight_limits.hpp"

#include <chorus/runtime/random.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace chorus::testing {

namespace {

shared_bytes bytes_of(std::string_view text) {
  auto view = as_bytes(text);
  return shared_bytes{byte_buffer(view.begin(), view.end())};
}

/// The relation and the process of a hello that no node has sent.
constexpr relation_number relation_of_copy{1'000'000'000};
constexpr std::uint64_t nonce_of_copy = 1;

/// Nobody reads that one when the storm is over, until the others have come through.
constexpr link::channel_number unread_channel = 1;

/// Messages of 99 bytes.
constexpr int more_than_a_window = 12;

/// How long a life that lives is declared failed.
constexpr duration longest_verdict = std::chrono::seconds{2};

std::string closed_as(link::closed::why reason) {
  return "link " + std::string{to_string(reason)};
}

} // namespace

// -- one node's program -------------------------------------------------------------------------------

link_program::link_program(simulation::node& at, link_trial& all)
    : link_process(at, link_trial::limits(link_trial::channels_of(at.index()))), all_(all),
      channels_(link_trial::channels_of(at.index())) {}

link_program::~link_program() {
  for (const auto& other : links_.peers())
    all_.met(*links_.core(other));
}

std::optional<link::channel_number> link_program::here(link::channel_number number) const {
  auto found = std::ranges::find(channels_, number);
  if (found == channels_.end())
    return std::nullopt;
  return static_cast<link::channel_number>(found - channels_.begin());
}

void link_program::send(
    const peer& to, link::channel_number channel, link::pair who, link::urgency how, std::size_t size
) {
  auto number = here(channel);
  if (links_.core(to) == nullptr || !number)
    return;
  stream_id id{end_to(to), who, channel};
  auto text = to_string(id) + " #" + std::to_string(all_.books_.next_number(id));
  text.resize(std::max(text.size(), size), '.');
  refused_ = false;
  is_sending_ = true;
  links_.apply(to, link::send{who, how, bytes_of(text), *number});
  is_sending_ = false;
  if (!refused_)
    all_.books_.accepted(id, text);
}

void link_program::read_lazily_on(link::channel_number channel, bool lazy) {
  if (auto number = here(channel))
    set_lazy(*number, lazy);
}

void link_program::consumed(const peer& from, const link::consumed& what) {
  all_.books_.consumed(node_.self(), from, what.bytes, number_of(what.channel));
}

void link_program::greet_as_copy(const peer& original, const peer& to) {
  link::hello what{"simulation", nonce_of_copy, offer_of(link_trial::limits(channels_))};
  node_.network().send(to, link::wire::encode({original, to, relation_of_copy, {}, what}));
}

void link_program::perform(const peer& other, const link::established&) {
  all_.books_.up(end_to(other), partner_of(other));
}

void link_program::told(const membership::peers::step& step) {
  if (const auto* up = std::get_if<membership::peers::peer_up>(&step))
    all_.met_.add(up->again ? "peer up again" : "peer up");
  else if (const auto* down = std::get_if<membership::peers::peer_down>(&step))
    all_.met_.add("peer down: " + std::string{to_string(down->reason)});
}

void link_program::perform(const peer& other, link::delivered&& step) {
  stream_id id{partner_of(other), step.pair, number_of(step.channel)};
  all_.books_.delivered(id, end_to(other), std::string{as_text(step.payload.view())}, step.cost);
  read_lazily(other, {step.cost, step.channel});
}

void link_program::perform(const peer& other, link::refused&& step) {
  auto text = std::string{as_text(step.payload.view())};
  stream_id id{end_to(other), step.pair, number_of(step.channel)};
  if (is_sending_)
    refused_ = true;
  else // it was taken before
    all_.books_.not_sent(id, text);
}

void link_program::perform(const peer& other, const link::released& step) {
  all_.books_.released(end_to(other), step.bytes, number_of(step.channel));
}

void link_program::perform(const peer& other, link::closed&& step) {
  node_.note("has no link to " + to_string(other) + " any more: " + std::string{to_string(step.reason)});
  all_.met_.add(closed_as(step.reason));
  all_.met(*links_.core(other));
  for (auto& loss : step.losses)
    loss.channel = number_of(loss.channel);
  all_.books_.closed(end_to(other), step, all_.goes_on(partner_of(other)));
}

// -- the trial ----------------------------------------------------------------------------------------

link_trial::link_trial(simulation::world& around) : around_(around), books_(limits(channels_of(0))) {
  for (auto* each : books_.checkers())
    around.watch(*each);
  for (std::size_t count = 0; count < nodes; ++count)
    around.add_node(simulation::node_name(count), [this](simulation::node& at) {
      return std::make_unique<link_program>(at, *this);
    });
  for (simulation::node_index each = 0; each < nodes; ++each)
    around.at(each).start();
}

std::vector<link::channel_number> link_trial::channels_of(simulation::node_index which) {
  switch (which) {
  case 0:
    return {0, 1, 2};
  case 1:
    return {2, 1, 0};
  default:
    return {1, 0};
  }
}

link::config link_trial::limits(const std::vector<link::channel_number>& numbers) {
  auto settings = tight_limits();
  auto channel = settings.channels.front();
  settings.channels.clear();
  for (auto number : numbers) {
    channel.name = "channel " + std::to_string(number);
    settings.channels.push_back(channel);
  }
  settings.give_up_after = std::chrono::seconds{5};
  return settings;
}

void link_trial::work(random_generator& chance) {
  auto from = chance.below(nodes);
  auto to = (from + 1 + chance.below(nodes - 1)) % nodes;
  auto* sender = program(from);
  if (sender == nullptr)
    return;
  auto other = around_.at(to).self();
  auto channel = static_cast<link::channel_number>(chance.below(channels));
  auto dice = chance.below(1000);
  if (dice < 900) {
    constexpr std::array<std::size_t, 6> sizes{0, 99, 100, 101, 400, 600};
    for (auto count = chance.chance(0.1) ? 20 : 1; count > 0; --count) {
      link::pair who{1 + chance.below(3), chance.below(2)};
      auto how = chance.chance(0.25) ? link::urgency::reserved : link::urgency::ordinary;
      sender->send(other, channel, who, how, chance.chance(0.7) ? 0 : sizes[chance.below(sizes.size())]);
    }
  } else if (dice < 930) {
    sender->read_lazily_on(channel, true);
  } else if (dice < 996) {
    sender->read_lazily_on(channel, false);
  } else if (dice < 997) {
    sender->greet_as_copy(around_.at(nodes - from - to).self(), other);
  } else if (dice < 998) {
    sender->declare_failed(other, chance.duration_between({}, longest_verdict));
  } else {
    sender->leave(other);
  }
}

/// At first nobody reads one channel, which is full. The others go on all the same.
void link_trial::settle() {
  for (link::channel_number channel = 0; channel < channels; ++channel)
    read_lazily_on(channel, channel == unread_channel);
  for (simulation::node_index from = 0; from < nodes; ++from)
    for (simulation::node_index to = 0; to < nodes; ++to)
      if (auto* sender = from == to ? nullptr : program(from))
        for (auto count = 0; count < more_than_a_window; ++count)
          sender->send(around_.at(to).self(), unread_channel, {1, 1}, link::urgency::ordinary, 99);
}

void link_trial::read_lazily_on(link::channel_number channel, bool lazy) {
  for (simulation::node_index each = 0; each < nodes; ++each)
    if (auto* reader = program(each))
      reader->read_lazily_on(channel, lazy);
}

bool link_trial::is_settled() {
  if (!others_have_passed_) {
    if (!is_so_for_all_links(&link_trial::has_passed))
      return false;
    others_have_passed_ = true;
    read_lazily_on(unread_channel, false);
  }
  return is_so_for_all_links(&link_trial::is_settled);
}

bool link_trial::is_so_for_all_links(bool (link_trial::*condition
)(simulation::node_index, simulation::node_index)) {
  for (simulation::node_index from = 0; from < nodes; ++from)
    for (simulation::node_index to = 0; to < nodes; ++to)
      if (from != to && !(this->*condition)(from, to)) {
        missing_ = around_.at(from).name() + " to " + around_.at(to).name();
        return false;
      }
  return true;
}

/// Whether everything has come through on the channels that are read, a message sent after the storm
/// included.
bool link_trial::has_passed(simulation::node_index from, simulation::node_index to) {
  auto* sender = program(from);
  auto other = around_.at(to).self();
  auto* core = sender == nullptr ? nullptr : sender->links().core(other);
  if (core == nullptr || !core->is_established())
    return false;
  link_end end{around_.at(from).self(), core->relation(), other};
  if (greeted_.insert(end).second)
    sender->send(end.there, 0, {1, 1}, link::urgency::ordinary, 0);
  for (link::channel_number channel = 0; channel < channels; ++channel)
    if (channel != unread_channel && !books_.all_delivered(end, channel))
      return false;
  return true;
}

/// Whether everything has come through from one to the other.
bool link_trial::is_settled(simulation::node_index from, simulation::node_index to) {
  if (!has_passed(from, to))
    return false;
  auto* core = program(from)->links().core(around_.at(to).self());
  link_end end{around_.at(from).self(), core->relation(), around_.at(to).self()};
  return core->settled() && books_.all_delivered(end, unread_channel);
}

/// Whether that end is still in that relation.
bool link_trial::goes_on(const link_end& end) const {
  for (simulation::node_index each = 0; each < nodes; ++each) {
    auto* there = static_cast<link_program*>(around_.at(each).running());
    if (there == nullptr || around_.at(each).self() != end.here)
      continue;
    auto* core = there->links().core(end.there);
    return core != nullptr && core->relation() == end.relation && !core->has_ended();
  }
  return false;
}

std::string link_trial::unsettled() const {
  return "not everything has come through from " + missing_;
}

void link_trial::count(simulation::coverage& met) const {
  met.merge(met_);
  for (simulation::node_index each = 0; each < nodes; ++each)
    if (auto* present = static_cast<link_program*>(around_.at(each).running()))
      for (const auto& other : present->links().peers())
        present->links().core(other)->statistics().for_each([&met](const char* name, std::uint64_t number) {
          met.add(std::string{"link "} + name, number);
        });
}

void link_trial::met(const link::core& core) {
  core.statistics().for_each([this](const char* name, std::uint64_t number) {
    met_.add(std::string{"link "} + name, number);
  });
}

link_program* link_trial::program(simulation::node_index which) {
  auto& at = around_.at(which);
  return at.is_awake() ? static_cast<link_program*>(at.running()) : nullptr;
}

std::vector<std::string> expected_of_links() {
  using why = link::closed::why;
  std::vector<std::string> names;
  // Both ends keep the protocol, frames are resent as they were, and refusals come from the layer that knows
  // the lives, so these never happen; a hello that is overtaken by one of the next relation is too rare.
  const std::set<std::string_view> never{"overlaps", "violations", "refusals_sent", "stale_hellos"};
  link::counters{}.for_each([&](const char* name, std::uint64_t) {
    if (!never.contains(name))
      names.push_back(std::string{"link "} + name);
  });
  for (auto reason :
       {why::closed_here,
        why::closed_by_peer,
        why::abandoned,
        why::ended_by_peer,
        why::superseded,
        why::peer_restarted,
        why::unresponsive})
    names.push_back(closed_as(reason));
  for (const auto* name :
       {"peer up",
        "peer up again",
        "peer down: failed",
        "peer down: left",
        "peer down: restarted",
        "peer down: unreachable",
        "peer down: ended by peer"})
    names.emplace_back(name);
  return names;
}

} // namespace chorus::testing
