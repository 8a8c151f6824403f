#pragma once

namespace chorus {

/// Owns a file descriptor of the system, or none.
class descriptor {
public:
  descriptor() = default;

  /// Takes what a system call has given: a negative number is none.
  explicit descriptor(int number) noexcept : number_(number) {}

  /// The same, where nothing can go on without one. Throws `std::system_error` with `errno` if it is none.
  static descriptor required(int number);

  ~descriptor() { close(); }
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;

  explicit operator bool() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }

  void close() noexcept;

private:
  int number_ = -1;
};

} // namespace chorus
