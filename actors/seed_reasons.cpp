#include "seed_reasons.hpp"

#include <utility>

namespace chorus {

void seed_reasons::add(const address& seed) {
  std::lock_guard guard{mutex_};
  seeds_.try_emplace(seed);
}

void seed_reasons::refused_connection(time_point now, const address& where, const std::string& reason) {
  std::lock_guard guard{mutex_};
  auto seed = seeds_.find(where);
  if (seed == seeds_.end())
    return;
  seed->second.connection = refusal{now, reason};
  seed->second.reason = reason;
}

std::optional<std::string> seed_reasons::why_refused_connection(time_point now, const address& seed) const {
  std::lock_guard guard{mutex_};
  auto known = seeds_.find(seed);
  if (known == seeds_.end() || !known->second.connection || !known->second.connection->counts(now))
    return std::nullopt;
  return known->second.connection->reason;
}

void seed_reasons::is_self(const address& seed) {
  std::lock_guard guard{mutex_};
  seeds_[seed].is_self = true;
}

void seed_reasons::is_silent(time_point now, const address& seed, std::string reason) {
  std::lock_guard guard{mutex_};
  seeds_[seed].reason = std::move(reason);
  if (refusal_ && !refusal_->counts(now))
    refusal_.reset();
}

void seed_reasons::refused(time_point now, std::string reason) {
  std::lock_guard guard{mutex_};
  refusal_ = refusal{now, std::move(reason)};
}

void seed_reasons::member_is_up() {
  std::lock_guard guard{mutex_};
  refusal_.reset();
  for (auto& [where, seed] : seeds_) {
    seed.reason.clear();
    seed.connection.reset();
  }
}

std::string seed_reasons::why_silent() const {
  std::lock_guard guard{mutex_};
  std::string text;
  for (const auto& [where, seed] : seeds_) {
    const auto reason = seed.is_self ? "it is this node itself" : seed.reason;
    if (!reason.empty())
      text += (text.empty() ? "" : "; ") + to_string(where) + ": " + reason;
  }
  return text;
}

std::optional<std::string> seed_reasons::why_refused() const {
  std::lock_guard guard{mutex_};
  return refusal_ ? std::optional{refusal_->reason} : std::nullopt;
}

} // namespace chorus
