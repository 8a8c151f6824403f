#pragma once

#include "../../actors/temporary_folder.hpp"
#include "private_network.hpp"
#include "witness.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// Six nodes, each a process on a host of its own (private_network.hpp). Each holds a handle of an actor of
/// each other. The fixture keeps track of which pairs a fault touched: the others must not notice it.
///
/// Skipped where no network namespace can be made.
class six_nodes : public ::testing::Test {
public:
  enum member : std::size_t { ada, ben, cleo, dora, eva, finn };
  using members = std::vector<member>;
  static inline const members everybody{ada, ben, cleo, dora, eva, finn};

protected:
  /// After the last fault has ended.
  static constexpr std::chrono::seconds agree_within{5};

  /// Waits until all are up and hold each other.
  void SetUp() override;

  // -- faults -------------------------------------------------------------------------------------------

  /// Nothing that one of `from` sends reaches another one of `to`.
  void cut(const members& from, const members& to);

  /// Nothing passes between the two, in either direction.
  void part(const members& some, const members& others);

  /// Nothing is cut any more.
  void heal();

  void pause(const members& some);
  void resume(const members& some);

  void kill(member which);

  /// Starts one that was killed from its data directory, at the other address of its host.
  void start_elsewhere(member which);

  // -- what they do -------------------------------------------------------------------------------------

  /// Sends a request to the actor that `which` holds of `whom`. Does not wait for the answer.
  void ask(member which, member whom);

  /// Waits until each of `some` has told that of each of `others`, for example `gone`.
  void expect(const members& some, const std::string& event, const members& others);

  /// Waits until the first fault has lasted so long; none of `some` may have told that of one of `others` by
  /// then.
  void expect_no(
      const members& some, const std::string& event, const members& others, std::chrono::seconds lasting
  );

  /// What must be so when the last fault has ended. Within `agree_within` all have all others up, in the
  /// lives that they have, and then nothing changes any more. All handles work: those that were held from the
  /// beginning in pairs that no fault touched, which have not told of anything, and in all others
  /// those that are found now. Prints what happened.
  void expect_agreement();

  /// Whether pairs that no fault touched have told of nothing: neither `down` nor `gone`, no handle was lost
  /// and no request failed.
  ::testing::AssertionResult bystanders_are_quiet() const;

  std::size_t count(const std::string& event) const;

  witness& at(member which) const { return *witnesses_.at(which); }

private:
  using pair = std::pair<member, member>;

  static std::string name_of(member which);
  static void for_each_pair(const std::function<void(member, member)>& action); ///< in both orders
  void start(member which, bool at_second_address = false);
  void begin_fault();
  void end_faults() { ended_ = witness::now(); }
  void touch(member which, member other);
  void touch_all_of(member which);
  bool is_touched(member which, member other) const;
  void hold(member which, member whom);
  void expect_all_up();
  void expect_no_late_change();
  void expect_working_handles();
  void tell_figures() const;
  static bool is_change(const witness::event& event);
  std::chrono::milliseconds agreed_after() const;

  temporary_folder data_;
  std::unique_ptr<private_network> network_;
  std::map<member, std::unique_ptr<witness>> witnesses_;
  std::map<member, std::string> lives_;
  std::set<pair> touched_; ///< the lesser one first
  witness::moment began_{};
  witness::moment ended_{};
};

} // namespace chorus::testing
