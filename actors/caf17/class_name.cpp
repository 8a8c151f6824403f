#include "class_name.hpp"

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <string_view>
#include <typeinfo>

namespace chorus::caf17 {

namespace {

std::string demangled(const char* name) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free};
  return status == 0 ? text.get() : "";
}

/// Of the arguments of a template, which begin `text`.
std::string_view first_argument(std::string_view text) {
  auto depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' || text[i] == '(')
      ++depth;
    else if (depth == 0 && (text[i] == ',' || text[i] == '>'))
      return text.substr(0, i);
    else if (text[i] == '>' || text[i] == ')')
      --depth;
  }
  return {};
}

} // namespace

std::string class_name(const caf::abstract_actor& actor) {
  constexpr std::string_view stateful = "caf::stateful_actor<";
  auto name = demangled(typeid(actor).name());
  if (name.starts_with(stateful))
    return std::string{first_argument(std::string_view{name}.substr(stateful.size()))};
  return name.starts_with("caf::") ? "" : name;
}

} // namespace chorus::caf17
