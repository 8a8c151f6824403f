#include "fate_mark.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/fate.hpp>

#include <caf/atom.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

namespace chorus {

namespace {

/// Errors that CAF makes too, in place of a target.
bool is_of_caf(caf::atom_value category) {
  return category == caf::atom("system") || category == caf::atom("exit") || category == caf::atom("parser");
}

} // namespace

request_fate fate(const caf::error& reason) {
  if (!reason || reason.category() == error_category)
    return marked_fate(reason).value_or(request_fate::unknown);
  if (auto marked = marked_fate(reason))
    return *marked;
  auto is_by_handler = !is_of_caf(reason.category()) || reason == caf::sec::runtime_error;
  return is_by_handler ? request_fate::executed : request_fate::unknown;
}

caf::error with_fate(const caf::error& reason, request_fate fate) {
  if (!reason)
    return reason;
  auto plain = without_fate(reason);
  auto mark = caf::make_message(fate);
  auto context = plain.context().empty() ? mark : plain.context() + mark;
  return {plain.code(), plain.category(), std::move(context)};
}

caf::error to_caf(const error& failure, request_fate fate) {
  return with_fate(to_caf(failure), fate);
}

// -- fates as they stand in errors -----------------------------------------------------------------------

std::optional<request_fate> marked_fate(const caf::message& context) {
  if (context.empty() || !context.match_element<request_fate>(context.size() - 1))
    return std::nullopt;
  switch (auto fate = context.get_as<request_fate>(context.size() - 1)) {
  case request_fate::executed:
  case request_fate::not_executed:
    return fate;
  default: // also what a peer has made up
    return request_fate::unknown;
  }
}

std::optional<request_fate> marked_fate(const caf::error& reason) {
  return reason ? marked_fate(reason.context()) : std::nullopt;
}

caf::error without_fate(const caf::error& reason) {
  if (!marked_fate(reason))
    return reason;
  return {reason.code(), reason.category(), reason.context().drop_right(1)};
}

/// `unexpected_message` is what CAF answers in an actor's name when none of its handlers fits.
std::optional<caf::error> as_answer(const caf::error& reason) {
  if (!reason || (!marked_fate(reason) && reason.category() != error_category))
    return std::nullopt;
  auto is_by_handler = reason != caf::sec::unexpected_message;
  return with_fate(reason, is_by_handler ? request_fate::executed : request_fate::unknown);
}

request_fate fate_without_answer(bool by_actor, const caf::type_erased_tuple& answer) {
  if (!answer.match_elements<caf::error>())
    return by_actor ? requests::fate_at(requests::request_stage::answered) : request_fate::unknown;
  const auto& reason = answer.get_as<caf::error>(0);
  auto own = by_actor ? as_answer(reason) : std::nullopt;
  return fate(own ? *own : reason);
}

} // namespace chorus
