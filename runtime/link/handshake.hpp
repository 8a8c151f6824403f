#pragma once

#include <chorus/runtime/ids.hpp>

#include <cstdint>

namespace chorus::link {

/// How two ends agree that they speak in the same relation: each tells its own number and learns the other's.
///
/// An end is up only when a frame has named its number, because a hello may be one of a relation that is over
/// (as TCP's three-way handshake, RFC 9293, section 3.5, keeps old duplicates out). One end is one partner's
/// for ever: whoever learns of a later relation of the other end is over, and a new one takes its place.
class handshake {
public:
  enum class state : std::uint8_t {
    opening, ///< the other end's number is unknown; say hello
    bound,   ///< it is known, and perhaps not ours there; say welcome
    up,      ///< each end knows the number of the other
  };

  /// Pre: a number.
  explicit handshake(relation_number mine) : mine_(mine) {}

  handshake::state state() const noexcept { return state_; }
  bool is_up() const noexcept { return state_ == state::up; }
  relation_number mine() const noexcept { return mine_; }

  /// None while it is unknown.
  relation_number theirs() const noexcept { return theirs_; }

  /// What to do with a hello.
  enum class greeting : std::uint8_t {
    answer, ///< with a welcome
    ignore, ///< it is of an earlier relation
    end,    ///< the other end has begun a later one, so this one is over
  };
  greeting hear_hello(relation_number theirs) noexcept;

  /// Whether a frame that names both numbers is of this relation. The first one that is makes it up.
  enum class fit : std::uint8_t {
    fits,
    not_mine,   ///< it names another relation of this end
    not_theirs, ///< it comes from another relation of the other end
  };
  fit hear(relation_number mine, relation_number theirs) noexcept;

private:
  relation_number mine_;
  relation_number theirs_;
  enum state state_ = state::opening;
};

} // namespace chorus::link
