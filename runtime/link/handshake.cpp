#include "handshake.hpp"

namespace chorus::link {

handshake::greeting handshake::hear_hello(relation_number theirs) noexcept {
  if (state_ == state::opening) {
    theirs_ = theirs;
    state_ = state::bound;
    return greeting::answer;
  }
  if (theirs == theirs_)
    return greeting::answer;
  return theirs < theirs_ ? greeting::ignore : greeting::end;
}

handshake::fit handshake::hear(relation_number mine, relation_number theirs) noexcept {
  if (mine != mine_)
    return fit::not_mine;
  if (theirs_ && theirs != theirs_)
    return fit::not_theirs;
  theirs_ = theirs;
  state_ = state::up;
  return fit::fits;
}

} // namespace chorus::link
