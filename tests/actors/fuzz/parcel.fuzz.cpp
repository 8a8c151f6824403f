/// Delivers any bytes as messages of a link to the actors of a node: parcels, CAF's message ids, messages
/// with handles and messages inside, errors, answers that nobody waits for. None of them may crash the node.
///
/// The input is a sequence of: for whom (1 byte), how many bytes follow (2 bytes), the link's message.

#include "../../../actors/remoting/remoting.hpp"

#include <chorus/runtime/link/little_endian.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace chorus {
namespace {

/// An actor that throws away what it gets, at once and in the thread that sends.
class abyss final : public caf::monitorable_actor {
public:
  explicit abyss(caf::actor_config& settings) : monitorable_actor(settings) {}
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

/// One for all inputs: to make one costs threads. Never destroyed: CAF keeps a logger in a thread-local
/// variable, which is gone when the main thread's statics are.
caf::actor_system& the_system() {
  static auto& settings = *new caf::actor_system_config;
  static auto& system = *new caf::actor_system{settings};
  return system;
}

class node_under_fire {
public:
  explicit node_under_fire(const_bytes script) : script_(script) {
    caf::actor_config settings;
    receiver_ = caf::make_actor<abyss, caf::strong_actor_ptr>(
        receiver_number, the_system().node(), &the_system(), settings
    );
    remoting_->add_link(peer_, {link_, link_});
    remoting_->give_handle(receiver_, *remoting_->find_node(peer_));
  }

  ~node_under_fire() {
    remoting_->lose(peer_, {errc::node_down, "the end of the input"});
    remoting_->stop();
  }

  void run() {
    while (script_.left() > 0)
      step();
  }

private:
  static constexpr std::uint64_t receiver_number = 1;

  void step() {
    auto to = script_.take<std::uint8_t>();
    auto length = script_.take<std::uint16_t>();
    auto bytes = script_.take_bytes(std::min<std::size_t>(length, script_.left()));
    link::delivered message;
    message.pair = {to / 4u, to % 4u};
    message.payload = shared_bytes{byte_buffer{bytes.begin(), bytes.end()}};
    message.cost = bytes.size() + link::message_overhead;
    message.channel = to % 8 == 7 ? channels::handles : channels::actors;
    remoting_->deliver(peer_, std::move(message));
  }

  const peer self_{{0, 1}, {1}};
  const peer peer_{{0, 2}, {1}};
  link::bounded_reader script_;
  std::shared_ptr<remoting> remoting_ = std::make_shared<remoting>(
      the_system(),
      self_,
      std::make_shared<flow_control>([](time_point) {}),
      remoting::hooks{
          [](const remoting::trouble&) {}, [](auto task) { task(); }, [](auto) {}, [](auto) { return false; }}
  );
  std::shared_ptr<outbox> link_ = std::make_shared<outbox>(limits::mebibyte, limits::mebibyte, [] {});
  caf::strong_actor_ptr receiver_;
};

} // namespace
} // namespace chorus

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::node_under_fire{std::as_bytes(std::span{data, size})}.run();
  return 0;
}
