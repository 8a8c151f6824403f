#include "node_services.hpp"

#include "caf17/actor_thread.hpp"
#include "channels.hpp"
#include "ending.hpp"
#include "remoting/parcel.hpp"
#include "timer_keys.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/runtime/transport/advertise.hpp>

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <bit>
#include <cstdint>
#include <random>
#include <utility>
#include <variant>

namespace chorus {

namespace {

std::uint64_t random_nonce() {
  std::random_device source;
  return std::uniform_int_distribution<std::uint64_t>{1}(source);
}

membership::peers::settings settings_of_peers(const config& settings) {
  return {settings.leave_within + settings.failure_timeout, settings.failure_timeout / 2};
}

/// Actors that no other node holds any more.
struct unused_actors {
  std::vector<caf::strong_actor_ptr> content;
};

} // namespace

} // namespace chorus

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::unused_actors)

namespace chorus {

node_services::node_services(
    config settings, std::string name, node_identity identity, std::shared_ptr<spdlog::logger> log
)
    : settings_(std::move(settings)), identity_(std::move(identity)), log_(std::move(log)),
      system_(caf17::lasting_system::make(settings_.scheduler, settings_.threads)),
      self_{identity_.current(), std::move(name), {}, settings_.about, random_nonce()},
      peers_(settings_of_peers(settings_)) {
  system_->set_node(self_.who);
  flow_ = std::make_shared<flow_control>([this, entry = gate_](time_point when) {
    entry->pass([&] { wake_flow_control(when); });
  });
  undertaker_ = system().spawn<caf::hidden>([](caf::event_based_actor*) -> caf::behavior {
    return {[](const unused_actors&) {}};
  });
  remoting::hooks around;
  around.on_trouble = [this, entry = gate_](const remoting::trouble& what) {
    entry->pass([&] { note_trouble(what); });
  };
  around.defer = [this, entry = gate_](std::function<void()> task) {
    entry->pass([&] { transport_->post(std::move(task)); });
  };
  around.dispose = [this](std::vector<caf::strong_actor_ptr> actors) {
    if (!actors.empty())
      caf::anon_send(undertaker_, unused_actors{std::move(actors)});
  };
  around.on_unmet = [this, entry = gate_](const peer& other) {
    entry->pass([&] { transport_->post([this, other] { handles_came(other); }); });
  };
  around.lend = [this](std::function<void(bool)> work) { return transport_->lend_thread(std::move(work)); };
  around.system = system_;
  remoting_ = std::make_shared<remoting>(system(), self_.who, flow_, std::move(around));
  names_ = std::make_shared<name_service>(self_.who, remoting_);
  log_names_ = std::make_unique<log_names>(names_);
  relation_log_ = std::make_unique<relation_log>(log_, *log_names_);
}

node_services::~node_services() = default;

error node_services::start() {
  transport_options options;
  options.cluster = settings_.cluster;
  options.self = self_.who;
  options.nonce = self_.nonce;
  options.listen = settings_.listen;
  options.link.channels = channels::all();
  options.flush_within = settings_.leave_within;
  options.busy_poll = settings_.busy_poll;
  auto opened = transport::open(std::move(options), *this);
  if (!opened)
    return opened.failure();
  auto where = choose_advertised((*opened)->listening_on(), settings_.advertise, settings_.seeds);
  if (!where)
    return where.failure();
  transport_ = std::move(*opened);
  self_.where = *where;
  log_names_->add(self_);
  auto seed = self_.who.node.low ^ self_.who.incarnation.value;
  member_events& events = *this;
  members_ = std::make_unique<member_service>(settings_, self_, seed, *transport_, events, *log_names_, log_);
  if (auto failed = transport_->start())
    return failed;
  transport_->post([this] {
    members_->start(settings_.seeds);
    sweep_handles();
  });
  log_->info(
      "started: {} is {} of cluster '{}' at {}, listening on {}",
      self_.name,
      to_string(self_.who),
      settings_.cluster,
      to_string(self_.where),
      to_string(transport_->listening_on())
  );
  return {};
}

void node_services::stop() {
  std::call_once(stopped_, [this] { leave(); }); // who comes second waits until it is done
}

/// New work is refused, work under way may go on for a while.
void node_services::drain() {
  log_->info("leaving the cluster");
  names_->retire();
  remoting_->refuse_requests();
  if (!caf17::is_actor_thread(system())) // or it would wait for itself
    chorus::drain(
        system_->actors(),
        [this] { return remoting_->awaits_answers() || system_->actors().have_open_calls(); },
        settings_.drain_within,
        *log_
    );
}

void node_services::leave() {
  stop_request_.raise();
  if (transport_)
    drain();
  left_ = true;
  if (transport_) {
    transport_->post([this] {
      leaves_ = true;
      members_->leave();
    });
    transport_->stop();
    log_->info("left the cluster");
  }
  names_->stop();
  subscribers_->clear();
  subscribers_of_all_->clear();
  remoting_->stop();
  undertaker_ = nullptr;
  flow_->stop();
  log_->flush();
}

bool node_services::end_actors() {
  return chorus::end_actors(system_->actors(), settings_.quit_within, usual_killed_within, *log_);
}

void node_services::end_threads() {
  if (transport_)
    transport_->join(); // a handler may still run in a thread that it has lent
  system_->stop();
  gate_->close();
}

membership::member node_services::self() const {
  std::lock_guard guard{mutex_};
  return self_;
}

error node_services::rejection() const {
  std::lock_guard guard{mutex_};
  return rejection_.value_or(error{});
}

error node_services::why_over() const {
  if (auto refused = rejection())
    return refused;
  return left_ ? error{errc::unavailable, "this node has left the cluster"} : error{};
}

result<caf::actor> node_services::find(std::string_view name, duration within) const {
  if (auto actor = names_->find(name, within))
    return actor;
  if (auto over = why_over())
    return over;
  if (members_->members().empty()) {
    if (auto refused = members_->why_alone().why_refused())
      return error{errc::refused, *refused};
    if (!settings_.seeds.empty()) {
      auto why = members_->why_alone().why_silent();
      return error{
          errc::unavailable,
          "no seed has answered; is a node running at " + to_string(settings_.seeds.front()) + "?"
              + (why.empty() ? "" : " (" + why + ')')};
    }
  }
  if (auto holder = names_->holder_out_of_reach(name))
    return error{
        errc::unavailable,
        "'" + std::string{name} + "' is announced by node " + log_names_->node(*holder)
            + ", which cannot be reached from here now, though the cluster has it"};
  return error{errc::not_found, "nobody has announced '" + std::string{name} + "'"};
}

error node_services::update_metadata(membership::metadata about) {
  if (auto failed = check(about))
    return failed;
  transport_->post([this, about = std::move(about)] {
    {
      std::lock_guard guard{mutex_};
      self_.about = about;
    }
    members_->update(about);
  });
  return {};
}

/// What subscribers are told does not travel.
bool node_services::can_subscribe(const caf::actor& who) {
  if (who && remoting_->is_local_actor(caf::actor_cast<caf::strong_actor_ptr>(who)))
    return true;
  log_->warn("a subscription to this node's events was ignored: the subscriber is not an actor of this node. "
             "Subscribe one of its actors and let it pass the events on");
  return false;
}

void node_services::subscribe(const caf::actor& subscriber) {
  if (!can_subscribe(subscriber))
    return;
  // In the I/O thread no node comes or goes between the two steps.
  transport_->post([this, subscriber] {
    if (subscribers_->add(subscriber))
      for (auto& up : peers_.all_up())
        caf::anon_send(subscriber, node_up{up.who, up.again});
  });
}

void node_services::subscribe_all(const caf::actor& subscriber) {
  if (!can_subscribe(subscriber))
    return;
  subscribe(subscriber);
  transport_->post([this, subscriber] { subscribers_of_all_->add(subscriber); });
}

void node_services::subscribe_dead_letters(const caf::actor& subscriber) {
  if (can_subscribe(subscriber))
    flow_->subscribe_dead_letters(subscriber);
}

node_counters node_services::counters() const {
  auto handles = remoting_->size();
  return {dead_letters_, unconfirmed_messages_, malformed_messages_, handles.exported, handles.proxies};
}

void node_services::sweep_handles() {
  transport_->arm(timer_keys::handles, remoting_->sweep(transport_->now()), [this] { sweep_handles(); });
}

void node_services::when_writable(const caf::actor& receiver, const caf::actor& subscriber) {
  auto whom = caf::actor_cast<caf::strong_actor_ptr>(receiver);
  if (!whom)
    return caf::anon_send(
        subscriber, writable{receiver, {errc::invalid_argument, "the receiver is an empty handle"}}
    );
  if (remoting_->is_local_actor(whom))
    return caf::anon_send(subscriber, writable{receiver, {}});
  auto ask = [flow = flow_, hub = std::weak_ptr{remoting_}, whom, subscriber, receiver] {
    if (auto alive = hub.lock())
      flow->when_writable(alive->link_to(whom), {subscriber, receiver});
  };
  if (!remoting_->when_met(whom, subscriber.id(), std::move(ask)))
    caf::anon_send(
        subscriber,
        writable{
            receiver,
            {errc::overloaded, "too many actors wait for a link to the receiver's node; ask again later"}}
    );
}

error node_services::wait_until_writable(const caf::actor& receiver, duration within) {
  caf::scoped_actor self{system(), true};
  when_writable(receiver, self);
  std::optional<error> answer;
  self->receive([&](const writable& told) { answer = told.reason; }, caf::after(within) >> [] {});
  if (answer)
    return *answer;
  auto whom = caf::actor_cast<caf::strong_actor_ptr>(receiver);
  remoting_->forget_asker(whom, self->id());
  flow_->forget(remoting_->link_to(whom), {self, receiver});
  return {
      errc::overloaded,
      "the link to the receiver's node had no room within the time; try again, or send less"};
}

void node_services::wake_flow_control(time_point when) {
  transport_->post([this, when] {
    transport_->arm(timer_keys::flow_control, when, [this] { flow_->tick(); });
  });
}

// -- what the transport says ------------------------------------------------------------------------

void node_services::peer_greeted(const peer& who, std::uint64_t nonce) {
  tell_peers(membership::peers::greeted{who, nonce});
}

void node_services::link_established(const peer& who) {
  relation_log_->link_opened(who);
  tell_peers(membership::peers::relation_established{peers_.relation_with(who)});
}

void node_services::message_delivered(const peer& from, link::delivered message) {
  heard_of(from);
  if (message.channel == channels::names)
    names_->receive(from, message);
  else
    remoting_->deliver(from, std::move(message));
}

void node_services::message_refused(const peer& to, link::refused message) {
  remoting_->bounce(to, message); // news of names are told anew in the next relation
}

void node_services::link_closed(const peer& who, const link::closed& end) {
  for (auto& message : end.losses)
    remoting_->leave_open(who, message);
  flow_->tick(); // nobody learns more by waiting
  relation_log_->link_ended(who, end.reason, remoting_->take_losses(who));
  tell_peers(membership::peers::relation_closed{peers_.relation_with(who), end.reason});
}

void node_services::connection_lost(const peer& who) {
  tell_peers(membership::peers::connection_broken{who});
  members_->connection_lost(who);
}

void node_services::datagram_received(const peer& from, shared_bytes payload) {
  heard_of(from);
  members_->receive(from, payload);
}

/// For every packet, so it is cheap unless the peer is in doubt.
void node_services::heard_of(const peer& from) {
  if (peers_.is_questioned(from))
    tell_peers(membership::peers::heard{from});
}

void node_services::contact_refused(const address& where, const error& reason) {
  members_->contact_refused(where, reason);
}

void node_services::stranger_met(const std::string& where, const error& reason) {
  log_->warn("{}: {}", where, reason.what);
}

// -- what the membership says -----------------------------------------------------------------------

void node_services::member_is_up(const membership::member& who) {
  log_names_->add(who);
  tell_peers(membership::peers::joined{who});
}

void node_services::member_has_failed(const membership::member& who) {
  tell_peers(membership::peers::failed{who.who});
}

void node_services::member_is_over(const membership::member_over& what) {
  if (what.reason == membership::member_over::why::left)
    tell_peers(membership::peers::left{what.who});
  else
    tell_peers(membership::peers::restarted{what.who});
}

void node_services::member_refuses(const peer& who) {
  tell_peers(membership::peers::connection_refused{who});
}

void node_services::member_is_suspected(const membership::member& who) {
  log_->info(
      "suspected: {} is {}: {}", who.name, to_string(who.who), members_->describe_suspicion(who.who.node)
  );
  subscribers_of_all_->tell(caf::make_message(node_suspected{who}));
}

void node_services::member_is_trusted(const membership::member& who) {
  log_->info("trusted again: {} is {}", who.name, to_string(who.who));
  subscribers_of_all_->tell(caf::make_message(node_trusted{who}));
}

void node_services::member_is_updated(const membership::member& who) {
  log_->info("updated: {} is {}", who.name, to_string(who.who));
  subscribers_of_all_->tell(caf::make_message(node_updated{who}));
}

void node_services::expelled(const membership::expelled& what) {
  log_->warn(
      "{} of {} members say that this node has failed: they did not hear from it for longer than the failure "
      "timeout (--failure-timeout). This process or its machine may have been paused, or the network cut. It "
      "goes on, and meets them again",
      what.by.size(),
      what.members
  );
  subscribers_of_all_->tell(caf::make_message(node_expelled{what.by.size(), what.members}));
}

void node_services::rejected(const std::string& reason) {
  log_->error("the cluster does not take this node: {}", reason);
  {
    std::lock_guard guard{mutex_};
    rejection_ = error{errc::refused, reason};
  }
  names_->stop();
  stop_request_.raise();
}

// -- relations --------------------------------------------------------------------------------------

void node_services::tell_peers(const membership::peers::input& what) {
  if (leaves_)
    return; // all that is left of this node's relations is that their links are flushed
  peers_.apply(transport_->now(), what);
  perform_steps();
}

/// A step may end a link, which tells the peers so: that is performed after the steps that are under way.
void node_services::perform_steps() {
  if (std::exchange(performs_steps_, true))
    return;
  for (auto steps = peers_.drain(); !steps.empty(); steps = peers_.drain())
    for (const auto& each : steps)
      perform_or_hold(each);
  performs_steps_ = false;
  transport_->arm(timer_keys::peers, peers_.next_deadline(), [this] {
    if (leaves_)
      return;
    peers_.tick(transport_->now());
    perform_steps();
  });
}

void node_services::perform_or_hold(const membership::peers::step& step) {
  if (!held_steps_.keep(step))
    std::visit([this](const auto& content) { perform(content); }, step);
}

/// A relation with many handles ends in slices. Its node is reported down when all its proxies have ended.
void node_services::go_on_losing() {
  if (leaves_)
    return; // `remoting::stop` does the rest
  auto lost = remoting_->go_on_losing();
  performs_steps_ = true;
  for (const auto& life : lost)
    for (const auto& each : held_steps_.release(life.node))
      perform_or_hold(each);
  performs_steps_ = false;
  if (remoting_->is_losing())
    transport_->arm(timer_keys::losing, transport_->now(), [this] { go_on_losing(); });
  perform_steps();
}

void node_services::perform(const membership::peers::open_relation& step) {
  auto& [who, relation, was_greeted] = step;
  transport_->add_peer(who.who, who.where, relation, !was_greeted, who.nonce);
  auto way = [&](link::channel_number channel) { return transport_->outbox_of(who.who, channel); };
  remoting_->add_link(who.who, {way(channels::handles), way(channels::actors)});
  names_->peer_up(who.who, way(channels::names));
}

void node_services::perform(const membership::peers::end_relation& step) {
  transport_->remove_peer(step.who, link::abandon{});
}

void node_services::perform(const membership::peers::forget_relation& step) {
  // Whoever hears `node_down` finds no name any more of a node that has failed.
  if (is_gone(step.reason))
    names_->peer_gone(step.who.who);
  else
    names_->peer_down(step.who.who);
  error reason{errc::node_down, explain(step.who, step.reason) + "; find the actor again by its name"};
  if (remoting_->begin_to_lose(step.who.who, reason))
    return;
  held_steps_.hold(step.who.who.node);
  transport_->arm(timer_keys::losing, transport_->now(), [this] { go_on_losing(); });
}

void node_services::perform(const membership::peers::peer_up& step) {
  relation_log_->came_up(step);
  remoting_->lives().returned(step.who.who);
  subscribers_->tell(caf::make_message(node_up{step.who, step.again}));
}

void node_services::perform(const membership::peers::peer_down& step) {
  relation_log_->went_down(step);
  subscribers_->tell(caf::make_message(node_down{step.who, step.reason}));
}

void node_services::perform(const membership::peers::peer_gone& step) {
  names_->peer_gone(step.who.who);
  if (step.reason == down_reason::failed)
    remoting_->lives().failed(transport_->now(), step.who.who);
  else
    remoting_->lives().ended(transport_->now(), step.who.who);
  relation_log_->is_gone(step);
  subscribers_of_all_->tell(caf::make_message(node_gone{step.who, step.reason}));
}

void node_services::perform(const membership::peers::unreachable& step) {
  members_->unreachable(step.who);
}

void node_services::perform(const membership::peers::doubted& step) {
  relation_log_->is_doubted(step);
}

/// Handles of actors of a life with which there is no relation have come. They wait for one, if there may be
/// one soon.
void node_services::handles_came(const peer& home) {
  if (peers_.relation_with(home))
    return;
  auto* member = peers_.find_member(home);
  if (member == nullptr && !members_->has_ended(home))
    return; // not met yet
  auto why = member == nullptr ? "node " + log_names_->node(home) + " has failed, left or restarted"
                               : explain(*member, down_reason::unreachable);
  remoting_->lose(home, {errc::node_down, why + "; find the actor again by its name"});
}

// -- what remoting says -----------------------------------------------------------------------------

void node_services::note_trouble(const remoting::trouble& what) {
  if (what.what == remoting::trouble::kind::hopeless_link) {
    log_->error("the link to node {} is given up: {}", log_names_->node(what.other), what.reason.what);
    transport_->post([this, who = what.other] { tell_peers(membership::peers::given_up{who}); });
    return;
  }
  if (what.what == remoting::trouble::kind::unconfirmed) {
    ++unconfirmed_messages_; // the log says it once for each link that ends
    return;
  }
  if (what.what == remoting::trouble::kind::foreign_type) {
    log_->warn(
        "node {} sends what this node cannot read: {}", log_names_->node(what.other), what.reason.what
    );
    return;
  }
  // One line for each power of two: a flood of dead letters is told, not repeated.
  auto& counter = what.what == remoting::trouble::kind::malformed ? malformed_messages_ : dead_letters_;
  auto before = counter.fetch_add(what.count);
  auto count = before + what.count;
  if (std::bit_width(before) != std::bit_width(count))
    log_trouble(what, count);
}

void node_services::log_trouble(const remoting::trouble& what, std::uint64_t count) {
  if (what.what == remoting::trouble::kind::malformed) {
    auto node = log_names_->node(what.other);
    return log_->warn("unreadable message ({} so far) from node {}: {}", count, node, what.reason.what);
  }
  // That a node is gone has its own line, a warning if it is one.
  auto level = what.reason.code == errc::node_down ? spdlog::level::info : spdlog::level::warn;
  log_->log(
      level,
      "dead letter ({} so far){} to {}: {}",
      count,
      what.sender ? " from " + log_names_->local_actor(what.sender) : "",
      log_names_->remote_actor({what.other, what.receiver}),
      what.reason.what
  );
}

} // namespace chorus
