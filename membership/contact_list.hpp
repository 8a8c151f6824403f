#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace chorus::membership {

/// The addresses where somebody may be who is no member yet, or no member any more, and when to ask
/// there again.
///
/// An address is on the list for up to three reasons: it is a *seed* (for ever), a member there was
/// *lost* (for a long time: this is how a healed partition merges by itself), or a third party has
/// *introduced* somebody there (as long as it goes on doing so). Questions to one address are spaced by
/// a back-off that doubles up to a limit and then stays there; nobody is ever given up for good as long
/// as there is a reason.
///
/// All gaps are shortened by chance, by up to a fifth, so that nodes that start together do not ask
/// together.
class contact_list {
public:
  /// Addresses on the list for each reason. Above it seeds and introductions are refused, and the
  /// address that was lost longest ago makes room for the newest.
  static constexpr std::size_t limit = 64;

  struct settings {
    duration first_gap = std::chrono::milliseconds{250};
    duration longest_gap = std::chrono::seconds{5};
    duration forget_lost_after = std::chrono::hours{24};
    duration forget_introduced_after = std::chrono::seconds{2};
    duration tell_silence_after = std::chrono::seconds{4}; ///< and at twice, four times, ... that time
  };

  /// A seed that was asked and has not answered, or not any more.
  struct silence {
    address where;
    duration lasted{};
  };

  contact_list(settings times, random_generator chance) : times_(times), chance_(chance) {}

  /// False if there are too many.
  bool add_seed(time_point now, const address& where);

  /// A member at that address was declared failed.
  void add_lost(time_point now, const address& where);

  /// Somebody says that a node is at that address. False if there are too many.
  bool introduce(time_point now, const address& where);

  /// A question has just been put to an address on the list, out of turn.
  void asked(time_point now, const address& where);

  /// Somebody has answered a question that was put to this address; from now on it is asked slowly.
  /// False if nothing was asked there.
  bool answered(time_point now, const address& where);

  /// Somebody seems to be at an address on the list: ask there again within `gap`, because the latest
  /// question may be lost, and back off anew from there.
  void sign_of_life(time_point now, const address& where, duration gap);

  /// A question to this address came back to this node itself: no silence, but nobody else was found. True
  /// if that is news of a seed.
  bool echoed(const address& where);

  /// A member is at that address: only seeds stay on the list.
  void settle(const address& where);

  /// Ask everywhere soon, and back off anew from there.
  void start_over(time_point now);

  /// Ask everywhere at that time at the latest.
  void hasten(time_point when);

  /// When a question or a silence is due.
  std::optional<time_point> next_due() const;

  /// The addresses to ask now. Those in `occupied` have a live member and are passed over, unless somebody
  /// new was introduced there. At most `count`; the others stay due.
  std::vector<address>
  take_due(time_point now, const std::set<address>& occupied, std::size_t count = 3 * limit);

  /// The seeds whose silence is to be told now.
  std::vector<silence> take_silences(time_point now);

private:
  struct entry {
    bool seed = false;
    std::optional<time_point> lost_at = std::nullopt;
    std::optional<time_point> introduced_at = std::nullopt;
    bool is_self = false;
    std::optional<time_point> silent_since = std::nullopt; ///< the first question without an answer
    duration tell_after{};                                 ///< of silence
    duration gap{};
    time_point due{};
  };

  entry& entry_of(time_point now, const address& where);
  bool is_introduced(const entry& contact, time_point now) const;
  bool is_wanted(const entry& contact, time_point now) const;
  void forget_unwanted(time_point now);
  static void start_over(time_point now, entry& contact);
  static std::optional<time_point> silence_due(const entry& contact);
  void back_off(time_point now, entry& contact);

  settings times_;
  random_generator chance_;
  std::map<address, entry> entries_;
};

} // namespace chorus::membership
