#pragma once

#include <cstdint>
#include <utility>

/// A class that is to be replicated: commands, an `on` for each, a snapshot.
namespace example {

struct add {
  std::int64_t amount = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(amount);
  }
};

/// Of the last `add`.
struct undo {};

class tally {
public:
  std::int64_t on(const add& what) {
    last_ = what.amount;
    return value_ += what.amount;
  }
  std::int64_t on(const undo&) { return value_ -= std::exchange(last_, 0); }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_, last_);
  }

protected:
  std::int64_t value_ = 0;
  std::int64_t last_ = 0;
};

/// The same, but for a mistake that no test of a single object shows.
class forgetful_tally : public tally {
public:
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_);
  }
};

} // namespace example
