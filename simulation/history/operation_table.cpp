#include <chorus/simulation/history/operation_table.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace chorus::simulation {

namespace {

using line = std::array<std::string, 5>;

/// How near to the failure an operation is: what cannot be placed, then what was placed last.
std::size_t nearness(const operation_row& row) {
  if (row.place)
    return *row.place;
  return row.returned_at ? std::numeric_limits<std::size_t>::max() : 0;
}

/// The indices of the rows to print, in ascending order.
std::vector<std::size_t> chosen(const std::vector<operation_row>& rows) {
  std::vector<std::size_t> indices(rows.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  if (indices.size() <= max_table_rows)
    return indices;
  auto nearer = [&](auto first, auto second) { return nearness(rows[first]) > nearness(rows[second]); };
  std::stable_sort(indices.begin(), indices.end(), nearer);
  indices.resize(max_table_rows);
  std::sort(indices.begin(), indices.end());
  return indices;
}

std::string milliseconds(time_point when) {
  constexpr std::int64_t per_millisecond = 1'000'000;
  auto nanoseconds = when.time_since_epoch().count();
  auto fraction = std::to_string(std::abs(nanoseconds % per_millisecond));
  auto sign = nanoseconds < 0 ? "-" : "";
  auto whole = std::to_string(std::abs(nanoseconds / per_millisecond));
  return sign + whole + "." + std::string(6 - fraction.size(), '0') + fraction;
}

line to_line(const operation_row& row) {
  auto place = row.place ? std::to_string(*row.place) : row.returned_at ? "*" : "-";
  auto returned = row.returned_at ? milliseconds(*row.returned_at) : "-";
  return {place, to_string(row.client), milliseconds(row.invoked_at), returned, row.text};
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  std::string space(width > text.size() ? width - text.size() : 0, ' ');
  return to_the_right ? space + text : text + space;
}

} // namespace

std::string to_table(const std::vector<operation_row>& rows) {
  std::vector<line> lines{{"place", "client", "invoked", "returned", "operation"}};
  for (auto index : chosen(rows))
    lines.push_back(to_line(rows[index]));
  std::array<std::size_t, 4> widths{};
  for (const auto& each : lines)
    for (std::size_t column = 0; column < widths.size(); ++column)
      widths[column] = std::max(widths[column], each[column].size());
  std::string table;
  for (const auto& each : lines) {
    for (std::size_t column = 0; column < widths.size(); ++column)
      table += padded(each[column], widths[column], column != 1) + "  ";
    table += each.back() + "\n";
  }
  if (rows.size() > max_table_rows)
    table += "(" + std::to_string(rows.size() - max_table_rows) + " others left out)\n";
  return table;
}

} // namespace chorus::simulation
