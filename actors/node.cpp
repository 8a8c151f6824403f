#include "ending.hpp"
#include "node_services.hpp"

#include <chorus/actors/node.hpp>

#include <system_error>
#include <utility>

namespace chorus {

/// The node and its parts. The parts refer to it, so it never moves.
class node::implementation : public node_services {
public:
  using node_services::node_services;

  member_list member_part{*this};
  name_directory name_part{*this};
  link_watch link_part{*this};
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

node_counters node::counters() const {
  return content_->counters();
}

member_list& node::members() {
  return content_->member_part;
}

const member_list& node::members() const {
  return content_->member_part;
}

name_directory& node::names() {
  return content_->name_part;
}

const name_directory& node::names() const {
  return content_->name_part;
}

link_watch& node::links() {
  return content_->link_part;
}

error node::announce(std::string_view name, const caf::actor& actor) {
  return names().announce(name, actor);
}

caf::actor node::find(std::string_view name) const {
  return names().find(name);
}

result<caf::actor> node::find(std::string_view name, duration within) const {
  return names().find(name, within);
}

void node::subscribe(const caf::actor& subscriber) {
  members().subscribe(subscriber);
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
