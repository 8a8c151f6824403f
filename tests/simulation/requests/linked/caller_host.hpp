#pragma once

#include "parcel.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/caller_core.hpp>
#include <chorus/runtime/requests/retry_policy.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace chorus::testing::linked_calls {

/// A handle of a worker of some life of some node.
struct target {
  peer home;
  std::uint64_t worker = 0;
  bool has_ended = false; ///< with the link to its home; a later link does not revive it
};

/// Hosts the `caller_core` of a node, and keeps in mind who was sent which request, as remoting does.
class caller_host {
public:
  struct order {
    peer client;
    requests::request_semantics how = requests::request_semantics::maybe;
    linked_calls::target whom;
    message_nature nature = message_nature::ordinary;
    message_nature answer = message_nature::ordinary;
    std::string filling;
  };

  /// What it needs of its node.
  struct environment {
    std::function<errc(const peer& to, const parcel& what)> send;
    std::function<std::optional<target>()> find; ///< somebody who can be called now
    std::function<void(const call_key&, requests::request_semantics)> begun;
    std::function<void(const call_key&)> tried;
    std::function<void(const call_key&, std::optional<std::int64_t> answer, requests::request_fate)> ended;
    std::function<void(const call_key&)> abandoned; ///< given up while a leaving node has one of its tries
    std::function<void(const std::string& branch)> met;
  };

  caller_host(environment around, const requests::retry_policy& retry, random_generator chance)
      : around_(std::move(around)), retry_(retry), core_(chance) {}

  void begin(time_point now, const order& what);

  /// What came from `from` for one of the tries.
  void receive(time_point now, const peer& from, const parcel& what);

  /// A link has given a call back.
  void bounced(time_point now, const parcel& call, errc code);

  /// The link to that life has ended.
  void lose(time_point now, const peer& other);

  void tick(time_point now);
  std::optional<time_point> next_deadline() const { return core_.next_deadline(); }

  std::size_t open() const noexcept { return core_.open(); }

private:
  struct call_record {
    order what;
    time_point ends_by;
    std::optional<std::int64_t> answer = std::nullopt;
    bool was_refused_by_leaving = false; ///< and an earlier try was open
  };

  /// Somebody was sent a try, and has not answered.
  struct request {
    peer to;
    std::uint64_t call = 0;
  };

  void failed(time_point now, std::uint64_t attempt, errc code, requests::request_fate fate);
  std::optional<std::uint64_t> request_of(std::uint64_t call) const;
  call_key key_of(std::uint64_t call) const { return {calls_.at(call).what.client, call}; }

  void perform_steps(time_point now);
  void perform(time_point now, const requests::caller_core::send& step);
  void perform(time_point now, const requests::caller_core::find_target& step);
  void perform(time_point now, const requests::caller_core::ended& step);
  void perform(time_point now, const requests::caller_core::acknowledge& step);

  environment around_;
  requests::retry_policy retry_;
  requests::caller_core core_;
  std::map<std::uint64_t, call_record>
      calls_; ///< all, so that a checker hears what the core does after their end
  std::map<std::uint64_t, request> requests_; ///< by the core's numbers of tries
};

} // namespace chorus::testing::linked_calls
