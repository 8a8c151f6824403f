#pragma once

#include <chorus/membership/swim/message.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>

namespace chorus::membership::swim {

/// Whether a message may be looked at further: names, addresses, counts and numbers are within their limits
/// and it speaks for its sender. An error says what is wrong, for the log.
error check_content(const peer& from, const message& what);

/// Whether others could take this for a member.
error check(const member& someone);

} // namespace chorus::membership::swim
