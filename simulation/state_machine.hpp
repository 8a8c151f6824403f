#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::simulation {

/// How `try_state_machine` tries a class.
struct state_machine_options {
  std::size_t replicas = 3; ///< at least 2
  std::size_t commands = 1'000;

  /// How often, for each command and replica, the replica is replaced by one that was read from its
  /// snapshot: a probability. The first replica never is.
  double restores = 0.05;

  /// Commands that one replica may be ahead of another; from 1.
  std::size_t lead = 16;
};

/// Where a replica was first seen to differ from the first one.
struct divergence {
  std::uint64_t seed = 0;
  std::size_t command = 0;             ///< from 0
  std::size_t replica = 0;             ///< from 1; the first one, 0, is what the others are compared with
  std::optional<std::size_t> restored; ///< the command before which the replica was last restored
  std::string how;
};

/// The divergence in a sentence or two.
std::string to_string(const divergence& found);

/// Whether a class can be replicated: tries it without a cluster. Nothing if no replica differs.
///
/// Replicated objects are equal on all nodes because each begins as `Class`, applies the same commands in
/// the same order, and is deterministic (Schneider, "Implementing fault-tolerant services using the state
/// machine approach", ACM Computing Surveys 22(4), 1990). A replica that comes late begins with a
/// snapshot: cereal's `serialize` of another one. Here several replicas of this process apply the same random
/// commands; after each of them the results and the encoded states must be the same bytes.
///
/// What it finds: members that `serialize` leaves out (of the class or of a command); results that depend
/// on addresses, on the order of an unordered container, on static or global variables, on a clock or a
/// global generator; members that nobody initialises. As every test it finds what its commands reach,
/// and only if it is seen in a result or in the encoded state.
///
/// `next_command(random_generator&)` gives a random command: a `std::variant`, or one type. Each
/// alternative is taken by a member `on(const alternative&)` of `Class`. Commands and results, unless void,
/// are values that `codec` can encode, as they travel between nodes.
template <class Class, class NextCommand>
std::optional<divergence>
try_state_machine(std::uint64_t seed, NextCommand next_command, const state_machine_options& how = {});

// -- how it is done -----------------------------------------------------------------------------------

namespace detail {

/// The first difference of two byte strings, for people: `<what>` differs at which byte, and how.
std::string difference(const std::string& what, const_bytes expected, const_bytes found);

template <class Command>
struct is_variant : std::false_type {};
template <class... Alternatives>
struct is_variant<std::variant<Alternatives...>> : std::true_type {};

/// Applies one command; the result as bytes.
template <class Class, class Command>
result<byte_buffer> apply_command(Class& object, const Command& command) {
  byte_buffer bytes;
  auto apply = [&](const auto& what) {
    if constexpr (std::is_void_v<decltype(object.on(what))>) {
      object.on(what);
      return error{};
    } else {
      return codec::encode_to(bytes, object.on(what));
    }
  };
  error failed;
  if constexpr (is_variant<Command>::value)
    failed = std::visit(apply, command);
  else
    failed = apply(command);
  if (failed)
    return failed;
  return bytes;
}

/// One object, in memory that is full of `garbage` when the object is made there: members that nobody
/// initialises then differ from replica to replica.
template <class Class>
class replica {
public:
  explicit replica(unsigned char garbage) {
    volatile auto* place = reinterpret_cast<volatile unsigned char*>(memory_.get());
    for (std::size_t at = 0; at < sizeof(room); ++at)
      place[at] = garbage;
    object_ = new (memory_->bytes) Class; // not `Class()`, which would clear some of it
  }
  ~replica() {
    if (object_ != nullptr)
      object_->~Class();
  }
  replica(replica&& other) noexcept
      : memory_(std::move(other.memory_)), object_(std::exchange(other.object_, nullptr)) {}
  replica& operator=(replica&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(object_, other.object_);
    return *this;
  }

  Class& object() noexcept { return *object_; }

  result<byte_buffer> snapshot() const {
    byte_buffer bytes;
    if (auto failed = codec::encode_to(bytes, *object_))
      return failed;
    return bytes;
  }

  /// Replaces a fresh object's state.
  error restore(const_bytes snapshot) {
    codec::reader archive{snapshot};
    auto read = codec::decode_with(archive, [this](codec::reader& source) {
      source(*object_);
      return true;
    });
    if (!read)
      return read.failure();
    return archive.left() == 0 ? error{} : error{errc::malformed, "it does not read all of its snapshot"};
  }

private:
  struct room {
    alignas(Class) std::byte bytes[sizeof(Class)];
  };

  std::unique_ptr<room> memory_{new room};
  Class* object_ = nullptr;
};

template <class Class, class NextCommand>
class state_machine_trial {
public:
  state_machine_trial(std::uint64_t seed, NextCommand& next_command, const state_machine_options& how)
      : seed_(seed), next_command_(next_command), how_(how), chance_(seed), commands_(chance_.split()) {
    CHORUS_CHECK(how.replicas >= 2, "one replica has nobody to differ from");
    CHORUS_CHECK(how.lead >= 1, "replicas apply commands");
    for (std::size_t place = 0; place < how.replicas; ++place)
      members_.push_back({replica<Class>{garbage()}, {}});
  }

  std::optional<divergence> run() {
    while (applied_ < how_.commands && !found_) {
      batch_.clear();
      auto length = 1 + chance_.below(std::min(how_.lead, how_.commands - applied_));
      for (std::size_t place = 0; place < members_.size() && !found_; ++place)
        for (std::size_t offset = 0; offset < length && !found_; ++offset)
          advance(place, offset);
      applied_ += length;
    }
    return found_;
  }

private:
  using command = std::remove_cvref_t<std::invoke_result_t<NextCommand&, random_generator&>>;

  struct member {
    replica<Class> present;
    std::optional<std::size_t> restored;
  };

  /// What the first replica did with a command; the others come later.
  struct done {
    byte_buffer encoded; ///< the command, as the others get it
    byte_buffer answer;
    byte_buffer state;
  };

  void advance(std::size_t place, std::size_t offset) {
    if (place > 0 && chance_.chance(how_.restores))
      restore(place, offset);
    if (found_)
      return;
    if (place == 0) {
      auto what = next_command_(commands_);
      auto encoded = take(place, offset, encode(what), "the command");
      batch_.push_back({std::move(encoded), {}, {}});
      batch_.back().answer = apply(place, offset, what);
      batch_.back().state = state(place, offset);
      return;
    }
    const auto& first = batch_[offset];
    auto what = codec::decode<command>(first.encoded);
    if (!what)
      return differs(place, offset, "it cannot read the command: " + to_string(what.failure()));
    auto answer = apply(place, offset, *what);
    if (answer != first.answer)
      return differs(place, offset, difference("the result", first.answer, answer));
    auto now = state(place, offset);
    if (now != first.state)
      differs(place, offset, difference("the encoded state", first.state, now));
  }

  void restore(std::size_t place, std::size_t offset) {
    auto before = state(place, offset);
    replica<Class> restored{garbage()};
    if (auto failed = restored.restore(before))
      return differs(place, offset, "it cannot read its snapshot: " + to_string(failed));
    members_[place].present = std::move(restored);
    members_[place].restored = applied_ + offset;
    auto after = state(place, offset);
    if (after != before)
      differs(place, offset, difference("the encoded state, once restored,", before, after));
  }

  byte_buffer apply(std::size_t place, std::size_t offset, const command& what) {
    return take(place, offset, apply_command(members_[place].present.object(), what), "the result");
  }

  byte_buffer state(std::size_t place, std::size_t offset) {
    return take(place, offset, members_[place].present.snapshot(), "the state");
  }

  static result<byte_buffer> encode(const command& what) {
    byte_buffer bytes;
    if (auto failed = codec::encode_to(bytes, what))
      return failed;
    return bytes;
  }

  byte_buffer take(std::size_t place, std::size_t offset, result<byte_buffer> bytes, const char* what) {
    if (bytes)
      return std::move(*bytes);
    differs(place, offset, std::string{what} + " cannot be encoded: " + to_string(bytes.failure()));
    return {};
  }

  void differs(std::size_t place, std::size_t offset, std::string how) {
    if (!found_)
      found_ = divergence{seed_, applied_ + offset, place, members_[place].restored, std::move(how)};
  }

  unsigned char garbage() { return static_cast<unsigned char>(chance_.below(256)); }

  std::uint64_t seed_;
  NextCommand& next_command_;
  const state_machine_options& how_;
  random_generator chance_;
  random_generator commands_;
  std::vector<member> members_;
  std::vector<done> batch_;
  std::size_t applied_ = 0; ///< by all replicas
  std::optional<divergence> found_;
};

} // namespace detail

template <class Class, class NextCommand>
std::optional<divergence>
try_state_machine(std::uint64_t seed, NextCommand next_command, const state_machine_options& how) {
  return detail::state_machine_trial<Class, NextCommand>{seed, next_command, how}.run();
}

} // namespace chorus::simulation
