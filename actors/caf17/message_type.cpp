#include "message_type.hpp"

#include "builtin_types.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
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
    if (auto known = by_key_.find(type.key); known != by_key_.end()) {
      if (known->second->name != type.name || known->second->rtti != type.rtti)
        clash(*known->second, type);
      return;
    }
    auto [position, is_new] = by_key_.emplace(type.key, std::make_unique<const message_type>(type));
    index(*position->second);
  }

  const message_type* find(std::uint64_t key) const noexcept {
    std::shared_lock guard{mutex_};
    auto position = by_key_.find(key);
    return position == by_key_.end() ? nullptr : position->second.get();
  }

  const message_type* find(const caf::rtti_pair& rtti) const noexcept {
    std::shared_lock guard{mutex_};
    if (rtti.second == nullptr)
      return rtti.first < by_number_.size() ? by_number_[rtti.first] : nullptr;
    auto position = by_type_.find(*rtti.second);
    return position == by_type_.end() ? nullptr : position->second;
  }

private:
  type_table() {
    for (auto& type : builtin_types())
      add(type);
  }

  /// CAF knows its own types by number and users' types by type_info.
  void index(const message_type& type) {
    auto& place = type.rtti.second == nullptr ? by_number_[type.rtti.first] : by_type_[*type.rtti.second];
    if (place != nullptr)
      clash(*place, type);
    place = &type;
  }

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
  std::unordered_map<std::type_index, const message_type*> by_type_;
  std::array<const message_type*, caf::type_nrs> by_number_{};
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
  return recent.find(rtti.second, place, [&] { return type_table::instance().find(rtti); });
}

const message_type* find_type(std::uint64_t key) noexcept {
  thread_local recent_types<std::uint64_t> recent;
  return recent.find(key, key, [&] { return type_table::instance().find(key); });
}

} // namespace chorus::caf17
