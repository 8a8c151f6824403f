#pragma once

namespace chorus {

/// Says what is broken, before `CHORUS_CHECK` (check.hpp) aborts the process. `text` is one line with its
/// end. May wait for a moment, not for ever.
using last_words = void (*)(const char* text) noexcept;

/// Used by every check from now on; without one the text is printed to standard error. Any thread.
void set_last_words(last_words say) noexcept;

} // namespace chorus
