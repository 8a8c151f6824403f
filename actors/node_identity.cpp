#include "node_identity.hpp"

#include "quiet_writes.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>
#include <utility>

namespace chorus {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view format_line = "chorus identity 1";

error io_error(const std::string& doing, const fs::path& path, int code) {
  auto kind = code == EACCES || code == EPERM || code == EROFS ? errc::permission_denied : errc::io;
  return {kind, "cannot " + doing + " '" + path.string() + "': " + std::strerror(code)};
}

error damaged(const fs::path& path) {
  return {
      errc::malformed,
      "'" + path.string() + "' is damaged; restore it, or delete it to let this node start as a new one"};
}

result<node_id> random_node_id() {
  node_id id;
  if (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id))
    return error{
        errc::io, std::string{"the operating system gives no random numbers: "} + std::strerror(errno)};
  return id;
}

/// The file consists of three lines: the format, the node id, the latest incarnation.
result<peer> read_identity(const fs::path& path) {
  std::ifstream file{path};
  std::string format;
  std::string node;
  std::string life;
  if (!std::getline(file, format) || !std::getline(file, node) || !std::getline(file, life)
      || format != format_line)
    return damaged(path);
  auto id = parse_node_id(node);
  incarnation latest;
  auto [end, code] = std::from_chars(life.data(), life.data() + life.size(), latest.value);
  if (!id || !*id || code != std::errc{} || end != life.data() + life.size() || latest == incarnation::max())
    return damaged(path);
  return peer{*id, latest};
}

/// Writes beside the file, syncs, renames, syncs the directory: either the old or the new content is
/// there after a crash, and the new one once this returns.
error write_identity(const fs::path& directory, const peer& who) {
  auto path = directory / "identity";
  auto fresh = directory / "identity.new";
  auto text =
      std::string{format_line} + '\n' + to_string(who.node) + '\n' + to_string(who.incarnation) + '\n';
  int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    return io_error("write", fresh, errno);
  quiet_writes quiet;
  auto written = ::write(file, text.data(), text.size());
  auto is_cut = written >= 0 && written < static_cast<ssize_t>(text.size());
  auto failed = written < 0 || is_cut || ::fsync(file) != 0;
  int code = is_cut ? ENOSPC : errno;
  ::close(file);
  if (failed)
    return io_error("write", fresh, code);
  if (::rename(fresh.c_str(), path.c_str()) != 0)
    return io_error("replace", path, errno);
  int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return io_error("open", directory, errno);
  auto synced = ::fsync(folder) == 0;
  code = errno;
  ::close(folder);
  return synced ? error{} : io_error("sync", directory, code);
}

/// Holds the directory for this process; the kernel lets go when the process ends, however it ends.
result<int> lock_directory(const fs::path& directory) {
  auto path = directory / "lock";
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return io_error("open", path, errno);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0)
    return file;
  int code = errno;
  ::close(file);
  if (code == EWOULDBLOCK)
    return error{
        errc::unavailable,
        "another process uses the data directory '" + directory.string()
            + "'; give each node its own --data-dir"};
  return io_error("lock", path, code);
}

} // namespace

result<node_identity> node_identity::open(const std::optional<fs::path>& directory) {
  if (!directory) {
    auto id = random_node_id();
    if (!id)
      return id.failure();
    return node_identity{std::nullopt, -1, peer{*id, {1}}};
  }
  std::error_code failed;
  fs::create_directories(*directory, failed);
  if (failed)
    return io_error("create", *directory, failed.value());
  auto lock = lock_directory(*directory);
  if (!lock)
    return lock.failure();
  node_identity identity{directory, *lock, {}};
  if (fs::exists(*directory / "identity", failed)) {
    auto last = read_identity(*directory / "identity");
    if (!last)
      return last.failure();
    identity.current_ = *last;
  } else {
    auto id = random_node_id();
    if (!id)
      return id.failure();
    identity.current_ = peer{*id, {}};
  }
  auto taken = identity.take_next();
  if (!taken)
    return taken.failure();
  return identity;
}

node_identity::node_identity(std::optional<fs::path> directory, int lock, peer current)
    : directory_(std::move(directory)), lock_(lock), current_(current) {}

node_identity::node_identity(node_identity&& other) noexcept
    : directory_(std::move(other.directory_)), lock_(std::exchange(other.lock_, -1)),
      current_(other.current_) {}

node_identity& node_identity::operator=(node_identity&& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(lock_, other.lock_);
  std::swap(current_, other.current_);
  return *this;
}

node_identity::~node_identity() {
  if (lock_ >= 0)
    ::close(lock_);
}

result<peer> node_identity::take_next() {
  auto next = peer{current_.node, current_.incarnation.next()};
  if (directory_)
    if (auto failed = write_identity(*directory_, next))
      return failed;
  current_ = next;
  return next;
}

} // namespace chorus
