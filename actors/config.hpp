#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus {

/// How one node is set up. Plain data: fill it in, or let `add_options` (program/command_line.hpp) fill it
/// from flags, environment and file. Both ways have the same bounds: those of `check`.
struct config {
  std::string cluster = "chorus";   ///< nodes of different clusters refuse each other
  std::string name;                 ///< unique among live nodes; empty: drawn from the node id
  address listen{"127.0.0.1", 0};   ///< `*` for all interfaces; port 0 takes a free one
  std::optional<address> advertise; ///< where others reach this node; nothing: found out
  std::vector<address> seeds;       ///< nodes of the cluster to join; retried for ever
  std::optional<std::filesystem::path>
      data_directory; ///< keeps the node's identity; nothing: a new node at every start

  /// What this node says about itself to all others: at most `limits::metadata_bytes`.
  membership::metadata about;

  /// A silent node of a small cluster is believed for about that long; one whose process is gone is noticed
  /// sooner. At least `membership::swim::least_failure_timeout`.
  duration failure_timeout = std::chrono::seconds{4};
  duration leave_within = std::chrono::seconds{2}; ///< how long leaving waits for acknowledgements

  /// How long work that is under way when the node is to stop may go on, before the node leaves.
  duration drain_within = std::chrono::seconds{5};

  /// How long the end of a node waits for its actors once they were asked to quit.
  duration quit_within = std::chrono::seconds{5};

  std::string log_level = "info"; ///< trace, debug, info, warn, error, off
  std::size_t threads = 0;        ///< of the actor scheduler; 0: as many as there are cores

  /// How those threads find work: `sharing`, `stealing` (docs/decisions/0015-scheduler-is-a-setting.md).
  std::string scheduler = "sharing";

  /// How long the I/O thread looks for the next message before it sleeps, after one that came alone
  /// (docs/decisions/0018-stay-awake-after-a-lone-message.md). Zero for never.
  duration busy_poll = std::chrono::microseconds{100};

  /// Of all times here but `busy_poll`.
  static constexpr duration longest_time = std::chrono::hours{1};

  /// Beyond that a node would rather be given a core.
  static constexpr duration longest_busy_poll = std::chrono::milliseconds{10};

  static constexpr std::size_t most_threads = 256;
};

/// A name of a node, a cluster, a role: printable characters without spaces, at most `limits::name_bytes`.
/// Error: invalid_argument.
error check_name(std::string_view name);

/// An address that others can be told: with a port, and neither `*` nor 0.0.0.0 or [::]. Error:
/// invalid_argument.
error check_reachable(const address& where);

/// Whether a node may say that about itself. Error: invalid_argument (a role or version that is no name; a
/// tag whose key is no name, or has a `=`, or whose value has control characters; more than
/// `limits::metadata_bytes`).
error check(const membership::metadata& about);

/// Why a node cannot be opened with these settings, as far as can be told beforehand; the text begins with
/// the name of the field. Error: invalid_argument.
error check(const config& settings);

/// The part of `check(settings)` for one field of `config`, without the field's name in the text: whoever has
/// read the value names the flag, variable or line that it came from. `about.roles`, `about.tags` and
/// `about.version` are fields of their own. Pre: there is such a field.
error check_field(const config& settings, std::string_view field);

} // namespace chorus
