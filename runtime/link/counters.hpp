#pragma once

#include <cstdint>

namespace chorus::link {

/// What one end of a link has done so far: for metrics, and for tests that must know that they have
/// been on the rare branches.
struct counters {
  std::uint64_t messages_accepted = 0;
  std::uint64_t messages_delivered = 0;
  std::uint64_t segments_sent = 0;     ///< resends not counted
  std::uint64_t segments_received = 0; ///< duplicates not counted
  std::uint64_t frames_sent = 0;       ///< of every kind
  std::uint64_t frames_received = 0;   ///< of every kind, also those that were ignored

  std::uint64_t large_messages = 0;   ///< accepted and cut into chunks
  std::uint64_t messages_queued = 0;  ///< accepted but not put into a frame at once
  std::uint64_t overloaded = 0;       ///< refused because the send buffer is full
  std::uint64_t beyond_credit = 0;    ///< segments sent from the reserve
  std::uint64_t channels_passed = 0;  ///< one without credit, while another had something to send
  std::uint64_t unserved = 0;         ///< messages on a channel that the other end does not have
  std::uint64_t acknowledgements = 0; ///< frames that only acknowledge or give credit
  std::uint64_t hellos = 0;
  std::uint64_t welcomes = 0;
  std::uint64_t greeting_retries = 0;  ///< hellos and welcomes sent again without an answer
  std::uint64_t stale_hellos = 0;      ///< of a relation before the one that is known, ignored
  std::uint64_t foreign_greetings = 0; ///< of another process that uses the other end's life, ignored
  std::uint64_t held_at_start = 0;     ///< bytes of earlier relations that were not consumed
  std::uint64_t timeouts = 0;          ///< the resend timer fired for an unacknowledged frame
  std::uint64_t frames_resent = 0;     ///< after a timeout or a reconnect
  std::uint64_t probes = 0;            ///< empty frames that ask for credit
  std::uint64_t reconnects = 0;        ///< `reconnected` while the link was alive
  std::uint64_t duplicates = 0;        ///< segments that came again
  std::uint64_t overlaps = 0;          ///< frames of which a first part had come before
  std::uint64_t gaps = 0;              ///< frames dropped because one before them is missing
  std::uint64_t strays = 0;            ///< frames of another node, life or relation, ignored
  std::uint64_t overs_sent = 0;
  std::uint64_t overs_received = 0; ///< that ended the link
  std::uint64_t overs_ignored = 0;  ///< of an earlier relation
  std::uint64_t refusals_sent = 0;
  std::uint64_t refusals_received = 0; ///< that ended the link
  std::uint64_t refusals_ignored = 0;  ///< stale ones
  std::uint64_t violations = 0;        ///< found here

  // of the messages that were left when the link ended
  std::uint64_t left_unknown = 0;            ///< outcome unknown
  std::uint64_t left_unknown_half_known = 0; ///< of them: the first chunks were acknowledged
  std::uint64_t left_not_sent = 0;           ///< the last part had not left
  std::uint64_t left_half_sent = 0;          ///< of them: the first chunks had left

  /// Calls `visit(name, number)` for every counter, in the order above.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    visit("messages_accepted", messages_accepted);
    visit("messages_delivered", messages_delivered);
    visit("segments_sent", segments_sent);
    visit("segments_received", segments_received);
    visit("frames_sent", frames_sent);
    visit("frames_received", frames_received);
    visit("large_messages", large_messages);
    visit("messages_queued", messages_queued);
    visit("overloaded", overloaded);
    visit("beyond_credit", beyond_credit);
    visit("channels_passed", channels_passed);
    visit("unserved", unserved);
    visit("acknowledgements", acknowledgements);
    visit("hellos", hellos);
    visit("welcomes", welcomes);
    visit("greeting_retries", greeting_retries);
    visit("stale_hellos", stale_hellos);
    visit("foreign_greetings", foreign_greetings);
    visit("held_at_start", held_at_start);
    visit("timeouts", timeouts);
    visit("frames_resent", frames_resent);
    visit("probes", probes);
    visit("reconnects", reconnects);
    visit("duplicates", duplicates);
    visit("overlaps", overlaps);
    visit("gaps", gaps);
    visit("strays", strays);
    visit("overs_sent", overs_sent);
    visit("overs_received", overs_received);
    visit("overs_ignored", overs_ignored);
    visit("refusals_sent", refusals_sent);
    visit("refusals_received", refusals_received);
    visit("refusals_ignored", refusals_ignored);
    visit("violations", violations);
    visit("left_unknown", left_unknown);
    visit("left_unknown_half_known", left_unknown_half_known);
    visit("left_not_sent", left_not_sent);
    visit("left_half_sent", left_half_sent);
  }
};

} // namespace chorus::link
