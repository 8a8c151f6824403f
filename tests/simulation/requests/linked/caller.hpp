#pragma once

#include "parcel.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/attempts.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chorus::testing::linked_calls {

/// A handle of a worker of some life of some node.
struct target {
  peer home;
  std::uint64_t worker = 0;
  bool has_ended = false; ///< with the link to its home; a later link does not revive it
};

/// Makes calls: what a node knows of its open requests, and what its callers' stubs make of that.
class caller {
public:
  struct order {
    call_key call;
    requests::request_semantics how = requests::request_semantics::maybe;
    linked_calls::target whom;
    message_nature nature = message_nature::ordinary;
    message_nature answer = message_nature::ordinary;
    std::string filling;
  };

  /// What the caller needs of its node.
  struct environment {
    std::function<errc(const peer& to, const parcel& what)> send;
    std::function<std::optional<target>()> find; ///< somebody who can be called now
    std::function<void(const call_key&)> tried;
    std::function<void(const call_key&, std::optional<std::int64_t> answer, requests::request_fate)> ended;
    std::function<void(const call_key&)> abandoned; ///< given up while a leaving node has one of its tries
    std::function<void(const std::string& branch)> met;
  };

  caller(environment around, const requests::retry_policy& retry, random_generator chance)
      : around_(std::move(around)), retry_(retry), chance_(chance) {}

  void begin(time_point now, const order& what);

  /// What came from `from` for one of the tries.
  void receive(time_point now, const peer& from, const parcel& what);

  /// A link has given a call back.
  void bounced(time_point now, const parcel& call, errc code);

  /// The link to that life has ended.
  void lose(time_point now, const peer& other);

  void tick(time_point now);
  std::optional<time_point> next_deadline() const;

  std::size_t open() const noexcept { return calls_.size(); }

private:
  struct open_call {
    order what;
    requests::attempts tries;
    std::optional<target> whom;
    std::uint64_t last_attempt = 0;
    bool was_refused_by_leaving = false; ///< and an earlier try was open
  };
  using call_table = std::map<std::uint64_t, open_call>;

  void advance(time_point now, call_table::iterator which);
  void send_try(time_point now, call_table::iterator which);
  std::uint64_t lowest_open(const target& at, std::uint64_t at_most) const;
  void failed(time_point now, std::uint64_t attempt, errc code, requests::request_fate fate);
  bool has_sent_tries(std::uint64_t number) const;
  void refused(time_point now, call_table::iterator which, const parcel& what);
  void end(call_table::iterator which, std::optional<std::int64_t> answer);

  environment around_;
  requests::retry_policy retry_;
  random_generator chance_;
  std::uint64_t last_attempt_ = 0;
  call_table calls_;                             ///< by number
  std::map<std::uint64_t, std::uint64_t> tries_; ///< numbers of open calls, by those of their tries
  std::map<std::uint64_t, peer> requests_;       ///< who was sent which try, and has not answered
};

} // namespace chorus::testing::linked_calls
