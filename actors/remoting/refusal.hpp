#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/result.hpp>

namespace chorus {

/// Why a link did not take a message, in words that say what to do.
error describe(errc code, const peer& to);

errc to_code(link::refused::why reason);

} // namespace chorus
