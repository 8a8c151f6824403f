#include <chorus/membership/swim/rumour.hpp>

namespace chorus::membership::swim {

namespace {

struct subject {
  const peer& operator()(const alive& what) const noexcept { return what.who.who; }

  template <class Rumour>
  const peer& operator()(const Rumour& what) const noexcept {
    return what.who;
  }
};

} // namespace

const peer& subject_of(const rumour& what) noexcept {
  return std::visit(subject{}, what);
}

} // namespace chorus::membership::swim
