#pragma once

#include <chorus/runtime/time.hpp>

#include <cstddef>

/// Every limit that nodes must agree on or that guards against a stranger's bytes, with its reason.
/// Limits of a single component stand with that component.
namespace chorus::limits {

inline constexpr std::size_t kibibyte = 1024;
inline constexpr std::size_t mebibyte = 1024 * kibibyte;

/// The largest message of a user. Half a receive window, so that one large message always fits
/// beside the small ones that share the link.
inline constexpr std::size_t message_bytes = 8 * mebibyte;

/// Messages above this travel in chunks of this size, so that other pairs' messages pass between them. A
/// text of 64 KiB with all that stands around it is still one piece.
inline constexpr std::size_t chunk_bytes = 65 * kibibyte;

/// A piece of a message from this size on has a frame of its own, so that it is not copied; smaller ones
/// share frames, which costs a copy and saves frames.
inline constexpr std::size_t lone_bytes = 16 * kibibyte;

/// The largest frame of the message lane: one full chunk and small messages batched around it.
inline constexpr std::size_t frame_bytes = 128 * kibibyte;

/// The largest datagram: probes and rumours are small and none of them travels in pieces.
inline constexpr std::size_t datagram_bytes = 64 * kibibyte;

/// What a receiver lets its peer have under way: sent and not yet consumed by the actors here.
inline constexpr std::size_t receive_window_bytes = 16 * mebibyte;

/// What may be beyond the window for traffic that frees resources (responses, exit and down messages).
inline constexpr std::size_t receive_reserve_bytes = 16 * mebibyte;

/// What a sender keeps for one peer: waiting to be sent and waiting to be acknowledged.
inline constexpr std::size_t send_buffer_bytes = 64 * mebibyte;

/// Beyond the send buffer, for the same traffic as the receive reserve.
inline constexpr std::size_t send_reserve_bytes = 16 * mebibyte;

/// Channels of one link. Every data frame has room for the credit of all.
inline constexpr std::size_t channels = 16;

/// Containers within containers within a message; deeper input is refused before it exhausts a stack.
inline constexpr std::size_t decode_depth = 64;

/// Bytes of a name: nodes, clusters, announced actors.
inline constexpr std::size_t name_bytes = 255;

/// Members of one cluster. What every node keeps and sends for the cluster as a whole is kept for that many.
inline constexpr std::size_t members = 1024;

/// What a member says about itself: roles, tags and version, encoded. Every member keeps it of every other,
/// and it travels in datagrams beside other news.
inline constexpr std::size_t metadata_bytes = 512;

} // namespace chorus::limits
