#include "remoting.hpp"

#include "../caf17/message_codec.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace chorus {

namespace {

/// A message on its way out, in the form in which archives take values.
struct outgoing {
  const message_header& header;
  const caf::type_erased_tuple& content;

  void save(codec::writer& archive) const {
    archive(parcel::message, header);
    caf17::save_content(archive, content);
  }
};

/// Encodes in a buffer that keeps its memory: one allocation, of the right size, for each small message.
/// Each thread has its own.
class scratch {
public:
  /// Larger buffers are not kept: more than nearly all messages need, little for each thread.
  static constexpr std::size_t limit = 256 * limits::kibibyte;

  // Taken out while it is used: a user's `save` may send messages itself.
  scratch() : bytes_(std::exchange(spare(), {})) { bytes_.clear(); }
  ~scratch() {
    if (bytes_.capacity() <= limit)
      spare() = std::move(bytes_);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  byte_buffer& bytes() noexcept { return bytes_; }

  /// What was encoded. A large buffer goes itself, a small one is copied and kept.
  shared_bytes take() {
    auto is_tight = bytes_.capacity() - bytes_.size() <= bytes_.size() / 4;
    if (bytes_.size() >= limits::lone_bytes && is_tight)
      return shared_bytes{std::move(bytes_)};
    return shared_bytes::copy_of(bytes_);
  }

private:
  static byte_buffer& spare() {
    thread_local byte_buffer kept;
    return kept;
  }

  byte_buffer bytes_;
};

/// The registry's messages keep their own order and wait for nobody else's.
constexpr link::pair names_pair{~std::uint64_t{0}, ~std::uint64_t{0}};

link::urgency urgency_of(caf::message_id id, const caf::type_erased_tuple& content) {
  auto frees_resources =
      id.is_response() || content.match_elements<caf::exit_msg>() || content.match_elements<caf::down_msg>();
  return frees_resources ? link::urgency::reserved : link::urgency::ordinary;
}

/// Ids that CAF gives to messages of actors. Others would be taken for parts of a stream, unchecked.
bool is_sound(caf::message_id id) {
  auto is_ordinary = id.is_normal_message() || id.is_urgent_message();
  return is_ordinary && !(id.is_request() && id.is_answered());
}

errc to_code(link::refused::why reason) {
  switch (reason) {
  case link::refused::why::too_large:
    return errc::too_large;
  case link::refused::why::closed:
    return errc::node_down;
  case link::refused::why::overloaded:
    break;
  }
  return errc::overloaded;
}

/// Says what to do.
error describe(errc code, const peer& to) {
  auto node = "node " + to_string(to);
  switch (code) {
  case errc::overloaded:
    return {code, "the buffer for " + node + " is full: send less, or again later"};
  case errc::too_large:
    return {
        code, "a message has at most " + std::to_string(limits::message_bytes) + " bytes: send it in parts"};
  default:
    return {code, "no link to " + node + ": find the actor again by its name"};
  }
}

} // namespace

/// A message from the network: where it came from and for whom it is.
struct remoting::arrival {
  peer from;
  link::pair between;
};

remoting::remoting(
    caf::actor_system& system,
    const peer& self,
    std::shared_ptr<flow_control> flow,
    trouble_handler on_trouble
)
    : system_(system), flow_(std::move(flow)), on_trouble_(std::move(on_trouble)), self_(self),
      first_life_(self.incarnation) {}

// -- sending ----------------------------------------------------------------------------------------

void remoting::forward(const caf17::remote_actor& target, caf::mailbox_element& what) {
  const auto& content = what.content();
  if (!what.stages.empty())
    return refuse(
        target, what, {errc::invalid_argument, "composed actors (f * g) do not reach across nodes"}
    );

  message_header header{what.mid.integer_value(), {}};
  link::pair between{0, target.reference().actor};
  if (what.sender) {
    auto sender = export_handle(what.sender);
    between.sender = sender.actor;
    if (!is_local(sender.home))
      header.foreign_sender = sender;
  }
  auto bytes = encode_message(header, content);
  if (!bytes)
    return refuse(target, what, bytes.failure());

  auto awaits_answer = what.mid.is_request() && what.sender && !header.foreign_sender.home;
  if (awaits_answer && !open_requests_.add(target.reference().home, what.sender, what.mid))
    return refuse(target, what, {errc::overloaded, "too many requests wait for answers of other nodes"});
  auto code = send_message(target, between, urgency_of(what.mid, content), std::move(*bytes));
  if (code != errc::none && (!awaits_answer || open_requests_.close(what.sender->id(), what.mid)))
    refuse(target, what, describe(code, target.reference().home));
}

/// The message as it travels, or why it cannot.
result<shared_bytes>
remoting::encode_message(const message_header& header, const caf::type_erased_tuple& content) {
  codec::options how{.context = static_cast<caf17::handle_context&>(*this)};
  scratch work;
  if (auto failed = codec::encode_to(work.bytes(), outgoing{header, content}, how))
    return failed;
  return work.take();
}

errc remoting::send_message(
    const caf17::remote_actor& target, link::pair between, link::urgency how, shared_bytes bytes
) {
  auto link = link_of(target);
  if (stopped_ || !link)
    return errc::node_down;
  return link->send({between, how, std::move(bytes)});
}

caf17::actor_reference remoting::export_handle(const caf::strong_actor_ptr& handle) {
  if (!handle)
    return {};
  if (auto remote = stand_in(handle))
    return remote->reference();
  if (exports_.add(handle)) {
    auto ended = [weak = weak_from_this(), id = handle->id()](const caf::error& reason) {
      if (auto hub = weak.lock())
        hub->actor_ended(id, reason);
    };
    handle->get()->attach_functor(ended);
  }
  return {self(), handle->id()};
}

caf::strong_actor_ptr remoting::import_handle(const caf17::actor_reference& reference) {
  if (reference.actor == 0 || !reference.home)
    return nullptr;
  if (is_local(reference.home))
    return exports_.find(reference.actor);
  if (reference.home.node == self().node)
    proxies_.lose(reference.home, to_caf({errc::node_down, "an earlier life of this node"}));
  auto [actor, is_new] = proxies_.find_or_make(system_, reference, shared_from_this());
  if (is_new)
    send_parcel(reference.home, parcel::watch, {0, reference.actor});
  return actor;
}

bool remoting::is_local_actor(const caf::strong_actor_ptr& handle) const {
  return handle->home_system == &system_ && stand_in(handle) == nullptr;
}

/// The stand-in behind the handle; null if it is of an actor of this node.
const caf17::remote_actor* remoting::stand_in(const caf::strong_actor_ptr& handle) const {
  if (handle->node() == system_.node()) // nearly always, and much cheaper to ask
    return nullptr;
  return dynamic_cast<const caf17::remote_actor*>(handle->get());
}

std::shared_ptr<outbox> remoting::link_to(const caf::strong_actor_ptr& handle) const {
  auto remote = stand_in(handle);
  return remote != nullptr ? link_of(*remote) : nullptr;
}

std::shared_ptr<outbox> remoting::link_of(const caf17::remote_actor& target) const {
  return target.link() ? target.link() : proxies_.link_of(target.reference().home);
}

void remoting::send_names(const peer& to, const_bytes message) {
  byte_buffer bytes{static_cast<std::byte>(parcel::names)};
  bytes.insert(bytes.end(), message.begin(), message.end());
  send_notice(to, names_pair, std::move(bytes));
}

void remoting::send_parcel(const peer& to, parcel what, link::pair between, const caf::error* reason) {
  codec::options how{.context = static_cast<caf17::handle_context&>(*this)};
  byte_buffer bytes = codec::encode(what);
  if (reason != nullptr && codec::encode_to(bytes, *reason, how))
    reason = nullptr; // too large or too deep to travel: the end itself counts
  send_notice(to, between, std::move(bytes));
}

/// What must arrive as long as the link lives, or the two nodes would disagree for ever. A link that has
/// no room even for that is given up: its end tells both sides everything.
void remoting::send_notice(const peer& to, link::pair between, byte_buffer bytes) {
  auto link = proxies_.link_of(to);
  if (stopped_ || !link)
    return;
  auto code = link->send({between, link::urgency::reserved, shared_bytes{std::move(bytes)}});
  if (code != errc::none && code != errc::node_down)
    report(trouble::kind::hopeless_link, to, {code, "no room even for a notice; the link is given up"});
}

void remoting::report(trouble::kind what, const peer& other, const error& reason) {
  if (!stopped_)
    on_trouble_({what, other, reason});
}

/// A request is answered with the reason, an answer is replaced by it; of anything else its sender is told.
void remoting::refuse(const caf17::remote_actor& target, caf::mailbox_element& what, const error& reason) {
  if (what.mid.is_request() && what.sender) {
    what.sender->enqueue(nullptr, what.mid.response_id(), caf::make_message(to_caf(reason)), nullptr);
    return;
  }
  if (what.mid.is_response()) {
    auto sender = what.sender ? what.sender->id() : 0;
    auto bytes = encode_message({what.mid.integer_value(), {}}, caf::make_message(to_caf(reason)));
    link::pair between{sender, target.reference().actor};
    if (bytes && send_message(target, between, link::urgency::reserved, std::move(*bytes)) == errc::none)
      return;
  }
  auto can_hear = what.sender && is_local_actor(what.sender) && !what.mid.is_response();
  caf::actor receiver = caf::actor_cast<caf::actor>(caf::strong_actor_ptr{target.ctrl()});
  discard(target.reference().home, {can_hear ? what.sender : nullptr, receiver, link_of(target), reason});
}

void remoting::discard(const peer& to, const lost_messages::loss& what) {
  report(trouble::kind::undeliverable, to, what.reason);
  flow_->lost(what);
}

void remoting::actor_ended(std::uint64_t actor, const caf::error& reason) {
  open_requests_.forget(actor);
  for (auto& watcher : exports_.remove(actor))
    send_parcel(watcher, parcel::ended, {actor, 0}, &reason);
}

// -- receiving --------------------------------------------------------------------------------------

void remoting::add_link(const peer& who, std::shared_ptr<outbox> link) {
  for (auto& earlier : proxies_.earlier_lives(who))
    lose(earlier, {errc::node_down, "the node is back as another life"});
  for (auto actor : proxies_.set_link(who, std::move(link)))
    send_parcel(who, parcel::watch, {0, actor});
}

std::optional<shared_bytes> remoting::deliver(const peer& from, link::delivered message) {
  caf17::credit held{proxies_.link_of(from), message.cost};
  arrival what{from, message.pair};
  codec::reader archive{
      message.payload.view(),
      {.context = static_cast<caf17::handle_context&>(*this), .bytes = message.payload.size()}};
  auto kind = codec::decode_prefix<parcel>(archive);
  if (!kind) {
    report_malformed(from, kind.failure());
    return std::nullopt;
  }
  switch (*kind) {
  case parcel::message:
    deliver_message(what, archive, std::move(held));
    break;
  case parcel::watch:
    deliver_watch(what);
    break;
  case parcel::ended:
    deliver_ended(what, archive);
    break;
  case parcel::names:
    return message.payload.part(archive.offset(), archive.left());
  default:
    report_malformed(from, {errc::malformed, "a parcel of unknown kind"});
  }
  return std::nullopt;
}

void remoting::deliver_message(const arrival& what, codec::reader& archive, caf17::credit held) {
  auto header = codec::decode_prefix<message_header>(archive);
  if (!header) {
    report_malformed(what.from, header.failure());
    return;
  }
  caf::message_id id{header->id};
  if (!is_sound(id))
    return report_malformed(what.from, {errc::malformed, "a message id that no sender gives"});
  auto requester = header->foreign_sender.home ? header->foreign_sender
                                               : caf17::actor_reference{what.from, what.between.sender};
  auto came_home = id.is_request() && header->foreign_sender.home && is_local(requester.home);
  if (came_home) // delegated back to this node, which now answers for itself
    open_requests_.close(requester.actor, id);
  if (id.is_response() && !open_requests_.close(what.between.receiver, id))
    return; // answered already, for example because its node was lost, or nobody waits any more

  auto receiver = exports_.find(what.between.receiver);
  if (!receiver) {
    if (id.is_request())
      answer_with_error(requester, id, {errc::not_found, "the actor has ended; find it again by its name"});
    return;
  }
  auto sender = import_handle(requester);
  auto element = codec::decode_with(archive, [&](codec::reader& source) {
    auto read = caf17::load_element(source, sender, id, std::move(held));
    if (source.left() > 0)
      source.refuse("bytes after the message");
    return read;
  });
  if (!element) {
    report_malformed(what.from, element.failure());
    if (id.is_request())
      return answer_with_error(requester, id, element.failure());
    if (!id.is_response())
      return;
    element = caf::make_mailbox_element(sender, id, {}, to_caf(element.failure()));
  }
  receiver->enqueue(std::move(*element), nullptr);
}

void remoting::report_malformed(const peer& from, const error& reason) {
  report(trouble::kind::malformed, from, reason);
}

void remoting::answer_with_error(
    const caf17::actor_reference& requester, caf::message_id id, const error& reason
) {
  if (auto actor = import_handle(requester))
    actor->enqueue(nullptr, id.response_id(), caf::make_message(to_caf(reason)), nullptr);
}

void remoting::deliver_watch(const arrival& what) {
  if (exports_.watch(what.between.receiver, what.from))
    return;
  caf::error reason = caf::exit_reason::unknown; // it ended before; nobody kept why
  send_parcel(what.from, parcel::ended, {what.between.receiver, 0}, &reason);
}

void remoting::deliver_ended(const arrival& what, codec::reader& archive) {
  caf::error reason = caf::exit_reason::unknown;
  if (archive.left() > 0) {
    auto told = codec::decode_prefix<caf::error>(archive);
    if (told)
      reason = std::move(*told);
    else
      report_malformed(what.from, told.failure());
  }
  proxies_.end({what.from, what.between.sender}, std::move(reason));
}

void remoting::bounce(const peer& to, const link::refused& message) {
  codec::reader archive{message.payload.view()};
  auto kind = codec::decode_prefix<parcel>(archive);
  if (!kind || *kind != parcel::message)
    return; // a notice: the link's end tells as much
  auto reason = describe(to_code(message.reason), to);
  auto header = codec::decode_prefix<message_header>(archive);
  caf::message_id id{header ? header->id : 0};
  if (id.is_request() && header->foreign_sender.home)
    return answer_with_error(header->foreign_sender, id, reason);
  if (id.is_request() && open_requests_.close(message.pair.sender, id))
    return answer_with_error({self(), message.pair.sender}, id, reason);
  auto can_hear = header && !header->foreign_sender.home && !id.is_response();
  auto receiver = caf::actor_cast<caf::actor>(import_handle({to, message.pair.receiver}));
  discard(
      to, {can_hear ? exports_.find(message.pair.sender) : nullptr, receiver, proxies_.link_of(to), reason}
  );
}

void remoting::lose(const peer& who, const error& reason) {
  exports_.forget_watcher(who);
  proxies_.lose(who, to_caf(reason));
  for (auto& [sender, id] : open_requests_.close_all(who))
    sender->enqueue(nullptr, id.response_id(), caf::make_message(to_caf(reason)), nullptr);
}

void remoting::take_incarnation(const peer& self) {
  std::lock_guard guard{mutex_};
  self_ = self;
}

void remoting::stop() {
  exports_.close();
  for (auto& who : proxies_.close())
    lose(who, {errc::node_down, "this node has left the cluster"});
  stopped_ = true;
}

peer remoting::self() const {
  std::lock_guard guard{mutex_};
  return self_;
}

bool remoting::is_local(const peer& who) const {
  auto me = self();
  return who.node == me.node && who.incarnation >= first_life_ && who.incarnation <= me.incarnation;
}

} // namespace chorus
