/// Plays any bytes as the life of one node of a full mesh: datagrams of anybody, and time that passes. No
/// sequence of them may crash the node, fill the mesh beyond its limit, or make it say what nobody can read.
///
/// The input is a sequence of: who speaks or what happens (1 byte), how many bytes follow (2 bytes), the
/// datagram.

#include <chorus/membership/full_mesh.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/little_endian.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

namespace chorus::membership::full_mesh {
namespace {

byte_buffer copy(const_bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

member numbered(std::uint8_t number) {
  return {
      .who = {{0, number}, {1u + number / 64u}},
      .name = std::string(1, static_cast<char>('a' + number % 26)),
      .where = {"host", 4000},
  };
}

class life {
public:
  explicit life(const_bytes script) : script_(script), core_(now_, {.self = numbered(1), .contacts = {}}) {}

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
    auto length = script_.take<std::uint16_t>();
    const shared_bytes head{copy(script_.take_bytes(std::min<std::size_t>(length, script_.left())))};
    const auto decoded = wire::decode(head);
    if (!decoded)
      return;
    CHORUS_CHECK(std::ranges::equal(wire::encode(*decoded).head, head.view()), "two encodings of a message");
    core_.receive(now_, speaker(what, *decoded), *decoded);
  }

  /// Mostly somebody who may say it.
  static peer speaker(std::uint8_t what, const message& said) {
    const auto* told = std::get_if<gossip>(&said);
    return told != nullptr && what % 4 != 0 ? told->self.who : numbered(what).who;
  }

  void pass_time(std::uint8_t dice) {
    if (dice == 15)
      return core_.apply(now_, link_lost{numbered(script_.take<std::uint8_t>()).who});
    now_ += std::chrono::milliseconds{100} * dice;
    core_.tick(now_);
  }

  void perform() {
    const auto output = core_.drain();
    for (const auto& step : output.messages)
      check_readable(step.message);
    for (const auto& step : output.contacts)
      check_readable(step.message);
    CHORUS_CHECK(core_.members().size() < members_limit, "more members than there can be");
    CHORUS_CHECK(core_.drain().empty(), "an output that was not complete");
  }

  static void check_readable(const message& what) {
    auto encoded = wire::encode(what);
    CHORUS_CHECK(encoded.head.size() <= limits::datagram_bytes, "a datagram over the limit");
    CHORUS_CHECK(wire::decode(shared_bytes{std::move(encoded.head)}), "a datagram that nobody can read");
  }

  link::bounded_reader script_;
  time_point now_{std::chrono::hours{1}};
  core core_;
};

} // namespace
} // namespace chorus::membership::full_mesh

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::membership::full_mesh::life{std::as_bytes(std::span{data, size})}.run();
  return 0;
}
