#pragma once

#include "../process.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace chorus::testing {

/// A network namespace of Linux: interfaces, addresses and routes of its own, none at first. It has no name,
/// and ends with this object and the processes in it, or with the test, however that ends.
///
/// Made as root, or in a user namespace where users may make one.
class network_namespace {
public:
  /// Why this user on this machine cannot have one with what `private_network` needs; empty if it can. Tries
  /// it, once in a process.
  static const std::string& why_not();

  /// Pre: `why_not` is empty. `owner`: a namespace whose interfaces can be connected to this one's.
  /// Throws `std::runtime_error`.
  explicit network_namespace(const network_namespace* owner = nullptr);

  /// Of a process in it, by which others name the namespace.
  pid_t id() const noexcept { return keeper_.id(); }

  /// The command (path, then arguments) that runs this one in the namespace.
  std::vector<std::string> inside(std::vector<std::string> command) const;

  /// Does what these lines tell `ip`. Throws `std::runtime_error` with its complaint.
  void configure(const std::string& lines) const;

  /// Passes on packets for others.
  void forward();

private:
  void run(std::vector<std::string> command, const std::string& input) const;

  process keeper_;
};

} // namespace chorus::testing
