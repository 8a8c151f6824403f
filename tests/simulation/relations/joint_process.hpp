#pragma once

#include "../handles/handle_node.hpp"
#include "../handles/handle_work.hpp"
#include "../membership/member_process.hpp"
#include "calls.hpp"
#include "joint_books.hpp"
#include "letter.hpp"

#include <chorus/names/name_registry.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/simulation/link_layer.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus::testing {

/// One run of a node's program, without CAF and ZeroMQ: all that decides in a node, in production's own
/// cores, joined as in `actors/node_services`.
///
///   membership --members--> peers --relations--> links, handles, names
///   links --messages--> handles --> calls
///                       names
class joint_process final : public member_process,
                            private simulation::link_layer::user,
                            private handle_world {
public:
  joint_process(
      simulation::node& at, member_cluster& all, const membership::member& self, joint_books& books
  );
  ~joint_process() override;

  static link::config limits();

  // -- what its users do ---------------------------------------------------------------------------------

  void act(random_generator& chance);
  void call(random_generator& chance);
  void monitor_something(random_generator& chance);
  void announce(const std::string& name);
  void withdraw(const std::string& name);
  void set_lazy(bool lazy);

  /// A letter of that size to the users of another node.
  void say_much(const peer& to, std::size_t bytes);

  /// As when a link has no room even for a notice.
  void give_up(const peer& other);

  void leave() override;

  // -- what is known -------------------------------------------------------------------------------------

  const simulation::link_layer& links() const noexcept { return links_; }
  const names::core& names() const noexcept { return names_; }
  handle_node& handles() noexcept { return handles_; }

  /// What its users have heard of the other nodes, by their names: `+B`, up; `-B:unreachable`, down;
  /// `!B:failed`, gone.
  const std::string& story() const noexcept { return story_; }

  /// Nothing that is sent waits or is under way.
  bool is_quiet() const;

  /// Answers and lets go of what is left over. False if there was something.
  bool clear_up();

  testing::handles_at_rest handles_at_rest() const;

  void look_at_monitors();

  // -- what the node calls -------------------------------------------------------------------------------

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) override;
  void reconnected(const node_id& other) override;
  std::string describe(const wire_message& content) const override;

private:
  /// As `runtime/transport/outbox.hpp`: what is sent is taken or refused at once, by the room that there is.
  struct outbox {
    struct entry {
      link::send message;
      letter what;
    };

    peer to;
    std::vector<entry> waiting;
    std::size_t held = 0; ///< by what waits, and by what the link has and was not acknowledged
    bool is_hopeless = false;
  };

  struct monitor {
    std::uint64_t number;
    thing_handle actor; ///< is held by that
  };

  // membership
  void member_is_up(const membership::member& who) override;
  void member_has_failed(const peer& who) override;
  void member_is_over(const membership::member_over& what) override;
  void heard_of(const peer& from) override;
  void member_refuses(const peer& who) override;
  void connection_lost(const peer& who) override;

  // links
  void perform(const peer& other, const link::established& step) override;
  void perform(const peer& other, link::delivered&& step) override;
  void perform(const peer& other, link::refused&& step) override;
  void perform(const peer& other, const link::released& step) override;
  void perform(const peer& other, link::closed&& step) override;
  void told(const membership::peers::step& step) override;

  // peers
  void on(const membership::peers::open_relation& step);
  void on(const membership::peers::end_relation&) {}
  void on(const membership::peers::forget_relation& step);
  void on(const membership::peers::peer_up& step);
  void on(const membership::peers::peer_down& step);
  void on(const membership::peers::peer_gone& step);
  void on(const membership::peers::unreachable& step);
  void on(const membership::peers::doubted& step);

  // handles
  void carry(handle_node& from, relation_number under, handle_message message, bool may_wait) override;
  void executed(std::uint64_t request) override { books_.accounts.executed(request); }
  void ended(std::uint64_t request, requests::request_fate fate, const request_content& answer) override;
  void forgotten(const handles::actor_name& requester) override { books_.accounts.forgotten(requester); }
  void killed(const handles::actor_name& actor) override { books_.killed.insert(actor); }
  void found_ended(const handles::actor_name& actor) override { books_.found_ended(actor); }
  bool take(waiting_request& arrived) override;
  void met(std::string_view branch) override { books_.met.add(branch); }

  void tell_names(const names::core::input& what);
  void flush_names();
  void post(relation_number under, letter what);
  void turn();
  void flush();
  void say_goodbye();
  void hand_over(const peer& to, outbox::entry what);
  void lose_notice(relation_number under);
  void bounce(relation_number under, const peer& to, const letter& what, errc code);
  void consume(const peer& from, std::size_t cost);
  void arm();

  link_end end_to(const peer& other) const;
  link_end partner_of(const peer& other) const;

  void tell_users(char sign, const peer& who, const std::string& how = {});

  joint_books& books_;
  random_generator chance_;
  std::string story_;
  bool lazy_ = false;
  std::optional<time_point> turn_at_; ///< something waits in an outbox
  std::optional<errc> refused_;       ///< the letter that is just being handed over
  std::optional<time_point> says_goodbye_at_;
  std::uint64_t latest_letter_ = 0;
  std::map<relation_number, outbox> outboxes_;
  bool has_backed_off_ = false; ///< as the step before has said
  std::set<peer> given_up_;     ///< whose last relation that was up this process has given up
  std::vector<std::pair<peer, std::size_t>> unread_;
  std::vector<monitor> monitors_;
  handle_work work_;
  handle_node handles_;
  names::core names_;
  joint_calls calls_;
  std::unique_ptr<clock_seam> timer_;
  simulation::link_layer links_;
};

} // namespace chorus::testing
