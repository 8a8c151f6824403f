#include "link_books.hpp"

#include <algorithm>

namespace chorus::testing {

namespace {

std::string to_text(const link_end& end) {
  return to_string(end.here) + '.' + to_string(end.relation) + " to " + to_string(end.there);
}

std::string to_text(const channel_end& end) {
  return to_text(end.end) + " on channel " + std::to_string(end.channel);
}

/// Calls `visit(id, stream)` for all streams from this end.
template <class Streams, class Visit>
void for_each_from(const link_end& end, Streams& all, Visit&& visit) {
  for (auto at = all.lower_bound(stream_id{end, {}}); at != all.end() && at->first.from == end; ++at)
    visit(at->first, at->second);
}

} // namespace

std::string to_string(const stream_id& id) {
  return to_text(channel_end{id.from, id.channel}) + ", " + std::to_string(id.pair.sender) + "->"
         + std::to_string(id.pair.receiver);
}

// -- once, in order ----------------------------------------------------------------------------------------

once_and_in_order::once_and_in_order()
    : checker("in one relation messages arrive once and in order for each pair") {}

void once_and_in_order::delivered(const stream_id& id, stream& of, const std::string& text) {
  auto place = of.delivered++;
  if (place >= of.accepted.size())
    return broken(to_string(id) + ": '" + text + "' arrives, but all that was sent has arrived before");
  if (of.accepted[place] != text)
    broken(to_string(id) + ": '" + text + "' arrives instead of '" + of.accepted[place] + "'");
}

// -- acknowledged after hand-over ------------------------------------------------------------------------

acknowledged_after_hand_over::acknowledged_after_hand_over(const link::config& limits)
    : checker("what is acknowledged has been handed over"),
      largest_(limits.channels.front().message_bytes + link::message_overhead) {}

void acknowledged_after_hand_over::released(const channel_end& sender, std::size_t cost) {
  auto total = released_[sender] += cost;
  if (total > handed_over_[sender] + largest_)
    broken(
        to_text(sender) + ": " + std::to_string(total) + " bytes are acknowledged, "
        + std::to_string(handed_over_[sender]) + " handed over"
    );
}

// -- not sent ----------------------------------------------------------------------------------------------

void not_sent_never_arrives::not_sent(const stream_id& id, stream& of, const std::string& text) {
  auto found = std::find(of.accepted.begin(), of.accepted.end(), text);
  if (found == of.accepted.end())
    return broken(to_string(id) + ": '" + text + "' is reported as not sent, but was not accepted");
  if (static_cast<std::size_t>(found - of.accepted.begin()) < of.delivered)
    broken(to_string(id) + ": '" + text + "' is reported as not sent and has arrived");
  of.accepted.erase(found);
  of.not_sent.insert(text);
}

void not_sent_never_arrives::delivered(const stream_id& id, const stream& of, const std::string& text) {
  if (of.not_sent.contains(text))
    broken(to_string(id) + ": '" + text + "' arrives after it was reported as not sent");
}

// -- an honest end -----------------------------------------------------------------------------------------

honest_end::honest_end(const link::config& limits)
    : checker("what was not acknowledged when a link ends is reported as outcome unknown or not sent"),
      largest_(limits.channels.front().message_bytes + link::message_overhead) {}

void honest_end::closed(
    const channel_end& end, const link::closed& how, std::size_t unacknowledged, streams& all
) {
  auto reported_bytes = not_sent_[end];
  std::map<link::pair, std::vector<std::string>> unknown;
  for (const auto& loss : how.losses) {
    if (loss.channel != end.channel)
      continue;
    reported_bytes += loss.payload.size() + link::message_overhead;
    unknown[loss.pair].emplace_back(as_text(loss.payload.view()));
  }
  for_each_from(end.end, all, [&](const stream_id& id, stream& of) {
    if (id.channel != end.channel)
      return;
    auto reported = unknown[id.pair];
    unknown.erase(id.pair);
    auto are_the_last = reported.size() <= of.accepted.size()
                        && std::equal(reported.rbegin(), reported.rend(), of.accepted.rbegin());
    if (!are_the_last)
      return broken(to_string(id) + ": what is reported as outcome unknown is not what was accepted last");
    if (of.accepted.size() - reported.size() > of.delivered)
      broken(
          to_string(id) + ": " + std::to_string(of.accepted.size() - of.delivered)
          + " messages did not arrive, " + std::to_string(reported.size())
          + " are reported as outcome unknown"
      );
  });
  if (!unknown.empty())
    broken(to_text(end) + ": what was never accepted is reported as outcome unknown");
  if (reported_bytes < unacknowledged || reported_bytes >= unacknowledged + largest_)
    broken(
        to_text(end) + ": " + std::to_string(unacknowledged) + " bytes are not acknowledged, messages of "
        + std::to_string(reported_bytes) + " are reported as outcome unknown or not sent"
    );
}

// -- bounded memory ----------------------------------------------------------------------------------------

bounded_memory::bounded_memory(const link::config& limits)
    : checker("what an end keeps to send, and a life unread of another one, is bounded"),
      send_limit_(limits.channels.front().send_buffer_bytes + limits.channels.front().send_reserve_bytes),
      receive_limit_(
          limits.channels.front().receive_window_bytes + limits.channels.front().receive_reserve_bytes
      ) {}

void bounded_memory::accepted(const channel_end& end, std::size_t cost) {
  if (auto kept = to_send_[end] += cost; kept > send_limit_)
    broken(to_text(end) + ": keeps " + std::to_string(kept) + " bytes to send");
}

void bounded_memory::delivered(const channel_end& end, std::size_t cost) {
  if (auto kept = to_consume_[{end.end.here, end.end.there, end.channel}] += cost; kept > receive_limit_)
    broken(to_text(end) + ": has delivered " + std::to_string(kept) + " bytes that are not consumed");
}

// -- one partner -------------------------------------------------------------------------------------------

void one_partner::up(const link_end& here, const link_end& there) {
  for (const auto& [one, other] : {std::pair{here, there}, std::pair{there, here}}) {
    auto known = partners_.emplace(one, other).first;
    if (known->second != other)
      broken(
          to_text(one) + " is up with " + to_text(other) + ", and is the partner of " + to_text(known->second)
      );
  }
}

// -- ended by its partner ----------------------------------------------------------------------------------

void ended_by_its_partner::closed(const link_end& end, const link::closed& how, bool partner_goes_on) {
  using why = link::closed::why;
  auto says_so =
      how.reason == why::superseded || how.reason == why::ended_by_peer || how.reason == why::closed_by_peer;
  if (says_so && partner_goes_on)
    broken(to_text(end) + " is over (" + std::string{to_string(how.reason)} + "), but its partner is not");
}

// -- no violation ------------------------------------------------------------------------------------------

void no_violation::closed(const link_end& end, const link::closed& how) {
  if (how.reason == link::closed::why::violation)
    broken(to_text(end) + " ends for a violation of the protocol");
}

// -- the books ---------------------------------------------------------------------------------------------

void link_books::accepted(const stream_id& id, const std::string& text) {
  streams_[id].accepted.push_back(text);
  memory_.accepted({id.from, id.channel}, text.size() + link::message_overhead);
}

void link_books::delivered(
    const stream_id& id, const link_end& at, const std::string& text, std::size_t cost
) {
  auto& of = streams_[id];
  not_sent_.delivered(id, of, text);
  order_.delivered(id, of, text);
  hand_over_.handed_over({id.from, id.channel}, text.size() + link::message_overhead);
  memory_.delivered({at, id.channel}, cost);
}

void link_books::released(const link_end& end, std::size_t cost, link::channel_number channel) {
  hand_over_.released({end, channel}, cost);
  memory_.released({end, channel}, cost);
}

void link_books::not_sent(const stream_id& id, const std::string& text) {
  not_sent_.not_sent(id, streams_[id], text);
  end_.not_sent({id.from, id.channel}, text.size() + link::message_overhead);
}

void link_books::closed(const link_end& end, const link::closed& how, bool partner_goes_on) {
  for (link::channel_number channel = 0; channel < channels_; ++channel)
    end_.closed({end, channel}, how, memory_.to_send({end, channel}), streams_);
  by_partner_.closed(end, how, partner_goes_on);
  violation_.closed(end, how);
}

bool link_books::all_delivered(const link_end& from, link::channel_number channel) const {
  auto all = true;
  for_each_from(from, streams_, [&](const stream_id& id, const stream& of) {
    all = all && (id.channel != channel || of.delivered == of.accepted.size());
  });
  return all;
}

} // namespace chorus::testing
