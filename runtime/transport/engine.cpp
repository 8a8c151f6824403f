#include "engine.hpp"

#include "socket_calls.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/transport/start_thread.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace chorus {

namespace {

/// What the I/O thread takes from the ROUTER in one turn, before outboxes and timers have theirs.
constexpr std::size_t incoming_per_turn = 256;

/// Sockets of one context: for each connection, a few times over while lives change, three and the other
/// end of a monitor.
constexpr int sockets_limit = 4096;

/// Of one context: one for I/O, and one that closes sockets.
constexpr std::size_t threads_of_zeromq = 2;

/// The heads of frames and datagrams, with room for a cluster's name.
constexpr std::size_t head_bytes = 1024;

/// What one connection may send without ending a message, in the largest parts: two make a message, and
/// as much may be on its way through ZeroMQ.
constexpr std::uint64_t incomplete_messages = 4;

/// Between looks at lives without a link some of whose messages nobody has read yet.
constexpr std::chrono::seconds earlier_messages_every{1};

socket_settings settings_for(const transport_options& options) {
  socket_settings settings;
  settings.handshake_within = options.handshake_within;
  settings.part_bytes =
      static_cast<std::int64_t>(std::max(options.link.frame_bytes, limits::datagram_bytes) + head_bytes);
  settings.frames_waiting = static_cast<int>(2 * options.link.frames_in_flight);
  return settings;
}

door::settings settings_for_door(const address& bound, const socket_settings& settings) {
  door::settings how;
  how.port = bound.port;
  how.incomplete_bytes = incomplete_messages * static_cast<std::uint64_t>(settings.part_bytes);
  return how;
}

} // namespace

// -- life --------------------------------------------------------------------------------------------

result<std::unique_ptr<transport::implementation>>
transport::implementation::open(transport_options options, transport_events& events) {
  if (options.cluster.empty() || options.cluster.size() > limits::name_bytes) {
    return error{
        errc::invalid_argument,
        "the cluster's name has " + std::to_string(options.cluster.size()) + " bytes; choose one of 1 to "
            + std::to_string(limits::name_bytes)};
  }
  CHORUS_CHECK(options.self && options.self.incarnation, "a transport speaks for one life of one node");
  auto explain = [](const std::exception& failure) {
    return error{errc::io, std::string{"cannot make the sockets: "} + failure.what()};
  };
  // ZeroMQ aborts when there is no thread for it, or no descriptor for one of its threads.
  if (auto failed = try_threads(threads_of_zeromq))
    return failed;
  auto descriptors = descriptor_budget::open(descriptor_usage::measure(), options.connections);
  if (!descriptors)
    return descriptors.failure();
  options.links_kept_open = std::min(options.links_kept_open, descriptors->peers());
  try {
    zmq::context_t context;
    context.set(zmq::ctxopt::max_sockets, sockets_limit);
    auto settings = settings_for(options);
    auto incoming = listen(context, settings, options.listen);
    if (!incoming)
      return incoming.failure();
    return std::make_unique<implementation>(
        std::move(options), events, settings, *descriptors, std::move(context), std::move(*incoming)
    );
  } catch (const zmq::error_t& failure) {
    return explain(failure);
  } catch (const std::system_error& failure) {
    return explain(failure);
  }
}

transport::implementation::implementation(
    transport_options options,
    transport_events& events,
    const socket_settings& settings,
    const descriptor_budget& descriptors,
    zmq::context_t context,
    listener incoming
)
    : options_(std::move(options)), events_(events), settings_(settings), context_(std::move(context)),
      incoming_(std::move(incoming)), descriptors_(descriptors),
      door_(
          std::move(incoming_.events),
          settings_for_door(incoming_.bound, settings_),
          descriptors_,
          reserve_,
          *this
      ),
      loop_(options_.busy_poll), names_([this](io_loop::task what) { loop_.post(std::move(what)); }),
      ready_(std::make_shared<ready_list>(loop_.waker())),
      connections_{context_, settings_, names_, loop_.sockets(), loop_.timers(), descriptors_, reserve_},
      around_links_{
          connections_,
          events_,
          counters_,
          ready_,
          [this](peer_link& at, received_message what) {
            accept(std::move(what), {at.where(), &at, nullptr, -1});
          }},
      earlier_messages_timer_(loop_.timers(), [this] { sweep_earlier_messages(); }),
      seeds_(
          connections_,
          [this](const address& contact, const std::string& where, received_message what) {
            accept(std::move(what), {where, nullptr, nullptr, -1, &contact});
          },
          [this](bool was_sent) { ++(was_sent ? counters_.datagrams_sent : counters_.datagrams_dropped); },
          [this](std::shared_ptr<void> gone) { loop_.dispose(std::move(gone)); }
      ),
      attempts_(
          names_,
          loop_.sockets(),
          descriptors_,
          [this](io_loop::task what) { loop_.post(std::move(what)); },
          options_.connection_attempt_within
      ),
      idle_timer_(loop_.timers(), [this] { look_for_idle_lanes(); }) {
  options_.link.cluster = options_.cluster;
  // The door first, so that nobody's message comes before its connection is known.
  watch_door_ = loop_.sockets().add(door_.events(), [this] { return door_.take_events(); });
  watch_incoming_ = loop_.sockets().add(incoming_.socket, [this] { return take_incoming(); });
}

transport::implementation::~implementation() {
  stop();
  join();
}

error transport::implementation::start() {
  // The deputy first: alone, it waits until the loop is cancelled.
  for (auto* each : {&deputy_, &thread_}) {
    auto started = start_thread([this, leads = each == &thread_] { loop_.run(*this, leads); });
    if (!started)
      return started.failure();
    *each = std::move(*started);
  }
  return {};
}

void transport::implementation::stop() {
  std::call_once(stopped_once_, [this] {
    if (thread_.joinable()) {
      loop_.post([this] { begin_stop(); });
      loop_.await_end();
    } else {
      loop_.cancel();
    }
    // Sockets first: ending the context waits for them, and for the farewells of closed ones.
    ready_->close();
    links_.clear();
    seeds_.clear();
    attempts_.clear();
    watch_door_.end();
    watch_incoming_.end();
    door_.close();
    incoming_.socket.close();
    context_.close();
  });
}

void transport::implementation::join() {
  std::call_once(joined_once_, [this] {
    for (auto* each : {&thread_, &deputy_})
      if (each->joinable())
        each->join();
  });
}

void transport::implementation::begin_stop() {
  stopping_ = true;
  auto until = steady_now() + options_.flush_within;
  for (auto& [who, link] : links_)
    link->close(until);
}

bool transport::implementation::lend_thread(std::function<void(bool)> work) {
  check_thread();
  return loop_.lend(std::move(work));
}

// -- links -------------------------------------------------------------------------------------------

void transport::implementation::add_peer(
    const peer& who, const address& where, relation_number relation, bool says_hello, std::uint64_t nonce
) {
  check_thread();
  if (stopping_ || find(who) != nullptr)
    return;
  auto& place = links_[who];
  if (place)
    let_go(std::move(place)); // it has ended and is not swept yet
  auto settings = options_.link;
  std::vector<std::shared_ptr<consumption>> consumed;
  for (link::channel_number number = 0; number < settings.channels.size(); ++number) {
    auto earlier = earlier_messages_.take(who, number);
    settings.channels[number].held_bytes = earlier.bytes;
    consumed.push_back(std::move(earlier.consumed));
  }
  settings.self = options_.self;
  settings.other = who;
  settings.relation = relation;
  settings.nonce = options_.nonce;
  settings.nonce_of_other = nonce;
  place = std::make_shared<peer_link>(around_links_, settings, where, consumed, says_hello);
  if (links_.size() > options_.links_kept_open && !idle_timer_.deadline()) {
    uses_at_look_ = connections_.uses;
    idle_timer_.arm(steady_now() + options_.idle_after);
  }
}

void transport::implementation::let_go(std::shared_ptr<peer_link> ended) {
  for (link::channel_number number = 0; number < options_.link.channels.size(); ++number)
    earlier_messages_.keep(
        ended->who(), number, ended->sending_side(number)->consumed_here(), ended->unconsumed(number)
    );
  if (earlier_messages_.size() > 0 && !earlier_messages_timer_.deadline())
    earlier_messages_timer_.arm(steady_now() + earlier_messages_every);
  loop_.dispose(std::move(ended));
}

void transport::implementation::remove_peer(const peer& who, const link::input& why) {
  check_thread();
  auto* link = find(who);
  if (link == nullptr)
    return;
  if (std::holds_alternative<link::abandon>(why)) {
    link->abandon();
    return;
  }
  CHORUS_CHECK(std::holds_alternative<link::close>(why), "a link ends by close or abandon");
  link->close(steady_now() + options_.flush_within);
}

std::shared_ptr<outbox>
transport::implementation::outbox_of(const peer& who, link::channel_number channel) const {
  check_thread();
  auto* link = find(who);
  return link == nullptr ? nullptr : link->sending_side(channel);
}

void transport::implementation::arm(std::uint64_t key, std::optional<time_point> when, io_loop::task what) {
  check_thread();
  if (!when) {
    alarms_.erase(key);
    return;
  }
  auto& alarm = alarms_[key];
  alarm = {loop_.timers(), std::move(what)};
  alarm.arm(when);
}

peer_link* transport::implementation::find(const peer& who) const {
  auto entry = links_.find(who);
  return entry == links_.end() || entry->second->has_ended() ? nullptr : entry->second.get();
}

// -- datagrams ---------------------------------------------------------------------------------------

bool transport::implementation::send_datagram(const peer& to, const byte_buffer& payload) {
  check_thread();
  auto* link = find(to);
  if (link != nullptr)
    link->send_datagram(to_datagram(payload));
  return link != nullptr;
}

void transport::implementation::send_datagram(const address& where, byte_buffer payload) {
  check_thread();
  if (!stopping_)
    seeds_.send(options_.self, where, to_datagram(std::move(payload), options_.cluster));
}

void transport::implementation::doubt(const peer& who) {
  check_thread();
  if (auto* link = find(who))
    link->doubt();
}

void transport::implementation::reply_datagram(const peer& to, byte_buffer payload) {
  check_thread();
  const auto* connection = return_paths_.find(to);
  auto sent =
      connection != nullptr && send_to_router(incoming_.socket, *connection, to_datagram(std::move(payload)));
  ++(sent ? counters_.datagrams_sent : counters_.datagrams_dropped);
}

void transport::implementation::try_connection(
    const address& where, connection_attempts::goal what, connection_attempts::answer done
) {
  check_thread();
  if (!stopping_)
    attempts_.ask(where, what, std::move(done));
}

/// With the name of the cluster for those who may belong to another one.
wire_message transport::implementation::to_datagram(byte_buffer payload, std::string name) const {
  CHORUS_CHECK(payload.size() <= limits::datagram_bytes, "a datagram does not travel in pieces");
  return envelope::encode(envelope::datagram{
      options_.self, envelope::hash_of(options_.cluster), shared_bytes{std::move(payload)}, std::move(name)});
}

// -- turns -------------------------------------------------------------------------------------------

void transport::implementation::turn(time_point now) {
  ++counters_.turns;
  for (const auto& place : ready_->take())
    look_at(place->owner(), now);
  make_room_for_lanes();
  seeds_.tick(now);
  attempts_.tick(now);
  if (auto look = door_.deadline(); look && *look <= now)
    look_at_connections(now);
  if (stopping_ && links_.empty())
    loop_.quit();
}

/// The link to a peer has something to do. It may have ended since it was listed, and there may be another
/// one or none by now. What is told meanwhile may open and end links.
void transport::implementation::look_at(const peer& who, time_point now) {
  auto entry = links_.find(who);
  if (entry == links_.end())
    return;
  ++counters_.links_looked_at;
  auto alive = entry->second;
  alive->turn(now);
  if (!alive->has_ended())
    return;
  entry = links_.find(who);
  if (entry == links_.end() || entry->second != alive)
    return; // `add_peer` has let it go
  links_.erase(entry);
  let_go(std::move(alive));
}

/// Timers and ready links make the loop turn by themselves.
std::optional<time_point> transport::implementation::next_turn() const {
  return earliest(earliest(seeds_.deadline(), attempts_.deadline()), door_.deadline());
}

void transport::implementation::turn_ended(duration took) {
  counters_.longest_turn.note(took);
}

/// Forgets those of which everything was consumed.
void transport::implementation::sweep_earlier_messages() {
  earlier_messages_.sweep();
  if (earlier_messages_.size() > 0)
    earlier_messages_timer_.arm(steady_now() + earlier_messages_every);
}

/// What was not used between two looks is closed. Asks all links, but seldom.
void transport::implementation::look_for_idle_lanes() {
  if (links_.size() <= options_.links_kept_open)
    return;
  close_lanes(uses_at_look_);
  uses_at_look_ = connections_.uses;
  idle_timer_.arm(steady_now() + options_.idle_after);
}

/// Those that were not used after `use` and on which nothing is under way.
void transport::implementation::close_lanes(std::uint64_t use) {
  for (auto& [who, link] : links_)
    counters_.lanes_closed_idle += link->close_idle(use);
}

/// Somebody has found no room for a lane, or others have opened many connections: the lanes that were used
/// longest ago are closed.
void transport::implementation::make_room_for_lanes() {
  auto shortage = descriptors_.take_shortage();
  if (!shortage)
    return;
  std::vector<connection::idle_lane> idle;
  for (const auto& [who, link] : links_)
    link->list_idle(idle);
  std::ranges::sort(idle, {}, &connection::idle_lane::last_use);
  std::uint64_t use = 0;
  descriptor_budget::shortage found;
  for (const auto& each : idle) {
    if (found.all >= shortage.all && found.messages >= shortage.messages)
      break;
    found.all += each.descriptors;
    found.messages += each.is_for_messages ? each.descriptors : 0;
    use = each.last_use;
  }
  close_lanes(use);
  tell_shortage();
}

void transport::implementation::tell_shortage() {
  auto room_for_all = links_.size() <= descriptors_.peers();
  // Again when it has become worse by a quarter.
  if (room_for_all || 4 * links_.size() < 5 * links_at_shortage_)
    return;
  links_at_shortage_ = links_.size();
  events_.stranger_met(
      to_string(incoming_.bound),
      {errc::overloaded,
       "too few file descriptors (" + std::to_string(descriptors_.limit()) + ") for connections to all "
           + std::to_string(links_.size())
           + " nodes: they take turns, which makes them slow; raise the limit to "
           + std::to_string(descriptors_.limit_for(links_.size())) + " (ulimit -n)"}
  );
}

bool transport::implementation::take_incoming() {
  for (std::size_t i = 0; i < incoming_per_turn; ++i) {
    auto message = receive_from_router(incoming_.socket);
    if (!message) {
      door_.all_taken();
      return false;
    }
    auto connection = std::move(message->sender);
    door_.message_came(message->descriptor);
    origin from{{}, nullptr, &connection, message->descriptor};
    accept(std::move(*message), from);
  }
  return true;
}

void transport::implementation::look_at_connections(time_point now) {
  watch_incoming_.look_again();
  if ((events_of(incoming_.socket) & ZMQ_POLLIN) == 0)
    door_.all_taken();
  door_.tick(now);
}

void transport::implementation::check_thread() const {
  CHORUS_CHECK(loop_.is_here(), "only the I/O thread may call this");
}

} // namespace chorus
