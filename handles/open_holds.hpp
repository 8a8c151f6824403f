#pragma once

#include <chorus/runtime/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace chorus::handles {

/// What one home was told of handles that came from third nodes, and has not acknowledged: the newcomer's
/// side of introductions, under one relation with the home. Each is told to its giver once: when the home has
/// acknowledged it, or at once when this relation ends.
class open_holds {
public:
  /// Different ones. What goes beyond is told to the giver at once, unprotected.
  static constexpr std::size_t limit = 65'536;

  struct open_hold {
    relation_number giver;
    std::uint64_t actor = 0;
    std::uint64_t count = 0;
  };

  /// The home is about to be told. False at the limit, and when the relation is over: tell the giver.
  [[nodiscard]] bool add(relation_number giver, std::uint64_t actor);

  /// The home knows, or was not told. False if nothing was open: tell nobody.
  bool close(relation_number giver, std::uint64_t actor);

  /// The relation with the giver has ended: it is told nothing.
  void forget(relation_number giver);

  /// The relation with the home is over. Gives whom to tell, and takes no more.
  std::vector<open_hold> close_all();

  bool empty() const noexcept { return entries_.empty(); }

private:
  using key = std::pair<relation_number, std::uint64_t>; ///< giver, actor

  std::map<key, std::uint64_t> entries_;
  bool is_over_ = false;
};

} // namespace chorus::handles
