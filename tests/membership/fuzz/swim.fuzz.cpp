/// Plays any bytes as the life of one node: datagrams of anybody, what its own node tells it, and time that
/// passes. No sequence of them may crash the node, fill the cluster beyond its limit, or make it say what
/// nobody can read.
///
/// The input is a sequence of: who speaks or what happens (1 byte), how many bytes follow (2 bytes), the
/// datagram.

#include <chorus/membership/swim/check.hpp>
#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/little_endian.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

namespace chorus::membership::swim {
namespace {

byte_buffer copy(const_bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

member numbered(std::uint8_t number) {
  return {
      .who = {{0, number}, {1u + number / 64u}},
      .name = std::string(1, static_cast<char>('a' + number % 26)),
      .where = {"host" + std::to_string(number), 4000},
  };
}

class life {
public:
  explicit life(const_bytes script) : script_(script), core_(now_, {.self = numbered(1)}) {}

  void run() {
    while (script_.left() > 0) {
      step(script_.take<std::uint8_t>());
      perform();
    }
  }

private:
  void step(std::uint8_t what) {
    if (what >= 0xF0)
      return pass_time(what % 16);
    if (what >= 0xE0)
      return tell(what % 16);
    const auto length = script_.take<std::uint16_t>();
    const shared_bytes head{copy(script_.take_bytes(std::min<std::size_t>(length, script_.left())))};
    const auto decoded = wire::decode(head);
    if (!decoded)
      return;
    CHORUS_CHECK(std::ranges::equal(wire::encode(*decoded).head, head.view()), "two encodings of a message");
    core_.receive(now_, speaker(what, *decoded), *decoded);
  }

  /// Mostly somebody who may say it.
  static peer speaker(std::uint8_t what, const message& said) {
    const auto* told = std::get_if<hello>(&said.what);
    return told != nullptr && what % 4 != 0 ? told->self.who : numbered(what).who;
  }

  void pass_time(std::uint8_t dice) {
    now_ += std::chrono::milliseconds{40} * dice * dice;
    core_.tick(now_);
  }

  /// What its own node says.
  void tell(std::uint8_t dice) {
    const auto other = numbered(script_.take<std::uint8_t>());
    using outcome = connection_tried::outcome;
    switch (dice % 6) {
    case 0:
      return core_.apply(now_, unreachable{other.who});
    case 1:
      return core_.apply(now_, connection_lost{other.who});
    case 2:
      return core_.apply(now_, connection_tried{other.who, outcome::refused});
    case 3:
      return core_.apply(now_, connection_tried{other.who, outcome::open});
    case 4:
      return core_.apply(now_, add_seed{other.where});
    default:
      return core_.apply(now_, update{{{other.name}, {}, {}}});
    }
  }

  void perform() {
    const auto output = core_.drain();
    for (const auto& step : output.messages)
      check_readable(step.message);
    for (const auto& step : output.contacts)
      check_readable(step.message);
    for (const auto& step : output.replies)
      check_readable(step.message);
    CHORUS_CHECK(core_.members().size() < limits::members, "more members than there can be");
    CHORUS_CHECK(core_.drain().empty(), "an output that was not complete");
  }

  void check_readable(const message& what) const {
    auto encoded = wire::encode(what);
    CHORUS_CHECK(encoded.head.size() <= limits::datagram_bytes, "a datagram over the limit");
    CHORUS_CHECK(wire::decode(shared_bytes{std::move(encoded.head)}), "a datagram that nobody can read");
    CHORUS_CHECK(!check_content(core_.self().who, what), "a message that others refuse");
  }

  link::bounded_reader script_;
  time_point now_{std::chrono::hours{1}};
  core core_;
};

} // namespace
} // namespace chorus::membership::swim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::membership::swim::life{std::as_bytes(std::span{data, size})}.run();
  return 0;
}
