#pragma once

#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/result.hpp>

namespace chorus::link {

/// What a sender hears of a message that the link did not deliver.
errc to_code(refused::why reason) noexcept;

/// The other way round, for what an outbox answers.
refused::why to_reason(errc code) noexcept;

} // namespace chorus::link
