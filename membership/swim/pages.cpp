#include <chorus/membership/swim/pages.hpp>
#include <chorus/membership/swim/wire.hpp>

#include <utility>

namespace chorus::membership::swim {

std::vector<page> divide_into_pages(std::vector<rumour> view) {
  std::vector<page> pages(1);
  std::size_t bytes = 0;
  for (auto& entry : view) {
    const auto more = encoded_size(entry);
    if (bytes + more > page_target && !pages.back().entries.empty()) {
      pages.emplace_back();
      bytes = 0;
    }
    bytes += more;
    pages.back().entries.push_back(std::move(entry));
  }
  return pages;
}

void digest::add(const peer& who, chorus::refutation refutation) {
  mix(who.node.high);
  mix(who.node.low);
  mix(who.incarnation.value);
  mix(refutation.value);
}

/// The finalizer of splitmix64 over what came before (https://prng.di.unimi.it/splitmix64.c).
void digest::mix(std::uint64_t number) {
  auto mixed = (value_ ^ number) + 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  value_ = mixed ^ (mixed >> 31);
}

} // namespace chorus::membership::swim
