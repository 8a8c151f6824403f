#include <chorus/names/name_registry.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>

#include <algorithm>
#include <utility>

namespace chorus::names {

error check_name(std::string_view name) {
  if (name.empty() || name.size() > limits::name_bytes)
    return {errc::invalid_argument, "a name has 1 to " + std::to_string(limits::name_bytes) + " bytes"};
  auto is_control = [](unsigned char byte) { return byte < ' ' || byte == 0x7F; };
  if (std::any_of(name.begin(), name.end(), is_control))
    return {errc::invalid_argument, "a name contains no control characters"};
  return {};
}

// -- from the network -------------------------------------------------------------------------------

void core::receive(time_point, const peer& from, const message& what) {
  if (!peers_.contains(from)) {
    ++counters_.ignored_strangers;
    return;
  }
  std::visit([&](auto& content) { handle(from, content); }, what);
}

void core::handle(const peer& from, const announced& what) {
  if (check_name(what.name) || what.actor == 0 || !clock_.witness(what.time)) {
    ++counters_.ignored_invalid;
    return;
  }
  if (!has_room_for(from, what.name)) {
    ++counters_.ignored_too_many;
    return;
  }
  put(what.name, {from, what.actor, {what.time, from.node}});
}

void core::handle(const peer& from, const withdrawn& what) {
  if (!clock_.witness(what.time) || !remove(what.name, from))
    ++counters_.ignored_invalid;
}

/// What was kept and is not among it was withdrawn meanwhile.
void core::handle(const peer& from, const all_told&) {
  if (auto kept = kept_of_.find(from); kept != kept_of_.end())
    for (const auto& name : set_of_names{kept->second})
      remove(name, from);
}

// -- from this node ---------------------------------------------------------------------------------

void core::apply(time_point, const input& what) {
  std::visit([&](auto& content) { handle(content); }, what);
}

void core::handle(const announce& what) {
  CHORUS_CHECK(!check_name(what.name) && what.actor != 0 && can_announce(what.name), "not to be announced");
  auto time = clock_.tick();
  put(what.name, {self_, what.actor, {time, self_.node}});
  tell_all(announced{what.name, what.actor, time});
}

void core::handle(const withdraw& what) {
  if (remove(what.name, self_))
    tell_all(withdrawn{what.name, clock_.tick()});
}

void core::handle(const actor_ended& what) {
  auto own = names_of_.find(self_);
  if (own == names_of_.end())
    return;
  std::vector<std::string> ended;
  for (auto& name : own->second)
    if (names_.at(name).at(self_).actor == what.actor)
      ended.push_back(name);
  for (auto& name : ended)
    handle(withdraw{name});
}

void core::handle(const peer_up& what) {
  if (!peers_.insert(what.who).second)
    return;
  if (auto own = names_of_.find(self_); own != names_of_.end())
    for (auto& name : own->second) {
      auto& mine = names_.at(name).at(self_);
      output_.messages.push_back({what.who, announced{name, mine.actor, mine.stamp.time}});
    }
  output_.messages.push_back({what.who, all_told{}});
}

void core::handle(const peer_down& what) {
  if (peers_.erase(what.who) == 0)
    return;
  if (auto names = names_of_.find(what.who); names != names_of_.end())
    for (const auto& name : names->second)
      put_out_of_reach(name, what.who);
}

void core::handle(const peer_gone& what) {
  peers_.erase(what.who);
  if (auto names = names_of_.find(what.who); names != names_of_.end())
    for (const auto& name : set_of_names{names->second})
      remove(name, what.who);
}

core::output core::drain() {
  return std::exchange(output_, {});
}

// -- questions --------------------------------------------------------------------------------------

std::optional<announcement> core::find(std::string_view name) const {
  auto position = names_.find(name);
  return position == names_.end() ? std::nullopt : winner_of(position->second);
}

std::vector<std::pair<std::string, announcement>> core::list(std::string_view prefix) const {
  std::vector<std::pair<std::string, announcement>> found;
  for (auto i = names_.lower_bound(prefix); i != names_.end() && i->first.starts_with(prefix); ++i)
    found.emplace_back(i->first, *winner_of(i->second));
  return found;
}

std::optional<std::string> core::name_of(const peer& origin, std::uint64_t actor) const {
  auto names = names_of_.find(origin);
  if (names == names_of_.end())
    return std::nullopt;
  for (auto& name : names->second)
    if (names_.at(name).at(origin).actor == actor)
      return name;
  return std::nullopt;
}

bool core::can_announce(std::string_view name) const {
  auto own = names_of_.find(self_);
  return own == names_of_.end() || own->second.size() < names_per_origin || own->second.contains(name);
}

// -- the table --------------------------------------------------------------------------------------

void core::put(const std::string& name, const announcement& what) {
  auto& candidates = names_[name];
  auto before = winner_of(candidates);
  candidates[what.origin] = what;
  names_of_[what.origin].insert(name);
  is_not_kept(what.origin, name);
  if (auto after = winner_of(candidates); after != before)
    output_.changes.push_back({name, after});
}

bool core::remove(const std::string& name, const peer& origin) {
  auto position = names_.find(name);
  if (position == names_.end())
    return false;
  auto before = winner_of(position->second);
  if (position->second.erase(origin) == 0)
    return false;
  auto after = winner_of(position->second);
  if (position->second.empty())
    names_.erase(position);
  auto names = names_of_.find(origin);
  names->second.erase(name);
  if (names->second.empty())
    names_of_.erase(names);
  is_not_kept(origin, name);
  if (after != before)
    output_.changes.push_back({name, after});
  return true;
}

void core::put_out_of_reach(const std::string& name, const peer& origin) {
  auto& candidates = names_.at(name);
  auto before = winner_of(candidates);
  candidates.at(origin).within_reach = false;
  kept_of_[origin].insert(name);
  if (auto after = winner_of(candidates); after != before)
    output_.changes.push_back({name, after});
}

void core::is_not_kept(const peer& origin, const std::string& name) {
  auto kept = kept_of_.find(origin);
  if (kept == kept_of_.end())
    return;
  kept->second.erase(name);
  if (kept->second.empty())
    kept_of_.erase(kept);
}

/// What is kept makes room for what is told now.
bool core::has_room_for(const peer& origin, std::string_view name) {
  auto known = names_of_.find(origin);
  if (known == names_of_.end() || known->second.size() < names_per_origin || known->second.contains(name))
    return true;
  auto kept = kept_of_.find(origin);
  return kept != kept_of_.end() && remove(std::string{*kept->second.begin()}, origin);
}

void core::tell_all(const message& what) {
  for (auto& other : peers_)
    output_.messages.push_back({other, what});
}

std::optional<announcement> core::winner_of(const announcers& candidates) {
  auto by_stamp = [](auto& left, auto& right) { return left.second.stamp < right.second.stamp; };
  auto winner = std::max_element(candidates.begin(), candidates.end(), by_stamp);
  return winner == candidates.end() ? std::nullopt : std::optional{winner->second};
}

// -- bytes ------------------------------------------------------------------------------------------

wire_message wire::encode(const core::message& what) {
  return {codec::encode(what), {}};
}

result<core::message> wire::decode(const shared_bytes& head, const shared_bytes& body) {
  if (!body.empty())
    return error{errc::malformed, "a message of the name registry has no body"};
  return codec::decode<core::message>(head.view());
}

} // namespace chorus::names
