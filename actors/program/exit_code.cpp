#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/standard_error.hpp>

#include <string>

namespace chorus {

exit_code to_exit_code(errc code) noexcept {
  switch (code) {
  case errc::none:
    return exit_code::success;
  case errc::invalid_argument:
    return exit_code::usage;
  case errc::address_in_use:
    return exit_code::address_in_use;
  case errc::permission_denied:
    return exit_code::permission_denied;
  case errc::not_found:
  case errc::node_down:
  case errc::unavailable:
    return exit_code::unavailable;
  case errc::refused:
    return exit_code::refused;
  default:
    return exit_code::failure;
  }
}

int report_failure(std::string_view program, const error& failure) {
  auto line = std::string{program} + ": " + to_string(failure) + '\n';
  write_to_standard_error(line, last_words_within);
  return static_cast<int>(to_exit_code(failure.code));
}

} // namespace chorus
