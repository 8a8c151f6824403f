/// Plays any bytes to one lieutenant of either algorithm: (sender, time that passes, length, bytes), again
/// and again. Nothing may crash it, what it reads has one encoding, and it decides once, at the end.

#include "../army.hpp"

#include <chorus/consensus/generals/om.hpp>
#include <chorus/consensus/generals/sm.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/link/little_endian.hpp>
#include <chorus/runtime/signature_scheme.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace chorus::consensus::generals {
namespace {

constexpr std::size_t generals_count = 7;
constexpr std::size_t traitors = 2;

/// More than a lieutenant of seven generals has to say in OM(2): 5 and 5 * 4 messages. In SM(2): 2 * 5.
constexpr std::size_t most_messages = 25;

/// Believes everything, so that the input gets past the signatures.
struct credulous_scheme : signature_scheme {
  signature sign(const_bytes) override { return {}; }
  bool verify(const node_id&, const_bytes, const signature&) const override { return true; }
};

template <class Core, class Wire>
void play(const battle& fought, Core lieutenant, const_bytes input) {
  auto now = fought.start;
  std::size_t sent = 0;
  std::size_t decisions = 0;
  auto perform = [&] {
    auto output = lieutenant.drain();
    sent += output.messages.size();
    decisions += output.decision ? 1 : 0;
    CHORUS_CHECK(!output.decision || now >= fought.end_of(traitors), "a decision before the end");
  };
  for (link::bounded_reader reader{input}; reader.left() >= 3;) {
    const auto from = reader.take<std::uint8_t>();
    now += std::chrono::milliseconds{10} * reader.take<std::uint8_t>();
    lieutenant.tick(now);
    perform();
    const auto length = std::min<std::size_t>(reader.take<std::uint8_t>(), reader.left());
    const auto bytes = reader.take_bytes(length);
    const auto message = Wire::decode(shared_bytes{byte_buffer{bytes.begin(), bytes.end()}});
    if (!message)
      continue;
    CHORUS_CHECK(std::ranges::equal(Wire::encode(*message).head, bytes), "two encodings of one message");
    lieutenant.receive(now, fought.generals[from % generals_count], *message);
    perform();
  }
  now = std::max(now, fought.end_of(traitors));
  lieutenant.tick(now);
  perform();
  CHORUS_CHECK(decisions == 1, "every battle ends with one decision");
  CHORUS_CHECK(sent <= most_messages, "more messages than the protocol has");
  CHORUS_CHECK(!lieutenant.next_deadline(), "waiting although all is over");
}

} // namespace
} // namespace chorus::consensus::generals

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chorus;
  using namespace chorus::consensus::generals;
  const auto input = std::as_bytes(std::span{data, size});
  const auto fought = battle_of(generals_count, traitors, 1);
  credulous_scheme scheme;
  play<om::core, om::wire>(fought, om::core{fought}, input);
  play<sm::core, sm::wire>(fought, sm::core{fought, scheme}, input);
  return 0;
}
