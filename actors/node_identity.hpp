#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>

#include <filesystem>
#include <optional>

namespace chorus {

/// Who this node is and which life it lives; durable when there is a data directory.
///
/// With a directory, the file `identity` in it holds the node id and the latest incarnation. A new
/// incarnation is on disk before anybody hears of it, so that no two lives ever share a number. Only
/// one process at a time may use a directory: the file `lock` is held while this object lives.
/// Without a directory the node id is random and every process is a new node.
///
/// Thread rules: one thread at a time.
class node_identity {
public:
  /// Creates the directory if need be and takes the next incarnation. Errors: permission_denied,
  /// unavailable (another process uses the directory), malformed (the file is damaged), io.
  static result<node_identity> open(const std::optional<std::filesystem::path>& directory);

  node_identity(node_identity&& other) noexcept;
  node_identity& operator=(node_identity&& other) noexcept;
  ~node_identity();

  const peer& current() const noexcept { return current_; }

  /// Takes the next incarnation, durably when there is a directory. Errors: io; nothing changes then.
  result<peer> take_next();

private:
  node_identity(std::optional<std::filesystem::path> directory, int lock, peer current);

  std::optional<std::filesystem::path> directory_;
  int lock_ = -1; ///< file descriptor that holds the lock
  peer current_;
};

} // namespace chorus
