#include <chorus/simulation/history/agreement.hpp>

#include <cstddef>
#include <map>

namespace chorus::simulation {

namespace {

using stay = broadcast_history::stay;

/// All that a member delivered, and its latest stay.
struct member_record {
  std::set<message_id> delivered;
  const stay* latest = nullptr;
};

/// Messages that must be there and are not.
struct shortage {
  message_id first;
  std::size_t count = 0;

  void add(const message_id& message) {
    if (count++ == 0)
      first = message;
  }

  std::string text() const {
    return to_string(first) + (count == 1 ? "" : " and " + std::to_string(count - 1) + " more");
  }
};

std::map<participant, member_record> records_of(const broadcast_history& history) {
  std::map<participant, member_record> records;
  for (const auto& each : history.stays()) {
    auto& record = records[each.member];
    record.latest = &each;
    for (const auto& delivery : each.deliveries)
      record.delivered.insert(delivery.message);
  }
  return records;
}

void check_agreed(
    const broadcast_history& history,
    const member_record& member,
    const std::map<message_id, participant>& obliging,
    std::vector<violation>& found
) {
  shortage lacking;
  for (const auto& [message, by] : obliging)
    if (!member.delivered.contains(message) && history.owes(*member.latest, message))
      lacking.add(message);
  if (lacking.count == 0)
    return;
  auto what = to_string(member.latest->member) + " lacks " + lacking.text() + ", which "
              + to_string(obliging.at(lacking.first)) + " delivered";
  found.push_back({"agreement", std::move(what), {lacking.first}});
}

void check_own(const broadcast_history& history, const member_record& member, std::vector<violation>& found) {
  shortage lacking;
  auto self = member.latest->member;
  for (std::uint64_t number = 1; number <= history.published_by(self); ++number) {
    message_id own{self, number};
    if (!member.delivered.contains(own) && history.owes(*member.latest, own))
      lacking.add(own);
  }
  if (lacking.count == 0)
    return;
  found.push_back(
      {"validity", to_string(self) + " published " + lacking.text() + " and lacks it", {lacking.first}}
  );
}

} // namespace

std::vector<violation>
check_agreement(const broadcast_history& history, const std::set<participant>& correct, agreement_kind kind) {
  auto records = records_of(history);
  std::map<message_id, participant> obliging;
  for (const auto& [who, record] : records)
    if (kind == agreement_kind::uniform || correct.contains(who))
      for (const auto& message : record.delivered)
        obliging.emplace(message, who);
  std::vector<violation> found;
  for (const auto& [who, record] : records) {
    if (!correct.contains(who))
      continue;
    check_agreed(history, record, obliging, found);
    check_own(history, record, found);
  }
  if (found.size() > max_violations)
    found.resize(max_violations);
  return found;
}

} // namespace chorus::simulation
