#include "../../actors/log_writer.hpp"

#include "temporary_folder.hpp"

#include <chorus/runtime/transport/descriptor.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

/// A log whose reader goes, does not read, or has no room.
namespace chorus {
namespace {

constexpr std::chrono::seconds patience{60};

struct pipe_ends {
  descriptor reading;
  descriptor writing;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {descriptor{ends[0]}, descriptor{ends[1]}};
}

/// The lines that come out of a pipe.
class line_reader {
public:
  explicit line_reader(const descriptor& from) : from_(from) {}

  /// The next one, without its end; nothing at the end of the pipe, or when none comes.
  std::optional<std::string> next() {
    std::size_t end = 0;
    while ((end = text_.find('\n')) == std::string::npos)
      if (!read_some())
        return std::nullopt;
    auto line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return line;
  }

private:
  bool read_some() {
    pollfd wanted{from_.number(), POLLIN, 0};
    auto within = std::chrono::milliseconds{patience}.count();
    std::array<char, 4096> bytes;
    if (::poll(&wanted, 1, static_cast<int>(within)) <= 0)
      return false;
    auto count = ::read(from_.number(), bytes.data(), bytes.size());
    if (count > 0)
      text_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  const descriptor& from_;
  std::string text_;
};

/// Until the pipe takes no more.
void fill(const descriptor& writing) {
  auto flags = ::fcntl(writing.number(), F_GETFL);
  ::fcntl(writing.number(), F_SETFL, flags | O_NONBLOCK);
  while (::write(writing.number(), "x", 1) == 1) {
  }
  EXPECT_EQ(errno, EAGAIN);
  ::fcntl(writing.number(), F_SETFL, flags);
}

/// A log that goes to one pipe now and to something else later.
class a_log : public ::testing::Test {
protected:
  a_log() { std::signal(SIGPIPE, SIG_DFL); }

  void write(const std::string& text) { writer->write(text + '\n'); }

  /// Waits until that is written, or is lost.
  void write_now(const std::string& text) {
    write(text);
    EXPECT_TRUE(writer->flush(patience));
  }

  /// From now on the log goes there.
  void lead_to(const descriptor& place) {
    ASSERT_EQ(::dup3(place.number(), ends.writing.number(), O_CLOEXEC), ends.writing.number());
  }

  pipe_ends ends = make_pipe();
  line_reader lines{ends.reading};
  std::shared_ptr<log_writer> writer = log_writer::open(ends.writing.number(), [](const std::string& text) {
                                         return "log: " + text + '\n';
                                       }).value();
};

TEST_F(a_log, keeps_the_order_of_lines) {
  for (int i = 0; i < 1000; ++i)
    write(std::to_string(i));
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(lines.next(), std::to_string(i));
}

TEST_F(a_log, whose_reader_goes_ends_nobody_and_says_later_what_is_missing) {
  ends.reading.close();
  write_now("one");
  write_now("two");
  auto next = make_pipe();
  line_reader later{next.reading};
  lead_to(next.writing);
  EXPECT_EQ(later.next(), "log: 2 lines of the log not written: Broken pipe") << "without another line";
  write_now("three");
  EXPECT_EQ(later.next(), "three") << "said once";
}

TEST_F(a_log, on_a_full_disk_says_later_what_is_missing) {
  descriptor full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  lead_to(full);
  write_now("one");
  auto next = make_pipe();
  line_reader later{next.reading};
  lead_to(next.writing);
  write("two");
  EXPECT_EQ(later.next(), "log: 1 line of the log not written: No space left on device");
  EXPECT_EQ(later.next(), "two");
}

/// The first part of a line still fits; what follows begins a line of its own.
TEST_F(a_log, in_a_file_that_may_not_grow_ends_nobody_and_says_later_what_is_missing) {
  temporary_folder folder;
  auto path = folder.path() / "log";
  descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  lead_to(file);
  std::signal(SIGXFSZ, SIG_DFL);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  auto small = usual;
  small.rlim_cur = 6;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  write_now("one");
  write_now("two");
  write_now("three");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  write_now("four");
  std::ifstream written{path};
  std::string all{std::istreambuf_iterator<char>{written}, {}};
  EXPECT_EQ(all, "one\ntw\nlog: 2 lines of the log not written: File too large\nfour\n");
}

TEST_F(a_log, that_is_not_read_never_waits_and_says_later_what_is_missing) {
  const std::string filling(1000, '.');
  constexpr std::size_t count = 2 * log_writer::waiting_bytes / 1000;
  fill(ends.writing);
  for (std::size_t i = 0; i < count; ++i)
    write(std::to_string(i) + filling);
  EXPECT_FALSE(writer->flush(std::chrono::milliseconds{1}));
  auto first = *lines.next();
  EXPECT_EQ(first.substr(first.find_first_not_of('x')), '0' + filling);
  std::size_t next = 1;
  auto line = *lines.next();
  for (; line == std::to_string(next) + filling; ++next)
    line = *lines.next();
  EXPECT_LE(next * filling.size(), log_writer::waiting_bytes);
  EXPECT_GE(next * filling.size(), log_writer::waiting_bytes / 2);
  EXPECT_EQ(
      line,
      "log: " + std::to_string(count - next)
          + " lines of the log not written: they came faster than "
            "they were read"
  );
  write("after");
  EXPECT_EQ(lines.next(), "after");
}

TEST_F(a_log, says_what_is_missing_where_it_is_missing) {
  const std::string filling(1000, '.');
  fill(ends.writing);
  for (std::size_t i = 0; i < 2 * log_writer::waiting_bytes / 1000; ++i)
    write(filling);
  // Room for some lines again, while others still wait.
  for (std::size_t i = 0; i < 200; ++i)
    ASSERT_TRUE(lines.next());
  write("later");
  std::vector<std::string> last;
  for (auto line = lines.next(); line && last.empty(); line = lines.next()) {
    if (line->ends_with(filling))
      continue;
    last = {*line, *lines.next()};
    break;
  }
  ASSERT_EQ(last.size(), 2u);
  EXPECT_TRUE(last[0].starts_with("log: ")) << last[0];
  EXPECT_EQ(last[1], "later");
}

TEST_F(a_log, that_is_not_read_does_not_hold_up_the_end) {
  fill(ends.writing);
  write("never read");
  auto begin = std::chrono::steady_clock::now();
  writer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, patience);
  ends.reading.close(); // its thread ends here
}

TEST_F(a_log, is_written_when_it_ends) {
  write("the last line");
  writer.reset();
  EXPECT_EQ(lines.next(), "the last line");
}

} // namespace
} // namespace chorus
