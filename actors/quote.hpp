#pragma once

#include <string>
#include <string_view>

namespace chorus {

/// Text that somebody has typed, for a message about it: in single quotes, control characters as `\x0a`, and
/// cut after 80 bytes.
std::string quote(std::string_view text);

} // namespace chorus
