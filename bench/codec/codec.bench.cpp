/// What it costs to write and read values: a small message, blocks of bytes, containers.

#include <chorus/runtime/codec/codec.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace chorus::codec {
namespace {

struct small {
  std::int64_t number = 42;
  std::string text = std::string(32, 'x');

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number, text);
  }
};

template <class T>
void encode_value(benchmark::State& state, const T& value) {
  byte_buffer reused;
  for (auto _ : state) {
    reused.clear();
    if (encode_to(reused, value))
      return state.SkipWithError("not encoded");
    benchmark::DoNotOptimize(reused.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reused.size()));
}

template <class T>
void decode_value(benchmark::State& state, const T& value) {
  const auto bytes = encode(value);
  for (auto _ : state) {
    auto decoded = decode<T>(bytes);
    if (!decoded)
      return state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(decoded);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

std::unordered_map<std::string, std::uint64_t> thousand_entries() {
  std::unordered_map<std::string, std::uint64_t> made;
  for (std::uint64_t i = 0; i < 1000; ++i)
    made.emplace(std::to_string(i), i);
  return made;
}

BENCHMARK_CAPTURE(encode_value, small_message, small{});
BENCHMARK_CAPTURE(decode_value, small_message, small{});
BENCHMARK_CAPTURE(encode_value, thousand_small_messages, std::vector<small>(1000));
BENCHMARK_CAPTURE(decode_value, thousand_small_messages, std::vector<small>(1000));
BENCHMARK_CAPTURE(encode_value, block_of_64_kibibyte, byte_buffer(64 * limits::kibibyte));
BENCHMARK_CAPTURE(decode_value, block_of_64_kibibyte, byte_buffer(64 * limits::kibibyte));
BENCHMARK_CAPTURE(encode_value, unordered_map_of_a_thousand, thousand_entries());
BENCHMARK_CAPTURE(decode_value, unordered_map_of_a_thousand, thousand_entries());

} // namespace
} // namespace chorus::codec
