#include "foreign_types.hpp"

#include <chorus/actors/caf17/message_type.hpp>

namespace chorus {

namespace {

foreign_types::type look_up(std::uint64_t key) {
  auto found = caf17::find_other_version(key);
  if (!found)
    return {};
  foreign_types::type known{std::move(found->name), {}};
  for (auto* declared : found->declared) {
    if (!known.declared.empty())
      known.declared += ", ";
    known.declared += declared->name;
  }
  return known;
}

} // namespace

const foreign_types::type& foreign_types::find(std::uint64_t key) {
  static const type unknown;
  if (auto known = types_.find(key); known != types_.end())
    return known->second;
  return types_.size() < limit ? types_.emplace(key, look_up(key)).first->second : unknown;
}

bool foreign_types::learn(std::uint64_t key, const std::string& name) {
  auto known = types_.find(key);
  auto is_news = known != types_.end() && known->second.name.empty();
  if (!is_news || !caf17::is_message_name(name) || caf17::message_key(name) != key)
    return false;
  known->second.name = name;
  return true;
}

} // namespace chorus
