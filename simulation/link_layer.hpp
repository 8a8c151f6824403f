#pragma once

#include <chorus/membership/peers/core.hpp>
#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/simulation/node.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// The links of one process to all others, in the simulator: link cores under the production driver over
/// the faulty network, and the production table of peers (`membership/peers`) that opens and ends them. What
/// `runtime/transport` and `actors/node_services` are in production. What membership says comes in through
/// `tell`; without a membership service the world's news of lives take its place (`life_began`), and `fail`
/// and `take_back` are its errors.
class link_layer {
public:
  /// What the links tell the process. A user may call back; it may not destroy the layer.
  class user {
  public:
    virtual ~user() = default;
    virtual void perform(const peer& other, const link::established& step) = 0;
    virtual void perform(const peer& other, link::delivered&& step) = 0;
    virtual void perform(const peer& other, link::refused&& step) = 0;
    virtual void perform(const peer& other, const link::released& step) = 0;

    /// The link is gone when this returns.
    virtual void perform(const peer& other, link::closed&& step) = 0;

    /// What the table of peers says, in its place among the steps of the links: all but `end_relation`. An
    /// `open_relation` comes when the link is there.
    virtual void told(const membership::peers::step&) {}
  };

  /// `limits`: of every link; its cluster and ends are filled in. Both references must outlive the layer.
  link_layer(
      node& at, user& above, link::config limits, const membership::peers::settings& settings_of_peers = {}
  );
  ~link_layer();

  link_layer(const link_layer&) = delete;
  link_layer& operator=(const link_layer&) = delete;

  /// False if there is no link to this life. What was `consumed` may also be of earlier relations with it.
  bool apply(const peer& other, const link::input& what);

  /// What membership says, or a reason of the process's own.
  void tell(const membership::peers::input& what);

  /// Says goodbye to everybody. No relation is opened or reported any more.
  void leave();

  /// That life is declared failed, until it is taken back.
  void fail(const peer& other);
  void take_back(const peer& other);

  // -- what the process hands down -----------------------------------------------------------------------

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body);
  void reconnected(const node_id& other);
  void life_began(const peer& other);

  // -- what is known -------------------------------------------------------------------------------------

  /// The lives to which there is a link, ascending.
  std::vector<peer> peers() const;

  /// Nothing if there is no link.
  const link::core* core(const peer& other) const;

  const membership::peers::core& relations() const noexcept { return peers_; }

  /// A frame in a few words.
  static std::string describe(const wire_message& content);

private:
  class end;

  bool take(const peer& from, const peer& source, const shared_bytes& head, const shared_bytes& body);
  void answer(const std::optional<link::frame>& what);
  void ended(end& which, link::closed&& how);
  void consumed_of_earlier(const peer& other, const link::consumed& what);
  end* find(const peer& other) const;
  std::vector<peer> links_with(const node_id& other) const;

  void perform_steps();
  void perform(const membership::peers::open_relation& step);
  void perform(const membership::peers::end_relation& step);
  template <class Step>
  void perform(const Step& step) {
    above_.told(step);
  }

  node& node_;
  user& above_;
  const link::config limits_;
  membership::peers::core peers_;
  bool performing_ = false;
  bool leaves_ = false;
  std::unique_ptr<clock_seam> timer_;
  std::map<peer, std::unique_ptr<end>> links_; ///< two of one node while an earlier life says goodbye
  std::map<node_id, incarnation> known_;       ///< the newest life of each
  std::vector<std::unique_ptr<end>> ended_;    ///< may still be in the middle of a call
  /// What relations that are over have left, where there is no link.
  std::map<std::pair<peer, link::channel_number>, std::size_t> unconsumed_;
};

} // namespace chorus::simulation
