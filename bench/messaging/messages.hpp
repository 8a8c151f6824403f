#pragma once

#include <chorus/actors/message.hpp>

#include <cstdint>
#include <string>

/// What the two processes of the benchmark say to each other.
namespace chorus::bench {

/// The payload of every test.
struct record {
  std::int64_t number = 0;
  std::string text;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number, text);
  }
};

/// A request; the server answers with the record.
struct question {
  record content;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(content);
  }
};

/// A request that comes before the records of a one-way test; the answer is `acknowledged{0}`.
struct begin {
  std::uint64_t acknowledge_every = 0; ///< records; 0: never

  template <class Archive>
  void serialize(Archive& archive) {
    archive(acknowledge_every);
  }
};

/// The server has this many records.
struct acknowledged {
  std::uint64_t count = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(count);
  }
};

/// A request after the last record; the answer is a `tally`.
struct finish {
  template <class Archive>
  void serialize(Archive&) {}
};

/// What the server has seen since `begin`.
struct tally {
  std::uint64_t count = 0;      ///< records
  std::uint64_t misplaced = 0;  ///< records that came again or after a later one
  std::int64_t nanoseconds = 0; ///< from the first record to `finish`

  template <class Archive>
  void serialize(Archive& archive) {
    archive(count, misplaced, nanoseconds);
  }
};

} // namespace chorus::bench

CHORUS_MESSAGE(chorus::bench::record, "bench.messaging.record/1")
CHORUS_MESSAGE(chorus::bench::question, "bench.messaging.question/1")
CHORUS_MESSAGE(chorus::bench::begin, "bench.messaging.begin/1")
CHORUS_MESSAGE(chorus::bench::acknowledged, "bench.messaging.acknowledged/1")
CHORUS_MESSAGE(chorus::bench::finish, "bench.messaging.finish/1")
CHORUS_MESSAGE(chorus::bench::tally, "bench.messaging.tally/1")
