#pragma once

#include <chorus/runtime/transport/transport.hpp>

namespace chorus::testing {

/// Whom a transport tells in vain.
class nobody final : public transport_events {
  void link_established(const peer&) override {}
  void message_delivered(const peer&, link::delivered) override {}
  void message_refused(const peer&, link::refused) override {}
  void link_closed(const peer&, const link::closed&) override {}
  void datagram_received(const peer&, shared_bytes) override {}
  void stranger_met(const std::string&, const error&) override {}
};

} // namespace chorus::testing
