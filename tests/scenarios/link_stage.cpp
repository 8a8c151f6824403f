#include "link_stage.hpp"

#include "../../runtime/link/segment.hpp"

#include <limits>

namespace chorus::testing {

namespace {

using side = two_ends::side;

constexpr std::size_t longest_text = 24;

std::string name(side which) {
  return which == two_ends::a ? "A" : "B";
}

side parse_side(const std::string& word) {
  if (word == "A" || word == "B")
    return word == "A" ? two_ends::a : two_ends::b;
  throw scenario_error{"'" + word + "' is neither A nor B"};
}

/// The end to which a way leads: B for `A->B`.
side parse_way(const std::string& word) {
  if (word == "A->B" || word == "B->A")
    return word == "A->B" ? two_ends::b : two_ends::a;
  throw scenario_error{"'" + word + "' is neither A->B nor B->A"};
}

link::pair parse_pair(std::string_view word) {
  auto arrow = word.find("->");
  if (arrow == std::string_view::npos)
    throw scenario_error{"'" + std::string{word} + "' is no pair"};
  return {parse_number(word.substr(0, arrow)), parse_number(word.substr(arrow + 2))};
}

duration parse_duration(std::string_view word) {
  auto unit = word.find_first_not_of("0123456789");
  auto count = static_cast<duration::rep>(parse_number(word.substr(0, unit)));
  auto name_of_unit = unit == std::string_view::npos ? "" : word.substr(unit);
  if (name_of_unit == "ms")
    return std::chrono::milliseconds{count};
  if (name_of_unit == "s")
    return std::chrono::seconds{count};
  throw scenario_error{"'" + std::string{word} + "' is no time"};
}

link::send parse_send(const command& what) {
  link::send message;
  message.pair = parse_pair(what.word(1));
  message.how = what.has("reserved") ? link::urgency::reserved : link::urgency::ordinary;
  auto is_size = what.words.size() > 3 && what.words[3] == "bytes";
  message.payload = bytes_of(is_size ? std::string(parse_number(what.word(2)), 'x') : what.word(2));
  return message;
}

void set(link::config& settings, std::string_view key, std::size_t value) {
  auto& place = key == "message"          ? settings.channels.front().message_bytes
                : key == "chunk"          ? settings.chunk_bytes
                : key == "frame"          ? settings.frame_bytes
                : key == "window"         ? settings.channels.front().receive_window_bytes
                : key == "reserve"        ? settings.channels.front().receive_reserve_bytes
                : key == "buffer"         ? settings.channels.front().send_buffer_bytes
                : key == "buffer-reserve" ? settings.channels.front().send_reserve_bytes
                : key == "in-flight"      ? settings.frames_in_flight
                                          : throw scenario_error{"no setting '" + std::string{key} + "'"};
  place = value;
}

std::string describe(const shared_bytes& payload) {
  if (payload.size() > longest_text)
    return std::to_string(payload.size()) + " bytes";
  return '"' + text_of(payload) + '"';
}

std::string describe(const link::pair& who) {
  return std::to_string(who.sender) + "->" + std::to_string(who.receiver);
}

std::string describe(const link::segment& what) {
  auto text = describe(what.pair) + ' ';
  switch (what.kind) {
  case link::part::whole:
    return text + describe(what.bytes);
  case link::part::first:
    return text + "first " + std::to_string(what.bytes.size()) + " of " + std::to_string(what.message_size)
           + " bytes";
  case link::part::middle:
    return text + "next " + std::to_string(what.bytes.size()) + " bytes";
  case link::part::last:
    return text + "last " + std::to_string(what.bytes.size()) + " bytes";
  }
  return text;
}

template <class Greeting>
std::string describe_credit(const Greeting& what) {
  const auto& channel = what.channels.front();
  return ", credit " + std::to_string(channel.credit)
         + (channel.held == 0 ? "" : ", of which " + std::to_string(channel.held) + " held");
}

std::string describe(const link::refusal& what) {
  auto text = "refusal: " + std::string{to_string(what.reason)};
  return what.reason == link::refusal::why::wrong_incarnation
             ? text + ", this is life " + to_string(what.current)
             : text;
}

std::string describe(const link::refused& what) {
  switch (what.reason) {
  case link::refused::why::overloaded:
    return "overloaded";
  case link::refused::why::too_large:
    return "too large";
  case link::refused::why::closed:
    return "closed";
  case link::refused::why::unserved:
    return "unserved";
  }
  return {};
}

} // namespace

link_stage::link_stage() {
  add_verbs();
  add_network_verbs();
}

void link_stage::add_verbs() {
  // Every verb of an end: `verb A ...`.
  auto add = [this](std::string verb, auto what) {
    verbs_.add(std::move(verb), [this, what](const command& words, std::string& transcript) {
      if (!ends_)
        throw scenario_error{"a scenario begins with start or connect"};
      transcript_ = &transcript;
      what(parse_side(words.word(0)), words);
    });
  };
  add("send", [this](side at, const command& words) { ends_->apply(at, parse_send(words)); });
  add("write",
      [this](side at, const command& words) { (*ends_)[at].core->apply(ends_->now(), parse_send(words)); });
  add("flush", [this](side at, const command&) { ends_->perform(at); });
  add("reconnect", [this](side at, const command&) { ends_->apply(at, link::reconnected{}); });
  add("close", [this](side at, const command&) { ends_->apply(at, link::close{}); });
  add("fail", [this](side at, const command&) { ends_->apply(at, link::abandon{}); });
  add("restart", [this](side at, const command&) {
    said_[at] = {};
    consumed_[at] = 0;
    ends_->restart(at);
    *transcript_ += name(at) + " begins life " + to_string(ends_->identity(at).incarnation) + "\n";
    ends_->perform(at);
  });
  auto reopen = [this](side at) {
    auto unread = std::move((*ends_)[at].delivered);
    unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(consumed_[at]));
    said_[at] = {};
    consumed_[at] = 0;
    ends_->start(at);
    if ((*ends_)[at].core->unconsumed() > 0) // of the same two lives
      (*ends_)[at].delivered = std::move(unread);
  };
  add("relink", [this, reopen](side at, const command&) {
    reopen(at);
    ends_->perform(at);
  });
  add("copy", [this](side at, const command&) {
    ends_->greet_as_copy(at);
    *transcript_ += "a process with a copy of " + name(at) + "'s data directory says hello\n";
  });
  add("await", [reopen](side at, const command&) { reopen(at); });
  add("consume", [this](side at, const command& words) {
    auto& messages = (*ends_)[at].delivered;
    auto left = messages.size() - consumed_[at];
    auto count = words.words.size() > 1 ? std::min(left, parse_number(words.word(1))) : left;
    std::size_t bytes = 0;
    for (; count > 0; --count)
      bytes += messages[consumed_[at]++].cost;
    ends_->apply(at, link::consumed{bytes});
  });
  add("show", [this](side at, const command&) {
    const auto& core = *(*ends_)[at].core;
    auto state = core.has_ended() ? "ended" : core.is_established() ? "established" : "opening";
    *transcript_ += name(at) + " is " + state + (core.settled() ? ", settled" : ", not settled") + "\n";
  });
}

void link_stage::add_network_verbs() {
  verbs_.add("start", [this](const command& what, std::string& transcript) {
    transcript_ = &transcript;
    start(what);
  });
  verbs_.add("connect", [this](const command& what, std::string& transcript) {
    std::string unread;
    transcript_ = &unread;
    start(what);
    ends_->deliver();
    transcript += "A and B are connected\n";
  });
  verbs_.add("deliver", [this](const command& what, std::string& transcript) {
    transcript_ = &transcript;
    if (what.words.empty())
      return ends_->deliver();
    auto to = parse_way(what.word(0));
    auto count = what.words.size() > 1 ? parse_number(what.word(1)) : ends_->way_to(to).size();
    for (; count > 0 && ends_->deliver_one(to); --count) {
    }
  });
  verbs_.add("advance", [this](const command& what, std::string& transcript) {
    transcript_ = &transcript;
    ends_->advance(parse_duration(what.word(0)));
  });
  // Faults: `verb A->B [n]`.
  auto add_fault = [this](std::string verb, std::string told, auto fault) {
    verbs_.add(verb, [this, verb, told, fault](const command& what, std::string& transcript) {
      auto& way = ends_->way_to(parse_way(what.word(0)));
      auto count = what.words.size() > 1 ? parse_number(what.word(1)) : way.size();
      if (count == 0 || count > way.size())
        throw scenario_error{"there is nothing to " + verb};
      fault(way, static_cast<std::ptrdiff_t>(count));
      transcript += "the network " + told + ' ' + std::to_string(count)
                    + (count == 1 ? " frame " : " frames ") + what.word(0) + '\n';
    });
  };
  add_fault("drop", "loses", [](auto& way, auto count) { way.erase(way.begin(), way.begin() + count); });
  add_fault("reverse", "reverses", [](auto& way, auto count) {
    std::reverse(way.begin(), way.begin() + count);
  });
  add_fault("duplicate", "doubles", [](auto& way, auto count) {
    auto copies = std::vector(way.begin(), way.begin() + count);
    way.insert(way.end(), copies.begin(), copies.end());
  });
}

void link_stage::start(const command& what) {
  link::config settings;
  std::string cluster_of_b = "tests";
  for (const auto& word : what.words) {
    auto equals = std::min(word.find('='), word.size() - 1);
    auto key = word.substr(0, equals);
    auto value = word.substr(equals + 1);
    if (key == "cluster")
      cluster_of_b = value;
    else
      set(settings, key, parse_number(value));
  }
  ends_.emplace(settings, cluster_of_b);
  said_ = {};
  consumed_ = {};
  ends_->watch = [this](side which, const link::output& output) { print(which, output); };
  ends_->perform(two_ends::a);
  ends_->perform(two_ends::b);
}

void link_stage::print(side which, const link::output& output) {
  auto& text = *transcript_;
  auto me = name(which);
  if (output.established_now)
    text += me + " is established\n";
  for (const auto& step : output.deliveries)
    text += me + " delivers " + describe(step.pair) + ' ' + describe(step.payload) + '\n';
  for (const auto& step : output.refusals)
    text +=
        me + " refuses " + describe(step.pair) + ' ' + describe(step.payload) + ": " + describe(step) + '\n';
  for (const auto& step : output.releases)
    text += me + " releases " + std::to_string(step.bytes) + " bytes\n";
  for (const auto& step : output.frames)
    print(which, step.message);
  if (output.end) {
    text += me + " ends: " + std::string{to_string(output.end->reason)} + '\n';
    for (const auto& loss : output.end->losses)
      text += "  outcome unknown: " + describe(loss.pair) + ' ' + describe(loss.payload) + '\n';
  }
}

void link_stage::print(side which, const link::frame& frame) {
  struct visitor {
    link_stage& self;
    side which;
    const link::frame& envelope;
    std::string operator()(const link::hello& what) const {
      return "hello in " + to_string(envelope.source_relation) + describe_credit(what);
    }
    std::string operator()(const link::welcome& what) const {
      return "welcome in " + to_string(envelope.source_relation) + " to "
             + to_string(envelope.destination_relation) + describe_credit(what);
    }
    std::string operator()(const link::refusal& what) const { return describe(what); }
    std::string operator()(const link::data& what) const { return self.describe_data(which, what); }
    std::string operator()(const link::goodbye&) const { return "goodbye"; }
    std::string operator()(const link::over&) const {
      return "over: " + to_string(envelope.destination_relation);
    }
  };
  if (auto* greeting = std::get_if<link::hello>(&frame.content))
    said_[which].credit = greeting->channels.front().credit;
  if (auto* greeting = std::get_if<link::welcome>(&frame.content))
    said_[which].credit = greeting->channels.front().credit;
  *transcript_ += name(which) + " sends " + std::visit(visitor{*this, which, frame}, frame.content) + '\n';
}

/// Acknowledgement and credit are mentioned when they are news, or all there is.
std::string link_stage::describe_data(side which, const link::data& frame) {
  std::string text = "data";
  if (frame.count > 0)
    text += ' ' + to_string(frame.first);
  if (frame.count > 1)
    text += ".." + std::to_string(frame.first.value + frame.count - 1);
  auto separator = ": ";
  for (link::segment_reader reader{frame.segments, frame.lone}; !reader.at_end(); separator = ", ")
    text += separator + describe(*reader.next());
  auto& last = said_[which];
  if (frame.count == 0)
    text = frame.wants_answer ? "probe" : "acknowledgement " + to_string(frame.acknowledged);
  else if (frame.acknowledged != last.acknowledged)
    text += "; acknowledges " + to_string(frame.acknowledged);
  auto credit = last.credit;
  frame.credits.for_each([&](link::channel_number, std::uint64_t told) { credit = told; });
  if (credit != last.credit)
    text += "; credit " + std::to_string(credit);
  if (frame.wants_answer)
    text += "; wants an answer";
  last = {frame.acknowledged, credit};
  return text;
}

} // namespace chorus::testing
