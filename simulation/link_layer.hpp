#pragma once

#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/simulation/node.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace chorus::simulation {

/// The links of one process to all others, in the simulator: link cores under the production driver over
/// the faulty network. What `runtime/transport` is in production, with the world's news of lives in place
/// of the membership service.
///
/// - A link is opened when the world tells of a life, and fails when it tells of a newer one.
/// - A life whose link has ended is over here: it is told again and again that it was declared failed, until
///   there is news of its next life.
/// - Who is told so takes its next incarnation and starts over: all links end, new ones are opened.
class link_layer {
public:
  /// How long until a life that is over is told again.
  static constexpr duration tell_again_after = std::chrono::milliseconds{500};

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
  };

  /// `limits`: of every link; its cluster and ends are filled in. Both references must outlive the layer.
  link_layer(node& at, user& above, link::config limits);
  ~link_layer();

  link_layer(const link_layer&) = delete;
  link_layer& operator=(const link_layer&) = delete;

  /// False if there is no link to this life.
  bool apply(const peer& other, const link::input& what);

  /// Says goodbye to everybody.
  void close();

  // -- what the process hands down -----------------------------------------------------------------------

  void receive(const peer& from, const shared_bytes& head, const shared_bytes& body);
  void reconnected(const node_id& other);
  void life_began(const peer& other);

  // -- what is known -------------------------------------------------------------------------------------

  /// The lives to which there is a link, ascending.
  std::vector<peer> peers() const;

  /// Nothing if there is no link.
  const link::core* core(const peer& other) const;

  /// A frame in a few words.
  static std::string describe(const wire_message& content);

private:
  class end;

  void open(const peer& other);
  void ended(end& which, link::closed&& how);
  void refuse(const peer& whom, link::refusal::why reason);
  void start_over();
  void tell_those_who_are_over();
  end* find(const peer& other) const;
  bool is_over(const peer& other) const;

  node& node_;
  user& above_;
  const link::config limits_;
  std::unique_ptr<clock_seam> again_;
  std::map<node_id, std::unique_ptr<end>> links_;
  std::map<node_id, incarnation> known_;    ///< the newest life of each
  std::map<node_id, incarnation> over_;     ///< the newest life of each that is over here
  std::vector<std::unique_ptr<end>> ended_; ///< may still be in the middle of a call
};

} // namespace chorus::simulation
