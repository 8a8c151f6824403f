#include "link_layer.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/simulation/world.hpp>

#include <utility>

namespace chorus::simulation {

namespace peers = membership::peers;

namespace {

/// All that counts here is who.
membership::member member_of(const peer& who) {
  return {who, to_string(who), {}};
}

std::string text_of(const std::vector<link::channel_offer>& channels) {
  std::string text;
  for (const auto& channel : channels)
    text += ", " + channel.name + " credit " + std::to_string(channel.credit);
  return text;
}

std::string text_of(const link::hello& what) {
  return "hello" + text_of(what.channels);
}

std::string text_of(const link::welcome& what) {
  return "welcome" + text_of(what.channels);
}

std::string text_of(const link::refusal& what) {
  return "refusal, " + std::string{to_string(what.reason)};
}

std::string text_of(const link::data& what) {
  std::string text = "data";
  if (what.count > 0)
    text += ' ' + to_string(what.first) + " to " + std::to_string(what.first.value + what.count - 1)
            + " on channel " + std::to_string(what.channel);
  text += ", acknowledges " + to_string(what.acknowledged);
  what.credits.for_each([&](link::channel_number channel, std::uint64_t credit) {
    text += ", credit " + std::to_string(credit) + " on " + std::to_string(channel);
  });
  return text + (what.wants_answer ? ", wants an answer" : "");
}

std::string text_of(const link::goodbye&) {
  return "goodbye";
}

std::string text_of(const link::over&) {
  return "over";
}

/// `2.7`: relation 7 of life 2.
std::string text_of(const peer& who, relation_number relation) {
  return to_string(who.incarnation) + (relation ? '.' + to_string(relation) : "");
}

} // namespace

/// This end of one link.
class link_layer::end final {
public:
  end(link_layer& owner, const link::config& settings)
      : owner_(owner), other_(settings.other), timer_(owner.node_.make_timer([this] { driver_.wake(); })),
        driver_({timer_->now(), settings}, *this, owner.node_.network(), *timer_) {}

  const peer& other() const noexcept { return other_; }
  driver<link::core, link::wire, end>& core() noexcept { return driver_; }

  // what the driver calls
  template <class Step>
  void perform(Step&& step) {
    using step_type = std::remove_cvref_t<Step>;
    if constexpr (std::is_same_v<step_type, link::closed>)
      return owner_.ended(*this, std::move(step));
    if constexpr (std::is_same_v<step_type, link::established>)
      owner_.tell(peers::relation_established{driver_.core().relation()});
    owner_.above_.perform(other_, std::forward<Step>(step));
  }
  void malformed(const peer&, const error& problem) { owner_.node_.note("cannot read it: " + problem.what); }

private:
  link_layer& owner_;
  const peer other_;
  std::unique_ptr<clock_seam> timer_;
  driver<link::core, link::wire, end> driver_;
};

link_layer::link_layer(
    node& at, user& above, link::config limits, const membership::peers::settings& settings_of_peers
)
    : node_(at), above_(above), limits_(std::move(limits)), peers_(settings_of_peers),
      timer_(at.make_timer([this] {
        ended_.clear();
        if (leaves_)
          return;
        peers_.tick(timer_->now());
        perform_steps();
      })) {}

link_layer::~link_layer() = default;

bool link_layer::apply(const peer& other, const link::input& what) {
  auto* link = find(other);
  if (link != nullptr)
    link->core().apply(what);
  else if (const auto* consumed = std::get_if<link::consumed>(&what))
    consumed_of_earlier(other, *consumed);
  return link != nullptr;
}

void link_layer::consumed_of_earlier(const peer& other, const link::consumed& what) {
  auto left = unconsumed_.find({other, what.channel});
  CHORUS_CHECK(
      left != unconsumed_.end() && what.bytes <= left->second, "only what was delivered can be consumed"
  );
  left->second -= what.bytes;
  if (left->second == 0)
    unconsumed_.erase(left);
}

void link_layer::leave() {
  leaves_ = true;
  for (const auto& other : peers())
    apply(other, link::close{});
}

// -- what the process hands down -----------------------------------------------------------------------

void link_layer::receive(const peer& from, const shared_bytes& head, const shared_bytes& body) {
  ended_.clear();
  auto what = link::wire::decode(head, body);
  if (!what)
    return node_.note("cannot read it: " + what.failure().what);
  if (what->destination != node_.self())
    return answer(link::answer_to_another_life(node_.self(), *what));
  if (take(from, what->source, head, body))
    return;
  // Nobody, or its hello has ended the relation before.
  const auto* hello = std::get_if<link::hello>(&what->content);
  if (hello == nullptr)
    return answer(link::answer_in_no_relation(node_.self(), *what));
  tell(peers::greeted{what->source, hello->nonce});
  take(from, what->source, head, body);
}

/// False if there is no link with that life any more. What another life of its node answers goes to the link
/// that it may be meant for: its core judges.
bool link_layer::take(
    const peer& from, const peer& source, const shared_bytes& head, const shared_bytes& body
) {
  if (auto* link = find(source)) {
    link->core().receive(from, head, body);
    return find(source) != nullptr;
  }
  for (const auto& other : links_with(source.node))
    if (auto* link = find(other))
      link->core().receive(from, head, body);
  return false;
}

std::vector<peer> link_layer::links_with(const node_id& other) const {
  std::vector<peer> all;
  for (auto link = links_.lower_bound(peer{other, {}}); link != links_.end() && link->first.node == other;
       ++link)
    all.push_back(link->first);
  return all;
}

void link_layer::answer(const std::optional<link::frame>& what) {
  if (what)
    node_.network().send(what->destination, link::wire::encode(*what));
}

void link_layer::reconnected(const node_id& other) {
  ended_.clear();
  for (const auto& life : links_with(other))
    apply(life, link::reconnected{});
}

void link_layer::life_began(const peer& other) {
  ended_.clear();
  auto& newest = known_[other.node];
  if (other.incarnation <= newest)
    return;
  if (newest)
    tell(peers::restarted{member_of({other.node, newest})});
  newest = other.incarnation;
  tell(peers::joined{member_of(other)});
}

void link_layer::fail(const peer& other) {
  tell(peers::failed{other});
}

void link_layer::take_back(const peer& other) {
  if (known_[other.node] == other.incarnation)
    tell(peers::joined{member_of(other)});
}

// -- relations -----------------------------------------------------------------------------------------

void link_layer::tell(const peers::input& what) {
  if (leaves_)
    return;
  peers_.apply(timer_->now(), what);
  perform_steps();
}

void link_layer::perform_steps() {
  if (std::exchange(performing_, true))
    return;
  for (auto steps = peers_.drain(); !steps.empty(); steps = peers_.drain())
    for (const auto& each : steps)
      std::visit([this](const auto& step) { perform(step); }, each);
  performing_ = false;
  timer_->arm(peers_.next_deadline());
}

void link_layer::perform(const peers::open_relation& step) {
  auto settings = limits_;
  settings.cluster = "simulation";
  settings.self = node_.self();
  settings.other = step.who.who;
  settings.relation = step.relation;
  settings.nonce_of_other = step.who.nonce;
  for (link::channel_number number = 0; number < settings.channels.size(); ++number)
    if (auto left = unconsumed_.extract({step.who.who, number}))
      settings.channels[number].held_bytes = left.mapped();
  auto& link = links_[step.who.who] = std::make_unique<end>(*this, settings);
  above_.told(step);
  if (!step.was_greeted)
    link->core().perform();
}

void link_layer::perform(const peers::end_relation& step) {
  apply(step.who, link::abandon{});
}

void link_layer::ended(end& which, link::closed&& how) {
  peers::relation_closed news{which.core().core().relation(), how.reason};
  above_.perform(which.other(), std::move(how));
  for (link::channel_number number = 0; number < limits_.channels.size(); ++number)
    if (auto left = which.core().core().unconsumed(number); left > 0)
      unconsumed_[{which.other(), number}] = left;
  auto link = links_.find(which.other());
  ended_.push_back(std::move(link->second));
  links_.erase(link);
  tell(news);
}

// -- what is known ---------------------------------------------------------------------------------------

std::vector<peer> link_layer::peers() const {
  std::vector<peer> all;
  for (const auto& [other, link] : links_)
    all.push_back(other);
  return all;
}

const link::core* link_layer::core(const peer& other) const {
  auto* link = find(other);
  return link == nullptr ? nullptr : &link->core().core();
}

link_layer::end* link_layer::find(const peer& other) const {
  auto found = links_.find(other);
  return found != links_.end() ? found->second.get() : nullptr;
}

std::string link_layer::describe(const wire_message& content) {
  auto what = link::wire::decode(shared_bytes{content.head}, content.body);
  if (!what)
    return what.failure().what;
  auto ends = text_of(what->source, what->source_relation) + '>'
              + text_of(what->destination, what->destination_relation) + ' ';
  return ends + std::visit([](const auto& kind) { return text_of(kind); }, what->content);
}

} // namespace chorus::simulation
