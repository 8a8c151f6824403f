#include "campaign.hpp"

#include <algorithm>
#include <utility>

namespace chorus::simulation {

namespace {

bool happens(const excerpt& part, std::size_t place) {
  return place < part.first && !std::ranges::binary_search(part.left_out, place);
}

/// When the storm is over: the same whether the last item happens or is left out, so that leaving it out
/// changes nothing for the others.
time_point end_of(const campaign& what, const std::vector<planned>& plan, const excerpt& part) {
  auto is_cut_short = part.first > 0 && part.first <= plan.size();
  return is_cut_short ? plan[part.first - 1].when : time_point{what.storm_length};
}

/// The items that happen, a line each; of work that follows upon work, one line for all.
std::string text_of(const std::vector<planned>& plan, const excerpt& part) {
  std::string text;
  std::size_t work = 0;
  auto end_work = [&] {
    if (work > 1)
      text += "  " + std::to_string(work - 1) + " more times work\n";
    work = 0;
  };
  for (std::size_t place = 0; place < plan.size(); ++place) {
    if (!happens(part, place))
      continue;
    const auto& item = plan[place];
    if (!item.what && ++work > 1)
      continue;
    if (item.what)
      end_work();
    auto name = item.what ? to_string(*item.what) : "work";
    text += "  " + to_text(item.when.time_since_epoch()) + "  " + std::string{name} + '\n';
  }
  end_work();
  return text;
}

} // namespace

run_result run(const campaign& what, std::uint64_t seed, bool recorded, const excerpt& part) {
  run_result result;
  result.seed = seed;
  random_generator chance{seed};
  std::unique_ptr<trial> present; // outlives the processes that report to it
  world around{chance.next(), recorded};
  auto own_mix = what.mixes && seed % 2 == 0;
  const auto faults = own_mix ? mixed(what.faults, random_generator{seed}.split()) : what.faults;
  result.plan = make_plan(faults, what.storm_length, what.work_every, chance.split());
  around.network().set_quality(faults.stormy); // what nodes say when they start is in the storm too
  present = what.begin(around);
  storm weather{around, faults, what.lies};
  weather.begin();

  for (std::size_t place = 0; place < result.plan.size() && !around.broken(); ++place) {
    if (!happens(part, place))
      continue;
    const auto& item = result.plan[place];
    around.run_for(item.when - around.now());
    if (around.broken())
      break;
    random_generator own{item.seed};
    if (item.what)
      weather.perform(*item.what, own);
    else
      present->work(own);
    around.look_around();
  }
  around.run_for(end_of(what, result.plan, part) - around.now());

  if (!around.broken()) {
    weather.calm_down();
    present->settle();
    around.look_around();
    auto settled = around.run_until([&] { return present->is_settled(); }, what.settle_within);
    around.look_around(); // a trial may judge all that was seen only when it is settled
    if (!settled && !around.broken())
      around.end_run(
          {around.now(),
           "everything settles once the faults have stopped",
           present->unsettled() + ", " + to_text(what.settle_within) + " s after the storm"}
      );
  }
  result.broken = around.broken();
  result.events = around.events_happened();
  result.met.add(around.faults());
  present->count(result.met);
  result.story = std::move(around.story());
  return result;
}

shrunk shrink(const campaign& what, std::uint64_t seed) {
  shrunk best;
  best.run = run(what, seed);
  auto size = best.run.plan.size();
  best.part.first = size + 1; // the whole storm, which is known to fail
  auto fails = [&](const excerpt& part) {
    ++best.runs;
    return run(what, seed, false, part).broken.has_value();
  };

  // Whatever comes after the violation had no part in it.
  auto is_later = [&](const planned& item) { return item.when > best.run.broken->when; };
  auto length =
      static_cast<std::size_t>(std::ranges::find_if(best.run.plan, is_later) - best.run.plan.begin());
  std::size_t passes = 0;
  for (auto high = fails({length, {}}) ? length : best.part.first; passes < high;) {
    auto middle = passes + (high - passes) / 2;
    if (fails({middle, {}}))
      high = middle;
    else
      passes = middle + 1;
    best.part.first = high;
  }

  // In pieces that get smaller: what a run needs is usually little (Zeller and Hildebrandt, "Simplifying
  // and isolating failure-inducing input", IEEE TSE 28(2), 2002).
  auto prefix = std::min(best.part.first, size);
  for (auto piece = std::max<std::size_t>(prefix / 2, 1);; piece /= 2) {
    for (auto end = prefix; end > 0 && best.runs < shrunk::limit_of_runs; end -= std::min(piece, end)) {
      auto candidate = best.part;
      for (auto place = end - std::min(piece, end); place < end; ++place)
        candidate.left_out.push_back(place);
      std::ranges::sort(candidate.left_out);
      auto doubles = std::ranges::unique(candidate.left_out);
      candidate.left_out.erase(doubles.begin(), doubles.end());
      if (candidate.left_out.size() > best.part.left_out.size() && fails(candidate))
        best.part = std::move(candidate);
    }
    if (piece <= 1)
      break;
  }
  best.run = run(what, seed, true, best.part);
  return best;
}

std::string report(const campaign& what, const shrunk& failing, std::size_t lines) {
  const auto& found = failing.run;
  auto taken = std::min(failing.part.first, found.plan.size()) - failing.part.left_out.size();
  auto text = "campaign " + what.name + ", seed " + std::to_string(found.seed)
              + ": broken: " + found.broken->invariant + "\n  " + found.broken->how + "\nat "
              + to_text(found.broken->when.time_since_epoch()) + " s\n";
  text += "It takes " + std::to_string(taken) + " of the " + std::to_string(found.plan.size())
          + " things that were planned (found in " + std::to_string(failing.runs) + " runs):\n"
          + text_of(found.plan, failing.part);
  return text + "The end of the transcript:\n" + found.story.tail(lines);
}

void campaign_result::add(const campaign& what, const run_result& one) {
  ++runs;
  events += one.events;
  met.merge(one.met);
  for (const auto& name : what.expected)
    met.expect(name);
  for (const auto& each : what.shares)
    met.expect(each);
  if (one.broken && (!failing_seed || one.seed < *failing_seed))
    failing_seed = one.seed;
}

void campaign_result::merge(const campaign_result& other) {
  runs += other.runs;
  events += other.events;
  met.merge(other.met);
  if (other.failing_seed && (!failing_seed || *other.failing_seed < *failing_seed))
    failing_seed = other.failing_seed;
}

} // namespace chorus::simulation
