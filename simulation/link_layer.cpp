#include "link_layer.hpp"

#include <chorus/simulation/world.hpp>

#include <utility>

namespace chorus::simulation {

namespace {

std::string text_of(const link::hello& what) {
  return "hello, credit " + std::to_string(what.credit);
}

std::string text_of(const link::welcome& what) {
  return "welcome, credit " + std::to_string(what.credit);
}

std::string text_of(const link::refusal& what) {
  return "refusal, " + std::string{to_string(what.reason)};
}

std::string text_of(const link::data& what) {
  std::string text = "data";
  if (what.count > 0)
    text += ' ' + to_string(what.first) + " to " + std::to_string(what.first.value + what.count - 1);
  text += ", acknowledges " + to_string(what.acknowledged) + ", credit " + std::to_string(what.credit);
  return text + (what.wants_answer ? ", wants an answer" : "");
}

std::string text_of(const link::goodbye&) {
  return "goodbye";
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
      owner_.ended(*this, std::move(step));
    else
      owner_.above_.perform(other_, std::forward<Step>(step));
  }
  void malformed(const peer&, const error& problem) { owner_.node_.note("cannot read it: " + problem.what); }

private:
  link_layer& owner_;
  const peer other_;
  std::unique_ptr<clock_seam> timer_;
  driver<link::core, link::wire, end> driver_;
};

link_layer::link_layer(node& at, user& above, link::config limits)
    : node_(at), above_(above), limits_(std::move(limits)),
      again_(at.make_timer([this] { tell_those_who_are_over(); })) {}

link_layer::~link_layer() = default;

bool link_layer::apply(const peer& other, const link::input& what) {
  auto* link = find(other);
  if (link == nullptr)
    return false;
  link->core().apply(what);
  return true;
}

void link_layer::close() {
  for (const auto& other : peers())
    apply(other, link::close{});
}

// -- what the process hands down -----------------------------------------------------------------------

void link_layer::receive(const peer& from, const shared_bytes& head, const shared_bytes& body) {
  ended_.clear();
  auto what = link::wire::decode(head, body);
  if (!what)
    return node_.note("cannot read it: " + what.failure().what);
  // Where there is a link, the core judges whether a frame is for it and of whom.
  if (auto link = links_.find(what->source.node); link != links_.end())
    return link->second->core().receive(from, head, body);
  if (what->destination != node_.self()) {
    if (asks_for_answer(*what))
      refuse(what->source, link::refusal::why::wrong_incarnation);
    return;
  }
  auto* verdict = std::get_if<link::refusal>(&what->content);
  auto newest = known_.find(what->source.node);
  auto is_stale = newest == known_.end() || what->source.incarnation < newest->second;
  if (verdict != nullptr && verdict->reason == link::refusal::why::declared_failed && !is_stale)
    start_over();
  else if (is_over(what->source) && asks_for_answer(*what))
    refuse(what->source, link::refusal::why::declared_failed);
}

void link_layer::reconnected(const node_id& other) {
  ended_.clear();
  if (auto link = links_.find(other); link != links_.end())
    link->second->core().apply(link::reconnected{});
}

void link_layer::life_began(const peer& other) {
  ended_.clear();
  auto& newest = known_[other.node];
  if (other.incarnation <= newest)
    return;
  newest = other.incarnation;
  if (auto link = links_.find(other.node); link != links_.end())
    link->second->core().apply(link::peer_failed{});
  open(other);
}

// -- the life of a link ------------------------------------------------------------------------------------

void link_layer::open(const peer& other) {
  auto settings = limits_;
  settings.cluster = "simulation";
  settings.self = node_.self();
  settings.other = other;
  auto& link = links_[other.node] = std::make_unique<end>(*this, settings);
  link->core().perform();
}

void link_layer::ended(end& which, link::closed&& how) {
  auto other = which.other();
  auto reason = how.reason;
  above_.perform(other, std::move(how));
  auto link = links_.find(other.node);
  ended_.push_back(std::move(link->second));
  links_.erase(link);
  over_[other.node] = other.incarnation;
  again_->arm(again_->now() + tell_again_after);
  if (reason == link::closed::why::declared_failed)
    start_over();
}

/// Whoever has declared this life failed does not talk to it any more.
void link_layer::start_over() {
  close();
  over_.clear();
  node_.take_new_life();
  for (const auto& [other, life] : known_)
    open({other, life});
}

void link_layer::tell_those_who_are_over() {
  auto anybody = false;
  for (const auto& [other, life] : over_)
    if (known_[other] == life) {
      refuse({other, life}, link::refusal::why::declared_failed);
      anybody = true;
    }
  if (anybody)
    again_->arm(again_->now() + tell_again_after);
}

void link_layer::refuse(const peer& whom, link::refusal::why reason) {
  link::frame refusal{node_.self(), whom, link::refusal{reason, node_.self().incarnation}};
  node_.network().send(whom, link::wire::encode(refusal));
}

// -- what is known ---------------------------------------------------------------------------------------

std::vector<peer> link_layer::peers() const {
  std::vector<peer> all;
  for (const auto& [node, link] : links_)
    all.push_back(link->other());
  return all;
}

const link::core* link_layer::core(const peer& other) const {
  auto* link = find(other);
  return link == nullptr ? nullptr : &link->core().core();
}

link_layer::end* link_layer::find(const peer& other) const {
  auto found = links_.find(other.node);
  return found != links_.end() && found->second->other() == other ? found->second.get() : nullptr;
}

bool link_layer::is_over(const peer& other) const {
  auto found = over_.find(other.node);
  return found != over_.end() && other.incarnation <= found->second;
}

std::string link_layer::describe(const wire_message& content) {
  auto what = link::wire::decode(shared_bytes{content.head}, content.body);
  if (!what)
    return what.failure().what;
  auto lives = to_string(what->source.incarnation) + ">" + to_string(what->destination.incarnation) + ' ';
  return lives + std::visit([](const auto& kind) { return text_of(kind); }, what->content);
}

} // namespace chorus::simulation
