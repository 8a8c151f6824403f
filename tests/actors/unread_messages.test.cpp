#include "end_of_a_node.hpp"

#include <chorus/runtime/limits.hpp>

#include <caf/blocking_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <cstddef>
#include <malloc.h>
#include <memory>
#include <string>

/// Messages of other nodes that nobody has read when the node ends.
namespace chorus {
namespace {

/// Ada sends to an actor of ben, which reads them when its node has gone.
class unread_messages : public testing::Test {
protected:
  unread_messages() {
    nodes_.add("ada");
    nodes_.add("ben", be_impatient);
  }

  node& ben() { return nodes_.at(1); }

  /// Until `reader` has got them all and read the last one, `ask`.
  void send_to(const caf::actor& reader) {
    EXPECT_FALSE(ben().announce("reader", reader));
    auto remote = nodes_.at(0).find("reader", patience);
    ASSERT_TRUE(remote);
    for (std::size_t sent = 0; sent <= worth_a_wake; sent += text_.size())
      caf::anon_send(*remote, text_);
    caf::anon_send(*remote, ask_atom::value);
  }

  void end_ben() {
    mallopt(M_PERTURB, 0xa5); // a use of freed memory shows without a sanitizer
    nodes_.remove(1);
  }

  /// As many bytes as wake the I/O thread when they are consumed.
  static constexpr std::size_t worth_a_wake = limits::receive_window_bytes / 16;

  const std::string text_ = std::string(limits::mebibyte / 4, 'x');
  cluster nodes_;
};

TEST_F(unread_messages, are_let_go_by_a_blocking_actor) {
  event arrived;
  auto deaf = ben().system().spawn([&](caf::blocking_actor* self) {
    self->receive([&](ask_atom) { arrived.happen(); });
    self->receive([](end_atom) {});
  });
  event ended;
  deaf->attach_functor([&](const caf::error&) { ended.happen(); });
  send_to(deaf);
  ASSERT_TRUE(arrived.wait());
  end_ben();
  caf::anon_send(deaf, end_atom::value);
  EXPECT_TRUE(ended.wait());
  deaf = nullptr;
  nodes_.remove(0);
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST_F(unread_messages, are_let_go_by_a_scoped_actor) {
  auto self = std::make_unique<caf::scoped_actor>(ben().system());
  send_to(*self);
  (*self)->receive([](ask_atom) {});
  end_ben();
  self = nullptr;
  nodes_.remove(0);
  EXPECT_TRUE(everything_is_reclaimed());
}

} // namespace
} // namespace chorus
