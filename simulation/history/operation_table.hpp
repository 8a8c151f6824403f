#pragma once

#include <chorus/runtime/time.hpp>
#include <chorus/simulation/history/identifiers.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chorus::simulation {

/// One operation of a history that is shown to a person.
struct operation_row {
  participant client;
  time_point invoked_at;
  std::optional<time_point> returned_at; ///< nothing while it is open
  std::string text;                      ///< what was asked and answered
  std::optional<std::size_t> place;      ///< in the order that was found, from 1
};

/// The most rows that are printed, those next to the failure.
inline constexpr std::size_t max_table_rows = 24;

/// A table in the order of the rows; milliseconds. In the column "place", `*` stands for an answered
/// operation that has none and `-` for an open one. Of more than `max_table_rows` rows the ones with the
/// first places are left out, and the open ones without a place before them.
std::string to_table(const std::vector<operation_row>& rows);

} // namespace chorus::simulation
