#pragma once

#include <chorus/membership/swim/message.hpp>
#include <chorus/membership/swim/rumour.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chorus::membership::swim {

/// What the entries of one page take together; a single one may be larger. A page is rare, and its bytes are
/// cheaper in one piece.
inline constexpr std::size_t page_target = 8 * limits::kibibyte;

/// A view as pages, in its order. At least one, which may be empty.
std::vector<page> divide_into_pages(std::vector<rumour> view);

/// The digest of a view: of who is a member and what each has last said about itself. Views with different
/// digests differ; equal ones are taken for the same. Suspicions are not in it, as they end by themselves.
class digest {
public:
  /// In ascending order of lives.
  void add(const peer& who, chorus::refutation refutation);

  std::uint64_t value() const noexcept { return value_; }

private:
  void mix(std::uint64_t number);

  std::uint64_t value_ = 0x9E3779B97F4A7C15u;
};

} // namespace chorus::membership::swim
