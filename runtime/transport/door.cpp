#include "door.hpp"

#include "monitor.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <cerrno>
#include <ctime>
#include <iterator>
#include <utility>

namespace chorus {

namespace {

/// Of ZeroMQ's events in one turn of the I/O thread, before messages have theirs.
constexpr std::size_t events_per_turn = 256;

/// Until a connection that looks suspicious is looked at again.
constexpr std::chrono::milliseconds look_again_after{1};

/// With which every connection of ZeroMQ begins (ZMTP 3.1, section 2).
constexpr std::uint64_t greeting_bytes = 64;

/// Of connections in their handshake, when one has succeeded.
constexpr std::size_t candidates_looked_at = 64;

constexpr int handshake_failures = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                                   | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
constexpr int watched = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_DISCONNECTED
                        | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | handshake_failures;

door::event failure_of(const monitor_event& handshake) {
  auto by_the_other_side = handshake.value == EPIPE || handshake.value == ECONNRESET;
  return handshake.what == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL && by_the_other_side
             ? door::event::hung_up
             : door::event::ended_in_handshake;
}

/// Whose connection had ended before its address was read.
constexpr const char* unknown_address = "unknown address";

duration read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

zmq::socket_t door::watch(zmq::context_t& context, zmq::socket_t& router, const std::string& name) {
  return monitor(context, router, name, watched);
}

door::door(
    zmq::socket_t events,
    const settings& how,
    descriptor_budget& descriptors,
    descriptor_reserve& reserve,
    user& owner
)
    : settings_(how), descriptors_(descriptors), reserve_(reserve), owner_(owner), ender_(how.port),
      events_(std::move(events)) {}

bool door::take_events() {
  auto more = take_some_events();
  if (std::exchange(lacks_descriptor_, false))
    lend_descriptor();
  return more;
}

bool door::take_some_events() {
  for (std::size_t i = 0; i < events_per_turn; ++i) {
    auto next = next_event(events_);
    if (!next)
      return false;
    auto descriptor = static_cast<int>(next->value);
    if (next->what == ZMQ_EVENT_ACCEPTED)
      accepted(descriptor);
    else if (next->what == ZMQ_EVENT_DISCONNECTED)
      disconnected(descriptor);
    else if (next->what == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
      handshake_succeeded();
    else if (next->what == ZMQ_EVENT_ACCEPT_FAILED)
      accept_failed(descriptor);
    else
      failure_ = failure_of(*next); // ZeroMQ's thread tells the end of the same connection next
  }
  return true;
}

void door::accepted(int descriptor) {
  // Should an end not have been told, the number is taken anew.
  if (open_.contains(descriptor))
    disconnected(descriptor);
  auto number = ++last_number_;
  auto host = accepted_connection::host_of(descriptor);
  auto& fresh = open_[descriptor];
  fresh.number = number;
  fresh.host = host.empty() ? unknown_address : std::move(host);
  fresh.bytes_at_last = 0;
  silent_.emplace(number, descriptor);
  in_handshake_.emplace(number, descriptor);
  owner_.happened(event::accepted, "");
  count_connections();
  if (!reserve_.fill() || open_.size() - ended_ > descriptors_.connections_limit())
    make_room();
}

void door::disconnected(int descriptor) {
  auto told = std::exchange(failure_, std::nullopt);
  auto which = open_.find(descriptor);
  if (which == open_.end())
    return;
  auto gone = std::move(which->second);
  open_.erase(which);
  count_connections();
  silent_.erase({gone.number, descriptor});
  if (auto members = spoken_at_.find(gone.host); gone.has_spoken && --members->second == 0)
    spoken_at_.erase(members);
  // ZeroMQ does not tell of each failure, for example of a socket of a kind that does not fit.
  auto unseen = in_handshake_.erase({gone.number, descriptor}) > 0 && !told;
  // Its handshake was told, and it had ended before it could be found.
  if (unseen && nameless_handshakes_ > 0) {
    --nameless_handshakes_;
    unseen = false;
  }
  if (gone.is_ended)
    --ended_;
  else if (unseen || told)
    owner_.happened(is_question(told, gone) ? event::hung_up : event::ended_in_handshake, gone.host);
}

/// Members connect and hang up to learn whether anybody listens; they speak on other connections. Others may
/// ask as well, such as whoever looks after this process, but not often. Of one that was gone before its
/// address was read nobody can say who it was. Of some ends nobody tells why; those may be of a socket of a
/// kind that does not fit.
bool door::is_question(std::optional<event> told, const connection& gone) {
  if (told == event::ended_in_handshake)
    return false;
  if (told && (gone.host == unknown_address || spoken_at_.contains(gone.host)))
    return true;
  auto now = steady_now();
  if (now - questions_since_ >= questions_within) {
    questions_since_ = now;
    questions_ = 0;
  }
  return ++questions_ <= questions_of_others;
}

/// ZeroMQ does not tell whose: it is one that has sent more than a greeting and is still there, most likely
/// one of the newest.
void door::handshake_succeeded() {
  auto candidate = in_handshake_.rbegin();
  for (std::size_t i = 0; i < candidates_looked_at && candidate != in_handshake_.rend(); ++i, ++candidate) {
    if (accepted_connection::bytes_read(candidate->second).value_or(0) > greeting_bytes) {
      in_handshake_.erase(std::next(candidate).base());
      return;
    }
  }
  if (!in_handshake_.empty())
    nameless_handshakes_ = std::min(nameless_handshakes_ + 1, in_handshake_.size());
}

void door::make_room() {
  // The newcomer is one of them.
  auto which = open_.find(silent_.begin()->second);
  owner_.happened(event::one_too_many, which->second.host);
  end(which);
}

void door::end(connections::iterator which) {
  auto& [descriptor, what] = *which;
  silent_.erase({what.number, descriptor});
  what.is_ended = true;
  ++ended_;
  ender_.end(descriptor);
}

void door::accept_failed(int code) {
  if (code != EMFILE && code != ENFILE)
    return;
  lacks_descriptor_ = true;
  owner_.happened(event::out_of_descriptors, "");
}

/// ZeroMQ's thread tries again and again until it finds one. It has told many failures when the first is
/// read, so one is lent for all that were told together.
void door::lend_descriptor() {
  reserve_.fill();
  reserve_.lend();
}

void door::count_connections() {
  descriptors_.set_connections(open_.size());
}

void door::all_taken() {
  ++round_;
  taken_in_round_ = 0;
}

bool door::message_came(int descriptor) {
  auto which = open_.find(descriptor);
  if (which == open_.end())
    return false;
  in_handshake_.erase({which->second.number, descriptor});
  which->second.bytes_at_last.reset();
  which->second.suspected_in.reset();
  // Between two turns of one connection every other that waits has had one.
  if (++taken_in_round_ > 2 * open_.size())
    all_taken();
  return true;
}

void door::has_spoken(int descriptor) {
  auto which = open_.find(descriptor);
  if (which == open_.end() || which->second.has_spoken)
    return;
  which->second.has_spoken = true;
  ++spoken_at_[which->second.host];
  silent_.erase({which->second.number, descriptor});
}

std::string door::host_of(int descriptor) const {
  auto which = open_.find(descriptor);
  return which == open_.end() ? unknown_address : which->second.host;
}

std::optional<time_point> door::deadline() const {
  return open_.empty() && reserve_.is_full() ? std::nullopt : std::optional{look_at_};
}

void door::tick(time_point now) {
  if (now < look_at_)
    return;
  if (!look_from_)
    begin_look(now);
  if (!look_from_)
    return;
  auto next = open_.lower_bound(*look_from_);
  for (std::size_t i = 0; i < looks_per_turn && next != open_.end(); ++i, ++next)
    look_at(next, now);
  if (next != open_.end()) {
    look_from_ = next->first;
    return;
  }
  look_from_.reset();
  look_at_ = next_look_;
}

/// Sets `look_from_` if it is worth while.
void door::begin_look(time_point now) {
  reserve_.fill();
  next_look_ = now + look_every;
  auto work = processor_time::now();
  if (!std::exchange(suspects_, false) && work.of_others_since(work_at_look_) < look_after_work) {
    look_at_ = next_look_;
    return;
  }
  work_at_look_ = work;
  look_from_ = 0;
}

void door::look_at(connections::iterator which, time_point now) {
  auto& [descriptor, what] = *which;
  if (what.is_ended || !looks_endless(descriptor, what))
    return;
  if (!what.suspected_in) {
    what.suspected_in = round_;
    next_look_ = now + look_again_after;
    suspects_ = true;
  } else if (round_ == *what.suspected_in) {
    suspects_ = true;
  } else {
    // It had its turn meanwhile, and there was no message.
    owner_.happened(event::message_too_long, what.host);
    end(which);
  }
}

bool door::looks_endless(int descriptor, connection& what) const {
  auto bytes = accepted_connection::bytes_read(descriptor);
  if (!bytes)
    return false;
  if (!what.bytes_at_last || *bytes < *what.bytes_at_last) {
    what.bytes_at_last = bytes;
    return false;
  }
  return *bytes - *what.bytes_at_last > settings_.incomplete_bytes;
}

door::processor_time door::processor_time::now() {
  return {
      read_clock(CLOCK_PROCESS_CPUTIME_ID), read_clock(CLOCK_THREAD_CPUTIME_ID), std::this_thread::get_id()};
}

duration door::processor_time::of_others_since(const processor_time& earlier) const {
  auto all = of_process - earlier.of_process;
  return thread == earlier.thread ? all - (of_thread - earlier.of_thread) : all;
}

} // namespace chorus
