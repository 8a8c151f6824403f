#pragma once

#include "../handles/handle_message.hpp"

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstdint>
#include <string>

namespace chorus::testing {

/// What travels as one message of a link: of the handles' tables, or of the registry of names.
struct letter {
  std::uint64_t number = 0; ///< of the sending process: no two letters are the same
  handle_message handles{};
  byte_buffer names{}; ///< if it is not empty, `handles` says nothing
  std::string filling{};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number, handles, names, filling);
  }
};

shared_bytes encode(const letter& what);

/// Pre: the bytes are of `encode`.
letter decode_letter(const shared_bytes& payload);

link::pair pair_of(const letter& what);

/// As in remoting: what users send may be refused; answers and notices use the reserves.
link::urgency urgency_of(const letter& what);

} // namespace chorus::testing
