#pragma once

#include <chorus/handles/introductions.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/simulation/checker.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace chorus::testing {

/// What a node has when nothing is under way any more.
struct handles_at_rest {
  std::string fault;                  ///< what should not be there then; empty if nothing
  std::set<handles::actor_name> held; ///< in the hands of its users; of actors that live, as far as they know
  std::set<handles::actor_name> living; ///< its own actors
};

/// The accounts of handles and requests, looked at in the end and whenever somebody is told something.
class handle_accounts final : public simulation::checker {
public:
  handle_accounts()
      : checker("an actor is held exactly as long as somebody has a handle, and each request ends once, truly"
      ) {}

  void asked(std::uint64_t request, const handles::actor_name& requester) {
    requests_[request].by = requester;
  }
  void executed(std::uint64_t request);
  void ended(std::uint64_t request, requests::request_fate fate);
  void forgotten(const handles::actor_name& requester);

  /// That life has ended, and all that its actors asked is of nobody.
  void forgotten(const peer& life);

  /// A request of an actor that lives and that nobody has answered; 0 if there is none.
  std::uint64_t open() const;

  void fault(const std::string& what) { broken(what); }

  /// All these nodes are at rest.
  void look(const std::vector<handles_at_rest>& all);

private:
  struct account {
    handles::actor_name by;
    bool was_executed = false;
    bool is_over = false;
    bool is_denied = false;
    bool is_of_nobody = false;
  };
  std::map<std::uint64_t, account> requests_;
};

} // namespace chorus::testing
