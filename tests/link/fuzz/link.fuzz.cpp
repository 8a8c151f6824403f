/// Plays any bytes as the life of one end: frames of a peer that may say anything, and inputs of an honest
/// node. No sequence of them may crash the end, make it hold more than its limits, or speak after its end.

#include "../../../runtime/link/little_endian.hpp"
#include "../../../runtime/link/segment.hpp"
#include "../offers.hpp"
#include "../tight_limits.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/link/link.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace chorus::link {
namespace {

config tight() {
  auto settings = testing::tight_limits();
  settings.cluster = std::string{"c"};
  settings.self = {{1, 1}, {2}};
  settings.other = {{2, 2}, {2}};
  settings.relation = {7};
  return settings;
}

class life {
public:
  explicit life(const_bytes script) : script_(script), core_(now_, settings_) {}

  void run() {
    perform();
    while (script_.left() > 0) {
      step();
      perform();
    }
  }

private:
  void step() {
    switch (take() % 12) {
    case 0:
      return receive(hello{cluster(), 0, testing::offered(take())});
    case 1:
      return receive(welcome{cluster(), 0, testing::offered(100u * take())});
    case 2:
      return receive(refusal{static_cast<refusal::why>(1 + take() % 3), {take() % 4u}});
    case 3:
      return take() % 2 == 0 ? receive(goodbye{}) : receive(over{});
    case 4:
      return receive(any_data());
    case 5:
    case 6:
      return receive(next_segment());
    case 7:
      return core_.apply(now_, send{{take(), 1}, urgency_of(take()), shared_bytes{byte_buffer(3u * take())}});
    case 8:
      return consume();
    case 9:
      now_ += std::chrono::milliseconds{8 * take()};
      return core_.tick(now_);
    case 10:
      return core_.apply(now_, reconnected{});
    default:
      if (auto dice = take(); dice < 9)
        core_.apply(now_, std::array<input, 2>{close{}, abandon{}}[dice % 2]);
    }
  }

  // -- frames ------------------------------------------------------------------------------------------

  void receive(decltype(frame::content) content) {
    frame what{settings_.other, settings_.self, {5}, settings_.relation, std::move(content)};
    auto ends = take(); // mostly the right ones
    if (ends >= 240)
      (ends % 2 == 0 ? what.source : what.destination).incarnation = {ends % 4u};
    else if (ends >= 224)
      (ends % 2 == 0 ? what.source_relation : what.destination_relation) = {4 + ends % 8u};
    core_.receive(now_, what.source, what);
  }

  std::string cluster() { return take() < 250 ? "c" : "d"; }

  data any_data() {
    data content;
    content.acknowledged = {take()};
    content.credits.set(take() % 3, 10u * take());
    content.wants_answer = take() % 2 == 0;
    content.first = {take()};
    content.count = take() % 8;
    content.segments = bytes(take());
    return content;
  }

  /// A well-formed segment in its place, as far as this test has kept count.
  data next_segment() {
    auto kind = static_cast<part>(take() % 4);
    pair who{take() % 2u, 1};
    auto message_size = 4u * take();
    auto payload = bytes(take());
    byte_buffer encoded;
    data content;
    if (take() % 4 == 0) {
      append_segment_head(encoded, kind, who, message_size, payload.size());
      content.lone = payload;
    } else {
      append_segment(encoded, kind, who, message_size, payload.view());
    }
    content.first = {core_.statistics().segments_received + 1};
    content.count = 1;
    content.segments = shared_bytes{std::move(encoded)};
    return content;
  }

  // -- inputs ------------------------------------------------------------------------------------------

  void consume() {
    auto bytes = std::min<std::size_t>(unconsumed_, 4u * take());
    unconsumed_ -= bytes;
    core_.apply(now_, consumed{bytes});
  }

  static urgency urgency_of(std::uint8_t dice) {
    return dice % 2 == 0 ? urgency::ordinary : urgency::reserved;
  }

  // -- outputs -----------------------------------------------------------------------------------------

  void perform() {
    const auto output = core_.drain();
    CHORUS_CHECK(
        !ended_ || (output.frames.empty() && output.deliveries.empty() && !output.end), "a late word"
    );
    for (const auto& message : output.deliveries) {
      CHORUS_CHECK(
          message.payload.size() <= settings_.channels.front().message_bytes, "a message over the limit"
      );
      CHORUS_CHECK(message.cost == message.payload.size() + message_overhead, "a cost that is none");
      unconsumed_ += message.cost;
    }
    CHORUS_CHECK(
        unconsumed_ <= settings_.channels.front().receive_window_bytes
                           + settings_.channels.front().receive_reserve_bytes,
        "the window is overrun"
    );
    CHORUS_CHECK(unconsumed_ == core_.unconsumed(), "another account of what is unread");
    for (const auto& step : output.frames)
      CHORUS_CHECK(wire::encode(step.message).body.size() <= settings_.frame_bytes, "a frame over the limit");
    ended_ = ended_ || output.end;
    CHORUS_CHECK(ended_ == core_.has_ended(), "an end that is not told");
    CHORUS_CHECK(!ended_ || !core_.next_deadline(), "a deadline after the end");
    CHORUS_CHECK(core_.drain().empty(), "an output that was not complete");
  }

  std::uint8_t take() { return script_.take<std::uint8_t>(); }

  shared_bytes bytes(std::size_t count) {
    auto taken = script_.take_bytes(std::min(count, script_.left()));
    return shared_bytes{byte_buffer{taken.begin(), taken.end()}};
  }

  const config settings_ = tight();
  bounded_reader script_;
  time_point now_;
  core core_;
  std::size_t unconsumed_ = 0;
  bool ended_ = false;
};

} // namespace
} // namespace chorus::link

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::link::life{std::as_bytes(std::span{data, size})}.run();
  return 0;
}
