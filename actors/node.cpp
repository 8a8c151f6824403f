#include "ending.hpp"
#include "node_services.hpp"

#include <chorus/actors/node.hpp>

#include <caf/send.hpp>

#include <system_error>
#include <utility>

namespace chorus {

/// The facade's content; everything that works stands in `node_services`.
class node::implementation : public node_services {
public:
  using node_services::node_services;
};

result<node> node::open(config settings) {
  if (auto failed = check(settings))
    return failed;
  caf17::lasting_system::reclaim();
  auto identity = node_identity::open(settings.data_directory);
  if (!identity)
    return identity.failure();
  auto name = settings.name.empty() ? to_string(identity->current().node).substr(0, 8) : settings.name;
  auto log = open_log(settings, name);
  if (!log)
    return log.failure();
  if (!settings.data_directory)
    (*log)->debug("no data directory: this node is a new one at every start");
  try {
    auto content =
        std::make_shared<implementation>(std::move(settings), std::move(name), std::move(*identity), *log);
    node opened{content};
    if (auto failed = content->start())
      return failed;
    content = nullptr;
    return opened;
  } catch (const std::system_error& failure) {
    return error{errc::io, std::string{"cannot open a node: "} + failure.what()};
  }
}

node::node(std::shared_ptr<implementation> content) : content_(std::move(content)) {}

node::node(node&&) noexcept = default;
node& node::operator=(node&& other) noexcept {
  if (this != &other) {
    end();
    content_ = std::move(other.content_);
  }
  return *this;
}

node::~node() {
  end();
}

/// Actors may call this object until they have ended.
void node::end() noexcept {
  if (!content_)
    return;
  end_node(content_);
  content_ = nullptr;
  caf17::lasting_system::reclaim();
}

caf::actor_system& node::system() {
  return content_->system();
}

membership::member node::self() const {
  return content_->self();
}

std::vector<membership::member> node::members() const {
  if (content_->has_left())
    return {};
  return content_->members().members();
}

std::optional<membership::suspicion_report> node::why_suspected(const node_id& who) const {
  if (content_->has_left())
    return std::nullopt;
  return content_->members().why_suspected(who);
}

error node::update_metadata(membership::metadata about) {
  if (auto over = content_->why_over())
    return over;
  return content_->update_metadata(std::move(about));
}

error node::announce(std::string_view name, const caf::actor& actor) {
  if (auto over = content_->why_over())
    return over;
  return content_->names().announce(name, actor);
}

void node::withdraw(std::string_view name) {
  content_->names().withdraw(name);
}

caf::actor node::find(std::string_view name) const {
  return content_->names().find(name);
}

result<caf::actor> node::find(std::string_view name, duration within) const {
  return content_->find(name, within);
}

std::map<std::string, caf::actor> node::list(std::string_view prefix) const {
  return content_->names().list(prefix);
}

void node::subscribe(const caf::actor& subscriber) {
  if (!content_->has_left())
    content_->subscribe(subscriber);
}

void node::subscribe_all(const caf::actor& subscriber) {
  if (!content_->has_left())
    content_->subscribe_all(subscriber);
}

void node::subscribe_dead_letters(const caf::actor& subscriber) {
  if (!content_->has_left())
    content_->subscribe_dead_letters(subscriber);
}

node_counters node::counters() const {
  return content_->counters();
}

void node::when_writable(const caf::actor& receiver, const caf::actor& subscriber) {
  if (auto over = content_->why_over())
    caf::anon_send(subscriber, writable{receiver, std::move(over)});
  else
    content_->when_writable(receiver, subscriber);
}

error node::wait_until_writable(const caf::actor& receiver, duration within) {
  if (auto over = content_->why_over())
    return over;
  return content_->wait_until_writable(receiver, within);
}

void node::request_stop() noexcept {
  content_->request_stop();
}

void node::wait_for_stop_request() const {
  content_->wait_for_stop_request();
}

error node::rejection() const {
  return content_->rejection();
}

void node::stop() {
  content_->stop();
}

} // namespace chorus
