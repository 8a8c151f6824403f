/// Plays any bytes as the life of one name registry: messages of nodes that may say anything, nodes that come
/// and go, and names of its own. No sequence of them may crash it, keep anything of a lost node, or let a
/// name count that nobody may announce.
///
/// The input is a sequence of: what happens and to whom (1 byte), how many bytes follow (1 byte), the
/// message.

#include <chorus/names/name_registry.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/link/little_endian.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>

namespace chorus::names {
namespace {

byte_buffer copy(const_bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

peer numbered(std::uint8_t number) {
  return {{0, 2u + number % 4u}, {1}};
}

class life {
public:
  explicit life(const_bytes script) : script_(script) {}

  void run() {
    while (script_.left() > 0) {
      step(script_.take<std::uint8_t>());
      check();
    }
  }

private:
  void step(std::uint8_t what) {
    auto who = numbered(what);
    switch (what / 4 % 8) {
    case 0:
      up_.insert(who);
      known_.insert(who);
      return core_.apply({}, peer_up{who});
    case 1:
      up_.erase(who);
      if (what / 32 % 2 == 0)
        return core_.apply({}, peer_down{who});
      known_.erase(who);
      return core_.apply({}, peer_gone{who});
    case 2:
      return core_.apply({}, announce{std::string(1, static_cast<char>('a' + what % 4)), 1u + what / 32u});
    case 3:
      return core_.apply({}, withdraw{std::string(1, static_cast<char>('a' + what % 4))});
    case 4:
      return core_.apply({}, actor_ended{1u + what / 32u});
    default:
      return receive(who);
    }
  }

  void receive(const peer& from) {
    auto length = script_.take<std::uint8_t>();
    const shared_bytes head{copy(script_.take_bytes(std::min<std::size_t>(length, script_.left())))};
    const auto decoded = wire::decode(head, {});
    if (!decoded)
      return;
    CHORUS_CHECK(std::ranges::equal(wire::encode(*decoded).head, head.view()), "two encodings of a message");
    core_.receive({}, from, *decoded);
  }

  void check() {
    for (auto& step : core_.drain().messages)
      CHORUS_CHECK(wire::decode(shared_bytes{wire::encode(step.message).head}, {}), "nobody can read it");
    for (const auto& [name, winner] : core_.list("")) {
      CHORUS_CHECK(!check_name(name), "a name that nobody may announce");
      CHORUS_CHECK(winner.actor != 0, "a name of no actor");
      CHORUS_CHECK(winner.origin == self_ || known_.contains(winner.origin), "a name of a lost node");
      auto may_be_reached = winner.origin == self_ || up_.contains(winner.origin);
      CHORUS_CHECK(may_be_reached || !winner.within_reach, "a name within reach without a relation");
    }
    CHORUS_CHECK(core_.drain().empty(), "an output that was not complete");
  }

  const peer self_{{0, 1}, {1}};
  link::bounded_reader script_;
  core core_{self_};
  std::set<peer> up_;
  std::set<peer> known_; ///< and not gone
};

} // namespace
} // namespace chorus::names

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::names::life{std::as_bytes(std::span{data, size})}.run();
  return 0;
}
