#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace chorus {

/// Message types that other nodes use and this process does not declare: what they are called, as far as that
/// can be found out. On the wire a type is a key, a hash of its name.
///
/// Thread rules: none of its own; the I/O thread's.
class foreign_types {
public:
  /// Types that are remembered: many more than two releases of one program differ in. Others are told by key.
  static constexpr std::size_t limit = 256;

  struct type {
    std::string name;     ///< empty if it is not known
    std::string declared; ///< the versions of the name that this process declares, with commas
  };

  /// What is known of an undeclared key.
  const type& find(std::uint64_t key);

  /// Another node says what its type is called. True if that is news and can be true.
  bool learn(std::uint64_t key, const std::string& name);

private:
  std::map<std::uint64_t, type> types_;
};

} // namespace chorus
