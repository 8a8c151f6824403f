#pragma once

#include <optional>
#include <string>
#include <utility>

namespace chorus::simulation {

/// One invariant. A world that it watches over ends its run as soon as the invariant is broken.
///
/// A checker learns what it must know from whoever runs the protocol (a host hands it every delivery), or
/// looks at the nodes after each event.
class checker {
public:
  /// `invariant`: a sentence that says what always holds.
  explicit checker(std::string invariant) : invariant_(std::move(invariant)) {}
  virtual ~checker() = default;

  checker(const checker&) = delete;
  checker& operator=(const checker&) = delete;

  const std::string& invariant() const noexcept { return invariant_; }

  /// How it was broken first.
  const std::optional<std::string>& violation() const noexcept { return violation_; }

  /// Is called after each event; looks at what the checker watches. Must be quick.
  virtual void after_event() {}

protected:
  void broken(std::string how) {
    if (!violation_)
      violation_ = std::move(how);
  }

private:
  std::string invariant_;
  std::optional<std::string> violation_;
};

} // namespace chorus::simulation
