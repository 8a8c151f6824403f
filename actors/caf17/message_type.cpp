#include "message_type.hpp"

#include "builtin_types.hpp"

#include <chorus/actors/caf17/typed_handle.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <typeindex>
#include <unordered_map>

namespace chorus::caf17 {

namespace {

/// All declared types. Entries are never removed: what was found once stays valid.
class type_table {
public:
  static type_table& instance() {
    static type_table table;
    return table;
  }

  void add(const message_type& type) {
    std::unique_lock guard{mutex_};
    insert(type);
  }

  void add_later(std::string (*name)(), message_type (*describe)(std::string_view)) {
    std::unique_lock guard{mutex_};
    postponed_.push_back({name, describe});
  }

  /// `look()`, and once more when what was postponed is added.
  template <class Look>
  const message_type* find_with_postponed(Look&& look) {
    if (auto found = look())
      return found;
    add_postponed();
    return look();
  }

  const message_type* find(std::uint64_t key) const noexcept {
    std::shared_lock guard{mutex_};
    auto position = by_key_.find(key);
    return position == by_key_.end() ? nullptr : position->second.get();
  }

  const message_type* find(const caf::rtti_pair& rtti) const noexcept {
    std::shared_lock guard{mutex_};
    return look_up(rtti);
  }

  /// The versions of the name whose part before the version has this hash.
  std::vector<const message_type*> find_versions(std::uint64_t unversioned) const {
    std::shared_lock guard{mutex_};
    auto found = by_unversioned_.find(unversioned);
    return found == by_unversioned_.end() ? std::vector<const message_type*>{} : found->second;
  }

private:
  struct postponed {
    std::string (*name)();
    message_type (*describe)(std::string_view);
  };

  type_table() {
    for (auto& type : builtin_types())
      add(type);
  }

  void insert(const message_type& type) {
    if (auto known = by_key_.find(type.key); known != by_key_.end()) {
      if (known->second->name != type.name || known->second->rtti != type.rtti)
        clash(*known->second, type);
      return;
    }
    auto [position, is_new] = by_key_.emplace(type.key, std::make_unique<const message_type>(type));
    index(*position->second);
  }

  const message_type* look_up(const caf::rtti_pair& rtti) const noexcept {
    if (rtti.second == nullptr)
      return rtti.first < by_number_.size() ? by_number_[rtti.first] : nullptr;
    auto position = by_type_.find(*rtti.second);
    return position == by_type_.end() ? nullptr : position->second;
  }

  /// Names are made without the lock of the table: they ask for other types.
  void add_postponed() {
    std::lock_guard one_at_a_time{adding_postponed_};
    std::vector<postponed> fresh;
    {
      std::unique_lock guard{mutex_};
      fresh.swap(postponed_);
    }
    for (auto& each : fresh) {
      auto name = each.name();
      std::unique_lock guard{mutex_};
      auto type = each.describe(made_names_.emplace_back(std::move(name)));
      if (look_up(type.rtti) == nullptr)
        insert(type);
    }
  }

  /// CAF knows its own types by number and users' types by type_info.
  void index(const message_type& type) {
    auto& place = type.rtti.second == nullptr ? by_number_[type.rtti.first] : by_type_[*type.rtti.second];
    if (place != nullptr)
      clash(*place, type);
    place = &type;
    by_unversioned_[message_key(unversioned(type.name))].push_back(&type);
  }

  /// "counter.add/1" without its version, "counter.add/".
  static std::string_view unversioned(std::string_view name) { return name.substr(0, name.rfind('/') + 1); }

  /// Going on would decode one type as another; this is found before `main`, so stop at once.
  [[noreturn]] static void clash(const message_type& known, const message_type& fresh) {
    std::fprintf(
        stderr,
        "chorus: CHORUS_MESSAGE(\"%.*s\") clashes with \"%.*s\": one name (or one key) for two types, or two "
        "names for one; choose another name\n",
        static_cast<int>(fresh.name.size()),
        fresh.name.data(),
        static_cast<int>(known.name.size()),
        known.name.data()
    );
    std::abort();
  }

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, std::unique_ptr<const message_type>> by_key_;
  std::unordered_map<std::uint64_t, std::vector<const message_type*>> by_unversioned_;
  std::unordered_map<std::type_index, const message_type*> by_type_;
  std::array<const message_type*, caf::type_nrs> by_number_{};
  std::recursive_mutex
      adding_postponed_; ///< a name is made of the names of other types, which are looked for
  std::vector<postponed> postponed_;
  std::deque<std::string> made_names_; ///< of types that were postponed
};

/// The types that a thread has met last: the table takes a lock, and hashes the names of users' types.
template <class Key>
class recent_types {
public:
  template <class Look>
  const message_type* find(Key key, std::size_t place, Look&& look) noexcept {
    auto& known = entries_[place % entries_.size()];
    if (known.type == nullptr || known.key != key)
      known = {key, look()};
    return known.type;
  }

private:
  struct entry {
    Key key{};
    const message_type* type = nullptr;
  };
  std::array<entry, 64> entries_{};
};

/// Takes digits off the end of the name that `hash` stands for until a declared name is left.
std::optional<other_version> take_off_version(std::uint64_t hash, const std::string& version) {
  if (!version.empty())
    if (auto declared = type_table::instance().find_versions(hash); !declared.empty()) {
      auto known = declared.front()->name;
      return other_version{std::string{known.substr(0, known.rfind('/') + 1)} + version, std::move(declared)};
    }
  if (version.size() == looked_for_digits)
    return std::nullopt;
  for (char digit = '0'; digit <= '9'; ++digit)
    if (auto found = take_off_version(fnv_1a_without(hash, digit), digit + version))
      return found;
  return std::nullopt;
}

} // namespace

bool declare(const message_type& type) {
  type_table::instance().add(type);
  return true;
}

const message_type* find_type(const caf::rtti_pair& rtti) noexcept {
  if (rtti.second == nullptr)
    return type_table::instance().find(rtti);
  thread_local recent_types<const std::type_info*> recent;
  auto place = std::hash<const void*>{}(rtti.second) / alignof(std::type_info);
  auto& table = type_table::instance();
  return recent.find(rtti.second, place, [&] {
    return table.find_with_postponed([&] { return table.find(rtti); });
  });
}

bool declare_later(std::string (*name)(), message_type (*describe)(std::string_view name)) {
  type_table::instance().add_later(name, describe);
  return true;
}

std::string name_of_element(const caf::rtti_pair& rtti) {
  auto* type = find_type(rtti);
  return type == nullptr ? caf::to_string(rtti) : std::string{type->name};
}

std::string signature_name(const std::vector<std::string>& input, const std::vector<std::string>& output) {
  std::string text = "(";
  for (auto& name : input)
    text += name + ' ';
  text += "->";
  for (auto& name : output)
    text += ' ' + name;
  return text + ')';
}

std::string key_text(std::uint64_t key) {
  char text[32];
  std::snprintf(text, sizeof text, "key %016llx", static_cast<unsigned long long>(key));
  return text;
}

std::optional<other_version> find_other_version(std::uint64_t key) {
  return take_off_version(key, {});
}

const message_type* find_type(std::uint64_t key) noexcept {
  thread_local recent_types<std::uint64_t> recent;
  auto& table = type_table::instance();
  return recent.find(key, key, [&] { return table.find_with_postponed([&] { return table.find(key); }); });
}

} // namespace chorus::caf17
