#include "disk.hpp"

#include <chorus/runtime/check.hpp>

#include <utility>

namespace chorus::simulation {

namespace {

constexpr auto shortest_sync = std::chrono::microseconds{200};
constexpr auto longest_sync = std::chrono::milliseconds{2};

} // namespace

void disk::write(persist_token token, byte_buffer bytes, answer done) {
  CHORUS_CHECK(waiting_.size() < limit_waiting, "writes without end");
  if (full_)
    faults_.add(fault::disk_full);
  waiting_.push_back({token, std::move(bytes), std::move(done)});
  begin_sync();
}

void disk::begin_sync() {
  if (syncing_ > 0 || full_ || waiting_.empty())
    return;
  syncing_ = waiting_.size();
  if (slowness_ > 1)
    faults_.add(fault::disk_slow);
  auto time = chance_.duration_between(shortest_sync, longest_sync) * slowness_;
  events_.after(time, [this, life = crashes_] {
    if (life == crashes_)
      end_sync();
  });
}

void disk::end_sync() {
  std::deque<waiting_write> durable;
  for (; syncing_ > 0; --syncing_) {
    records_.push_back({std::move(waiting_.front().bytes)});
    durable.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  begin_sync();
  auto life = crashes_;
  for (auto& write : durable)
    if (life == crashes_) // an answer may make the node crash
      write.done(write.token);
}

// -- faults ------------------------------------------------------------------------------------------

void disk::crash() {
  ++crashes_;
  auto syncing = std::exchange(syncing_, 0);
  auto left = std::exchange(waiting_, {});
  auto with_room = full_ ? syncing : left.size();
  for (; with_room > 0 && chance_.chance(0.5); --with_room) {
    records_.push_back({std::move(left.front().bytes)});
    left.pop_front();
  }
  if (left.empty())
    return;
  auto& next = left.front().bytes;
  if (with_room > 0 && !next.empty() && chance_.chance(0.5)) {
    faults_.add(fault::torn_write);
    next.resize(chance_.below(next.size()));
    records_.push_back({std::move(next), false});
    left.pop_front();
  }
  for (; !left.empty(); left.pop_front())
    faults_.add(fault::unsynced_lost);
}

bool disk::wipe() {
  if (records_.empty())
    return false;
  records_.clear();
  faults_.add(fault::disk_lost);
  return true;
}

void disk::set_full(bool full) {
  if (full && !full_)
    for (auto place = syncing_; place < waiting_.size(); ++place)
      faults_.add(fault::disk_full);
  full_ = full;
  begin_sync();
}

void disk::set_slowness(int times) {
  CHORUS_CHECK(times >= 1, "no disk is faster than it is");
  slowness_ = times;
}

bool disk::rot() {
  std::vector<record*> candidates;
  for (auto& one : records_)
    if (!one.bytes.empty())
      candidates.push_back(&one);
  if (candidates.empty())
    return false;
  auto& victim = *candidates[chance_.below(candidates.size())];
  victim.bytes[chance_.below(victim.bytes.size())] ^= static_cast<std::byte>(1u << chance_.below(8));
  victim.intact = false;
  faults_.add(fault::bit_rot);
  return true;
}

} // namespace chorus::simulation
