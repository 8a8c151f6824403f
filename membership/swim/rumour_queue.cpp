#include <chorus/membership/swim/rumour_queue.hpp>
#include <chorus/membership/swim/wire.hpp>

#include <iterator>
#include <utility>

namespace chorus::membership::swim {

namespace {

/// SWIM's lambda.
constexpr unsigned repetition_factor = 4;

/// No rumour is smaller: a kind, a node and a life.
constexpr std::size_t smallest_rumour = 18;

} // namespace

unsigned rumour_queue::repetitions(std::size_t members) {
  auto digits = 1u;
  for (auto rest = members; rest >= 10; rest /= 10)
    ++digits;
  return repetition_factor * digits;
}

bool rumour_queue::put(rumour what) {
  const auto subject = subject_of(what).node;
  forget(subject);
  const auto full = items_.size() >= limit;
  if (full)
    forget(std::prev(order_.end())->subject);
  const auto bytes = encoded_size(what);
  const place where{0, next_age_--, subject};
  items_.emplace(subject, item{std::move(what), bytes, where});
  order_.insert(where);
  return !full;
}

void rumour_queue::forget(const node_id& subject) {
  const auto found = items_.find(subject);
  if (found == items_.end())
    return;
  order_.erase(found->second.where);
  items_.erase(found);
}

void rumour_queue::clear() {
  items_.clear();
  order_.clear();
}

std::vector<rumour>
rumour_queue::take(std::size_t bytes, unsigned repetitions, const node_id& to, unsigned times) {
  std::vector<rumour> taken;
  std::vector<place> said;
  for (const auto& where : order_) {
    if (bytes < smallest_rumour)
      break;
    const auto& candidate = items_.at(where.subject);
    if (candidate.bytes > bytes)
      continue;
    said.push_back(where);
    if (where.subject == to)
      continue;
    bytes -= candidate.bytes;
    taken.push_back(candidate.what);
  }
  if (times == 0)
    return taken;
  for (const auto& where : said) {
    auto& known = items_.at(where.subject);
    order_.erase(where);
    known.where.said += times;
    if (known.where.said < repetitions)
      order_.insert(known.where);
    else
      items_.erase(where.subject);
  }
  return taken;
}

} // namespace chorus::membership::swim
