#include "config_file.hpp"

#include <chorus/actors/quote.hpp>
#include <chorus/runtime/transport/descriptor.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace chorus {

namespace {

constexpr std::string_view blanks = " \t";

error unusable(std::string problem) {
  return {errc::invalid_argument, std::move(problem)};
}

bool is_blank(char letter) {
  return blanks.find(letter) != std::string_view::npos;
}

/// By hand: what a letter is must not depend on the locale.
bool is_key_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
         || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
}

std::string_view without_blanks_at_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(blanks) + 1); // npos + 1 is 0
}

/// What is left of one line, from the left.
class line_reader {
public:
  explicit line_reader(std::string_view text) : rest_(text) { skip_blanks(); }

  /// Whether nothing is left but a comment.
  bool at_end() const { return rest_.empty() || rest_.front() == '#'; }

  std::string_view rest() const { return rest_; }

  bool begins_with(char letter) const { return rest_.starts_with(letter); }

  /// Takes this letter and the blanks after it; false if another one is next.
  bool take(char letter) {
    if (!begins_with(letter))
      return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }

  std::string take_key() {
    auto end = std::ranges::find_if_not(rest_, is_key_letter);
    return take_text(static_cast<std::size_t>(end - rest_.begin()));
  }

  /// Up to one of `ends`, to a comment or to the end of the line.
  std::string take_bare(std::string_view ends) {
    std::size_t size = 0;
    while (size < rest_.size() && ends.find(rest_[size]) == std::string_view::npos && !is_comment(size))
      ++size;
    return take_text(size);
  }

  /// The content of the quotes that begin here. Pre: it begins with a quote.
  result<std::string> take_quoted() {
    const auto closing = rest_.front();
    std::string content;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == closing) {
        rest_.remove_prefix(i + 1);
        skip_blanks();
        return content;
      }
      if (closing == '"' && rest_[i] == '\\') {
        ++i;
        if (i >= rest_.size() || (rest_[i] != '"' && rest_[i] != '\\'))
          return unusable(
              "in double quotes, '\\' is followed by '\"' or '\\'; use single quotes to have it as it is"
          );
      }
      content += rest_[i];
    }
    return unusable("the quote is not closed on its line");
  }

private:
  bool is_comment(std::size_t place) const {
    return rest_[place] == '#' && (place == 0 || is_blank(rest_[place - 1]));
  }

  std::string take_text(std::size_t size) {
    std::string text{without_blanks_at_end(rest_.substr(0, size))};
    rest_.remove_prefix(size);
    skip_blanks();
    return text;
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

  std::string_view rest_;
};

result<std::string> take_value(line_reader& line, std::string_view ends) {
  if (line.begins_with('"') || line.begins_with('\''))
    return line.take_quoted();
  return line.take_bare(ends);
}

/// The rest of a list. Pre: its `[` was taken.
result<std::vector<std::string>> take_list(line_reader& line) {
  std::vector<std::string> values;
  while (!line.take(']')) {
    auto value = take_value(line, ",]");
    if (!value)
      return value.failure();
    values.push_back(std::move(*value));
    if (!line.take(',') && !line.begins_with(']'))
      return unusable("a list has commas between its values and ends with ']' on its line; values with "
                      "brackets need quotes");
  }
  return values;
}

/// Whether a value is a list; `[::1]:4000` is none.
bool is_list(std::string_view value) {
  if (!value.starts_with('['))
    return false;
  auto in_brackets = value.substr(1, value.find(']') - 1);
  auto is_v6 = std::ranges::count(in_brackets, ':') > 1
               && in_brackets.find_first_of("[,\"' \t") == std::string_view::npos;
  return !is_v6;
}

/// A line that is neither empty nor a comment.
error parse_line(std::string_view text, config_line& result) {
  line_reader line{text};
  if (line.begins_with('['))
    return unusable("there are no sections; remove " + quote(text) + " and keep the lines 'key = value'");
  result.key = line.take_key();
  if (result.key.empty() || !line.take('='))
    return unusable(quote(text) + " is no line 'key = value'");
  if (is_list(line.rest())) {
    line.take('[');
    auto values = take_list(line);
    if (!values)
      return values.failure();
    result.values = std::move(*values);
  } else {
    auto value = take_value(line, "");
    if (!value)
      return value.failure();
    result.values = {std::move(*value)};
  }
  if (!line.at_end())
    return unusable("nothing but a comment may follow the value of " + quote(result.key));
  return {};
}

/// A byte that no text has.
std::optional<char> find_control_byte(std::string_view line) {
  for (char byte : line)
    if ((static_cast<unsigned char>(byte) < ' ' && byte != '\t') || byte == 0x7F)
      return byte;
  return std::nullopt;
}

bool has_other_byte_order_mark(std::string_view text) {
  return text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")
         || text.starts_with({"\0\0\xFE\xFF", 4});
}

} // namespace

result<std::vector<config_line>> parse_config(std::string_view text, const std::string& name) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (has_other_byte_order_mark(text))
    return unusable(
        name + ":1: the file begins with the byte order mark of UTF-16 or UTF-32; save it as UTF-8"
    );
  if (text.starts_with(mark))
    text.remove_prefix(mark.size());

  std::vector<config_line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto at_line = [&](const std::string& problem) {
      return unusable(name + ':' + std::to_string(number) + ": " + problem);
    };
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (auto byte = find_control_byte(line))
      return at_line("the byte " + quote(std::string(1, *byte)) + " is in no text; is this the right file?");
    line_reader reader{line};
    if (reader.at_end() || reader.begins_with(';'))
      continue;
    config_line& result = lines.emplace_back();
    result.number = number;
    if (auto failed = parse_line(line, result))
      return at_line(failed.what);
  }
  return lines;
}

result<std::string> read_config_file(const std::filesystem::path& path) {
  auto failed = [&](const std::string& reason) {
    std::error_code ignored;
    auto place = path.is_relative() ? " in " + std::filesystem::current_path(ignored).string() : "";
    return unusable("cannot read the configuration file " + path.string() + place + ": " + reason);
  };
  auto reason_of = [](int code) { return std::system_category().message(code); };
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file)
    return failed(reason_of(errno));
  std::string content;
  char buffer[16 * 1024];
  while (true) {
    auto count = ::read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return failed(reason_of(errno));
    if (count == 0)
      return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > longest_config_file)
      return failed(
          "it is larger than " + std::to_string(longest_config_file) + " bytes; is this the right file?"
      );
  }
}

} // namespace chorus
