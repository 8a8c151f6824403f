#include <chorus/membership/swim/check.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/limits.hpp>

#include <optional>
#include <variant>

namespace chorus::membership::swim {

namespace {

error malformed(const char* what) {
  return {errc::malformed, what};
}

error check(const peer& who) {
  return who.node && who.incarnation ? error{} : malformed("a life without a node id or an incarnation");
}

error check(const address& where) {
  if (where.host.empty() || where.host.size() > limits::name_bytes || where.port == 0)
    return malformed("an address that nobody can be reached at");
  return {};
}

error check(chorus::refutation number) {
  return number <= refutation_limit ? error{} : malformed("more refutations than anybody makes");
}

struct rumour_check {
  error operator()(const alive& what) const {
    if (auto problem = check(what.refutation))
      return problem;
    return swim::check(what.who);
  }

  error operator()(const suspect& what) const {
    if (auto problem = check(what.who))
      return problem;
    if (what.voices.empty() || what.voices.size() > suspect::voices_limit)
      return malformed("a suspicion with no voice or too many");
    for (const auto& one : what.voices) {
      if (auto problem = check(one.accuser))
        return problem;
      if (one.what > evidence::hearsay)
        return malformed("evidence of an unknown kind");
    }
    return check(what.refutation);
  }

  error operator()(const failed& what) const {
    if (auto problem = check(what.who))
      return problem;
    if (auto problem = check(what.accuser))
      return problem;
    return check(what.refutation);
  }

  error operator()(const left& what) const { return check(what.who); }
};

error check(const std::vector<rumour>& rumours) {
  if (rumours.size() > limits::datagram_bytes)
    return {errc::too_large, "more rumours than a datagram carries"};
  for (const auto& one : rumours)
    if (auto problem = std::visit(rumour_check{}, one))
      return problem;
  return {};
}

struct content_check {
  const peer& from;

  error operator()(const ping_request& what) const { return check(what.subject); }

  error operator()(const hello& what) const {
    if (what.self.who != from)
      return malformed("a hello of somebody else than its sender");
    if (auto problem = swim::check(what.self))
      return problem;
    for (const auto* where : {&what.asked_at, &what.answers})
      if (*where)
        if (auto problem = check(**where))
          return problem;
    if (auto problem = check(what.refutation))
      return problem;
    if (what.failed) {
      if (auto problem = check(what.failed->who))
        return problem;
      if (auto problem = check(what.failed->refuted))
        return problem;
    }
    return check(what.view);
  }

  error operator()(const page& what) const { return check(what.entries); }

  error operator()(const abstention& what) const {
    if (what.subjects.empty() || what.subjects.size() > abstention::subjects_limit)
      return malformed("an abstention about nobody or too many");
    for (const auto& one : what.subjects)
      if (auto problem = check(one))
        return problem;
    return {};
  }

  error operator()(const refusal& what) const {
    if (what.reason > refusal::why::unreachable)
      return malformed("a refusal without a known reason");
    return swim::check(what.holder);
  }

  template <class Other>
  error operator()(const Other&) const {
    return {};
  }
};

} // namespace

error check(const member& someone) {
  if (auto problem = check(someone.who))
    return problem;
  if (someone.name.empty() || someone.name.size() > limits::name_bytes)
    return malformed("a member whose name is empty or too long");
  if (metadata_size(someone.about) > limits::metadata_bytes)
    return {errc::too_large, "a member that says too much about itself"};
  return check(someone.where);
}

error check_content(const peer& from, const message& what) {
  if (auto problem = check(from))
    return problem;
  if (auto problem = std::visit(content_check{from}, what.what))
    return problem;
  return check(what.rumours);
}

} // namespace chorus::membership::swim
