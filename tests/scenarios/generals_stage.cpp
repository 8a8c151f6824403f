#include "generals_stage.hpp"

#include "../consensus/battlefield.hpp"

#include <chorus/consensus/generals/om.hpp>
#include <chorus/consensus/generals/sm.hpp>
#include <chorus/simulation/symbolic_signatures.hpp>

#include <map>

namespace chorus::testing {

using generals::general;
using generals::order;
namespace om = generals::om;
namespace sm = generals::sm;

namespace {

std::string name(general who) {
  return who == generals::commander ? "C" : "L" + std::to_string(who);
}

general parse_general(const std::string& word, std::size_t count) {
  for (std::size_t who = 0; who < count; ++who)
    if (word == name(static_cast<general>(who)))
      return static_cast<general>(who);
  throw scenario_error{"'" + word + "' is no general of this battle"};
}

order parse_order(const std::string& word) {
  for (auto what : {order::retreat, order::attack})
    if (word == to_string(what))
      return what;
  throw scenario_error{"'" + word + "' is no order"};
}

std::string describe(const om::message& what) {
  auto text = std::string{to_string(what.what)};
  for (std::size_t at = what.by.size() - 1; at-- > 0;)
    text += ", said " + name(what.by[at]);
  return text;
}

std::string describe(const sm::message& what) {
  auto text = std::string{to_string(what.what)} + ", signed";
  for (const auto& link : what.chain)
    text += ' ' + name(link.by);
  return text;
}

using counts = std::vector<std::pair<std::string, std::uint64_t>>;

counts noticed(const om::counters& counted) {
  return {
      {"does not believe: ", counted.impossible},
      {"does not hear what comes late: ", counted.late},
      {"takes silence for retreat: ", counted.silences}};
}

counts noticed(const sm::counters& counted) {
  return {
      {"does not believe: ", counted.impossible},
      {"does not hear what comes late: ", counted.late},
      {"sees a wrong signature: ", counted.forged}};
}

/// What a traitor does instead of what it should.
struct rule {
  general who = 0;
  std::optional<general> to; ///< nothing: to everybody
  enum { says, withholds, delays } how = says;
  order what = generals::default_order;
};

} // namespace

class generals_stage::field {
public:
  field(forces army, std::string* transcript) : army_(std::move(army)), transcript_(transcript) {}
  virtual ~field() = default;

  void add(const rule& what) { rules_.push_back(what); }
  void write_to(std::string& transcript) { transcript_ = &transcript; }
  const forces& army() const noexcept { return army_; }

  virtual void give(order what) = 0;
  virtual void play_round() = 0;
  virtual verdict judge() const = 0;

  void show(general who) {
    for (const auto& line : told_[who])
      *transcript_ += name(who) + " was told by " + line + '\n';
  }

protected:
  const rule* rule_for(const letter& sent) const {
    const rule* found = nullptr;
    for (const auto& each : rules_)
      if (each.who == sent.from && (!each.to || each.to == sent.to))
        found = &each;
    return found;
  }

  forces army_;
  std::string* transcript_;
  std::vector<rule> rules_;
  std::map<general, std::vector<std::string>> told_;
};

namespace {

template <class Core, class Wire>
class field_of : public generals_stage::field {
public:
  field_of(const forces& army, std::string* transcript) : field(army, transcript) {
    for (std::size_t who = 0; who < army.generals; ++who)
      keys_.push_back(
          std::make_unique<simulation::symbolic_signer>(registry_, peer_of(static_cast<general>(who)).node)
      );
    battle_.emplace(army, [this](const generals::battle& fought) { return make(fought); });
    battle_->lie = [this](auto& letters, const auto&) { lie(letters); };
    battle_->watch = [this](const letter& arrived) { print(arrived); };
  }

  void give(order what) override { battle_->command(what); }

  void play_round() override {
    lies_.clear();
    battle_->play_round();
    for (std::size_t number = 1; number < army_.generals; ++number) {
      auto who = static_cast<general>(number);
      if (battle_->is_traitor(who))
        continue;
      for (const auto& [what, count] : noticed(battle_->core(who).counters())) {
        auto& before = noticed_[{who, what}];
        if (count > before)
          *transcript_ += name(who) + ' ' + what + std::to_string(count - before) + '\n';
        before = count;
      }
      if (auto decision = battle_->decision(who); decision && !decided_.contains(who)) {
        decided_.insert(who);
        *transcript_ += name(who) + " obeys: " + std::string{to_string(*decision)} + '\n';
      }
    }
  }

  verdict judge() const override {
    if (!battle_->is_over())
      throw scenario_error{"the battle is not over"};
    return battle_->judge();
  }

private:
  using message = typename Core::message;

  Core make(const generals::battle& fought) {
    if constexpr (std::is_same_v<Core, sm::core>)
      return Core{fought, *keys_[fought.self]};
    else
      return Core{fought};
  }

  void lie(std::vector<letter>& letters) {
    std::vector<letter> sent;
    for (auto& honest : letters) {
      const auto* rule = rule_for(honest);
      if (rule == nullptr) {
        sent.push_back(std::move(honest));
        continue;
      }
      if (rule->how == rule::withholds) {
        *transcript_ += name(honest.from) + " is silent to " + name(honest.to) + '\n';
        continue;
      }
      if (rule->how == rule::delays) {
        *transcript_ += name(honest.from) + " lets " + name(honest.to) + " wait\n";
        honest.late = true;
      } else {
        change(honest, rule->what);
      }
      sent.push_back(std::move(honest));
    }
    letters = std::move(sent);
  }

  void change(letter& honest, order instead) {
    auto what = *Wire::decode(shared_bytes{honest.bytes});
    if (what.what == instead)
      return;
    what.what = instead;
    if constexpr (std::is_same_v<Core, sm::core>) {
      what.chain.pop_back();
      sm::endorse(what, honest.from, *keys_[honest.from]);
    }
    honest.bytes = Wire::encode(what).head;
    lies_.insert({honest.from, honest.to, honest.bytes});
  }

  void print(const letter& arrived) {
    auto what = describe(*Wire::decode(shared_bytes{arrived.bytes}));
    auto lied = lies_.contains({arrived.from, arrived.to, arrived.bytes});
    *transcript_ +=
        name(arrived.from) + (lied ? " lies to " : " tells ") + name(arrived.to) + ": " + what + '\n';
    told_[arrived.to].push_back(name(arrived.from) + ": " + what);
  }

  simulation::symbolic_signatures registry_{1};
  std::vector<std::unique_ptr<signature_scheme>> keys_;
  std::optional<battlefield<Core, Wire>> battle_;
  std::set<std::tuple<general, general, byte_buffer>> lies_; ///< of this round
  std::map<std::pair<general, std::string>, std::uint64_t> noticed_;
  std::set<general> decided_;
};

} // namespace

generals_stage::generals_stage() {
  auto add = [this](std::string verb, auto what) {
    verbs_.add(std::move(verb), [this, what](const command& words, std::string& transcript) {
      current().write_to(transcript);
      what(words, transcript);
    });
  };
  verbs_.add("generals", [this](const command& what, std::string&) { start(what); });
  add("lie", [this](const command& what, std::string&) {
    rule added;
    added.who = parse_general(what.word(0), current().army().generals);
    if (!current().army().traitors.contains(added.who))
      throw scenario_error{what.word(0) + " is loyal"};
    if (what.word(1) == "says")
      added.what = parse_order(what.word(2));
    else if (what.word(1) == "withholds" || what.word(1) == "delays")
      added.how = what.word(1) == "delays" ? rule::delays : rule::withholds;
    else
      throw scenario_error{"nobody knows how to lie by '" + what.word(1) + "'"};
    if (what.has("to"))
      added.to = parse_general(what.words.back(), current().army().generals);
    current().add(added);
  });
  add("command", [this](const command& what, std::string&) { current().give(parse_order(what.word(0))); });
  add("round", [this](const command&, std::string&) { current().play_round(); });
  add("show", [this](const command& what, std::string&) {
    current().show(parse_general(what.word(0), current().army().generals));
  });
  add("judge", [this](const command&, std::string& transcript) {
    auto result = current().judge();
    transcript += result.ic1 ? "IC1 holds\n" : "IC1 is violated: the loyal lieutenants do not agree\n";
    if (current().army().traitors.contains(generals::commander))
      transcript += "IC2 asks nothing: the commander is a traitor\n";
    else
      transcript += result.ic2 ? "IC2 holds\n" : "IC2 is violated: the loyal commander is not obeyed\n";
  });
}

generals_stage::~generals_stage() = default;

void generals_stage::start(const command& what) {
  forces army;
  army.generals = parse_number(what.word(0));
  const std::string_view algorithm = what.word(1);
  if (algorithm.size() < 5 || algorithm[2] != '(' || algorithm.back() != ')')
    throw scenario_error{"'" + what.word(1) + "' is neither OM(m) nor SM(m)"};
  army.traitors_expected = parse_number(algorithm.substr(3, algorithm.size() - 4));
  for (std::size_t at = 3; at < what.words.size(); ++at)
    army.traitors.insert(parse_general(what.word(at), army.generals));
  if (algorithm.starts_with("OM"))
    field_ = std::make_unique<field_of<om::core, om::wire>>(army, nullptr);
  else
    field_ = std::make_unique<field_of<sm::core, sm::wire>>(army, nullptr);
}

generals_stage::field& generals_stage::current() {
  if (!field_)
    throw scenario_error{"a scenario begins with generals"};
  return *field_;
}

} // namespace chorus::testing
