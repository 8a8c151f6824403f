#include "protocol.hpp"

#include <chorus/membership/swim/pages.hpp>

#include <algorithm>
#include <string_view>
#include <variant>

namespace chorus::testing::protocol {

namespace swim = membership::swim;

namespace {

std::string words_of(const swim::rumour& what) {
  struct visitor {
    std::string operator()(const swim::alive& news) const {
      return to_string(news.who.who) + " lives (" + to_string(news.refutation) + ')';
    }
    std::string operator()(const swim::suspect& news) const {
      auto text = to_string(news.who) + " is suspected (" + to_string(news.refutation) + ") by";
      for (const auto& each : news.voices)
        text += ' ' + to_string(each.accuser) + " for " + std::string{membership::to_string(each.what)};
      return text;
    }
    std::string operator()(const swim::failed& news) const {
      return to_string(news.who) + " has failed (" + to_string(news.refutation) + "), says "
             + to_string(news.accuser);
    }
    std::string operator()(const swim::left& news) const { return to_string(news.who) + " has left"; }
  };
  return std::visit(visitor{}, what);
}

struct content_words {
  std::string operator()(const swim::ping& what) const { return "ping " + to_string(what.number); }
  std::string operator()(const swim::ack& what) const { return "ack " + to_string(what.number); }
  std::string operator()(const swim::ping_request& what) const {
    return "ping " + to_string(what.subject) + " for me " + to_string(what.number);
  }
  std::string operator()(const swim::indirect_ack& what) const {
    return "it lives " + to_string(what.number);
  }
  std::string operator()(const swim::nack& what) const { return "not yet " + to_string(what.number); }
  std::string operator()(const swim::gossip&) const { return "gossip"; }
  std::string operator()(const swim::hello& what) const {
    auto text = std::string{what.asked_at ? "hello?" : "hello"} + ' ' + to_string(what.self.who) + " ("
                + to_string(what.refutation) + ')';
    if (what.failed)
      text += ", " + to_string(what.failed->who) + " has failed (" + to_string(what.failed->refuted) + ')';
    return text;
  }
  std::string operator()(const swim::summary& what) const {
    return "digest " + std::to_string(what.digest % 10'000);
  }
  std::string operator()(const swim::page& what) const {
    std::string text = "view";
    for (const auto& each : what.entries)
      text += ", " + words_of(each);
    return text;
  }
  std::string operator()(const membership::refusal& what) const { return describe(what, {}); }
  std::string operator()(const swim::abstention& what) const {
    std::string text = "knows nothing of";
    for (const auto& each : what.subjects)
      text += ' ' + to_string(each);
    return text;
  }
};

} // namespace

core make_core(time_point now, const membership::member& self, std::uint64_t seed) {
  return core{now, {.self = self, .seed = seed, .failure_timeout = 4 * period, .contacts = {}}};
}

std::string describe(const message& what) {
  auto text = std::visit(content_words{}, what.what);
  for (const auto& each : what.rumours)
    text += "; " + words_of(each);
  return text;
}

membership_books::limits limits_of_books() {
  // A page of a view, with what says hello around it.
  constexpr auto datagram_bytes = swim::page_target + swim::datagram_target;
  // A probe and an answer, and in every thirtieth period a comparison of views and its answer. Questions to
  // addresses where somebody was lost come besides.
  constexpr auto idle_messages = 2.2;
  return {period * 3 / 2, 10 * period, datagram_bytes, period, idle_messages};
}

bool is_answer(const message& what) {
  const auto* greeting = std::get_if<swim::hello>(&what.what);
  return greeting != nullptr && greeting->answers;
}

message accuse_of_too_much(const peer& who, const peer& accuser) {
  return {
      swim::gossip{},
      {swim::suspect{who, swim::refutation_limit, {{accuser, membership::evidence::silence}}}}};
}

message first_verdict(const peer& who, const peer& accuser) {
  return {swim::gossip{}, {swim::failed{who, {}, accuser}}};
}

void count(const core& what, simulation::coverage& met) {
  const auto& counted = what.counters();
  met.add("probe missed", counted.probes_missed);
  met.add("saved by others", counted.probes_missed - std::min(counted.probes_missed, counted.probes_failed));
  met.add("probe failed", counted.probes_failed);
  met.add("suspicion begun", counted.suspicions);
  met.add("refutation", counted.refutations);
  met.add("abstention", counted.abstentions);
  met.add("verdict found", counted.verdicts);
  met.add("verdict not believed against own evidence", counted.verdicts_doubted);
  met.add("stale verdict", counted.verdicts_stale);
  met.add("verdict taken back", counted.verdicts_taken_back);
  met.add("failed member asked", counted.failed_asked);
  met.add("accusation above the number", counted.accusations_above);
  met.add("expelled", counted.expulsions);
  met.add("exchange of views that differ", counted.exchanges);
  met.add("own pause noticed", counted.pauses_noticed);
  met.add("message of the past", counted.messages_of_the_past);
  met.add("message invalid", counted.messages_invalid);
  met.add("rumour dropped", counted.rumours_dropped);
}

} // namespace chorus::testing::protocol
