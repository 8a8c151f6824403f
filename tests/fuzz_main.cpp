/// Runs a fuzz target without libFuzzer: every seed, then deterministic mutations of the seeds.
///
///   fuzz_<name> [-runs=<mutations>] <seed file or folder>...
///
/// The input under way stands in the file `<program>.last_input` of the working directory, whatever ends
/// the process; give that file to the program to see the same end again.

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/random.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using input = std::vector<std::uint8_t>;

constexpr std::size_t longest_input = 4096;

/// Numbers at which lengths, counts and flags go wrong.
constexpr std::array<std::uint32_t, 10> interesting = {
    0, 1, 2, 0x7f, 0xff, 0x100, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};

input read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The seeds in the order of their names, so that a run can be repeated.
std::vector<input> read_seeds(std::vector<std::filesystem::path> paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::directory_iterator{path})
        files.push_back(entry.path());
    } else {
      files.push_back(path);
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<input> seeds;
  std::transform(files.begin(), files.end(), std::back_inserter(seeds), read_file);
  return seeds;
}

std::ptrdiff_t position(chorus::random_generator& chance, const input& bytes) {
  return static_cast<std::ptrdiff_t>(chance.below(bytes.size() + 1));
}

void mutate(chorus::random_generator& chance, input& bytes, const std::vector<input>& seeds) {
  const auto at = position(chance, bytes);
  const auto here = bytes.begin() + at;
  const auto room = static_cast<std::size_t>(bytes.end() - here);
  switch (chance.below(7)) {
  case 0:
    if (room > 0)
      *here ^= static_cast<std::uint8_t>(1u << chance.below(8));
    break;
  case 1:
    if (room > 0)
      *here = static_cast<std::uint8_t>(chance.next());
    break;
  case 2: {
    const auto number = interesting[chance.below(interesting.size())];
    for (std::size_t i = 0; i < std::min<std::size_t>(room, 4); ++i)
      here[static_cast<std::ptrdiff_t>(i)] = static_cast<std::uint8_t>(number >> (8 * i));
    break;
  }
  case 3:
    bytes.erase(here, bytes.end());
    break;
  case 4:
    bytes.erase(here, here + static_cast<std::ptrdiff_t>(chance.below(std::min<std::size_t>(room, 16) + 1)));
    break;
  case 5:
    bytes.insert(here, static_cast<std::size_t>(chance.below(16)), static_cast<std::uint8_t>(chance.next()));
    break;
  default: {
    const auto& other = seeds[chance.below(seeds.size())];
    bytes.erase(here, bytes.end());
    bytes.insert(bytes.end(), other.begin() + position(chance, other), other.end());
    break;
  }
  }
  if (bytes.size() > longest_input)
    bytes.resize(longest_input);
}

/// Keeps the input under way on disk.
class last_input {
public:
  explicit last_input(std::string path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb+")) {
    if (file_ != nullptr)
      std::setbuf(file_, nullptr);
  }

  last_input(const last_input&) = delete;
  last_input& operator=(const last_input&) = delete;

  /// The run went well: nothing to keep.
  ~last_input() {
    if (file_ != nullptr)
      std::fclose(file_);
    std::remove(path_.c_str());
  }

  void run(const input& bytes) {
    if (file_ != nullptr) {
      std::filesystem::resize_file(path_, 0);
      std::rewind(file_);
      std::fwrite(bytes.data(), 1, bytes.size(), file_);
    }
    // An exact copy on the heap, so that the address sanitizer sees a read past the end.
    const input exact(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
  }

private:
  std::string path_;
  std::FILE* file_;
};

} // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 0;
  std::vector<std::filesystem::path> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("-runs="))
      runs = std::strtoull(argv[i] + std::string_view{"-runs="}.size(), nullptr, 10);
    else
      paths.emplace_back(argument);
  }
  const auto seeds = read_seeds(paths);
  if (seeds.empty()) {
    std::fprintf(stderr, "usage: %s [-runs=<mutations>] <seed file or folder>...\n", argv[0]);
    return 1;
  }

  last_input runner{std::filesystem::path{argv[0]}.filename().string() + ".last_input"};
  for (const auto& seed : seeds)
    runner.run(seed);
  chorus::random_generator chance{1};
  for (std::uint64_t i = 0; i < runs; ++i) {
    auto bytes = seeds[chance.below(seeds.size())];
    for (auto changes = 1 + chance.below(4); changes > 0; --changes)
      mutate(chance, bytes, seeds);
    runner.run(bytes);
  }
  std::printf("%zu seeds and %llu mutations\n", seeds.size(), static_cast<unsigned long long>(runs));
  return 0;
}
