#pragma once

#include <chorus/consensus/generals/om_message.hpp>
#include <chorus/consensus/generals/order.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace chorus::consensus::generals::om {

/// What one lieutenant has heard, by whom: OM(m)'s recursion unrolled, known as exponential information
/// gathering (Bar-Noy, Dolev, Dwork and Strong, "Shifting gears", 1987; Lynch, "Distributed Algorithms",
/// section 6.2.3).
///
/// A node is a path of different generals from the commander to somebody who is not this lieutenant. In
/// OM(m) each path p is one execution of OM(m - |p| + 1) whose commander is the last of p and whose
/// lieutenants are all generals that are not in p.
class information_tree {
public:
  /// Of the general `self` of `generals`; a commander's tree has no place for any path.
  information_tree(std::size_t generals, general self, std::size_t traitors);

  /// Whether somebody loyal could have told this lieutenant something by that path.
  bool has_place_for(const path& by) const;

  /// Keeps the first value of a path; false if there is one already. Pre: `has_place_for(by)`.
  bool learn(const path& by, order what);

  /// What was heard by that path; the default order if nothing was.
  order heard(const path& by) const;

  /// All paths of that many generals, in ascending order, heard or not: whoever was silent has said the
  /// default. Pre: `1 <= length <= traitors + 1`.
  std::vector<path> paths(std::size_t length) const;

  /// The order to obey: the paper's recursive `majority`, after the last round.
  order decide() const;

  /// Paths heard.
  std::size_t size() const noexcept { return values_.size(); }

private:
  order resolve(const path& by) const;
  std::vector<path> extensions(const path& by) const;

  std::size_t generals_;
  general self_;
  std::size_t longest_path_;
  std::map<path, order> values_;
};

/// The value that more than half of the votes are for; the default order if there is none.
order majority(std::size_t attacks, std::size_t votes) noexcept;

} // namespace chorus::consensus::generals::om
