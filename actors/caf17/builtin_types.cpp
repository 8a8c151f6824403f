#include "builtin_types.hpp"

#include "message_codec.hpp"

#include <caf/atom.hpp>
#include <caf/unit.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace chorus::caf17 {

const std::vector<message_type>& builtin_types() {
  static const std::vector<message_type> types{
      describe<bool>("bool/1"),
      describe<std::int8_t>("int8/1"),
      describe<std::int16_t>("int16/1"),
      describe<std::int32_t>("int32/1"),
      describe<std::int64_t>("int64/1"),
      describe<std::uint8_t>("uint8/1"),
      describe<std::uint16_t>("uint16/1"),
      describe<std::uint32_t>("uint32/1"),
      describe<std::uint64_t>("uint64/1"),
      describe<float>("float/1"),
      describe<double>("double/1"),
      describe<std::string>("string/1"),
      describe<std::vector<std::string>>("strings/1"),
      describe<std::set<std::string>>("string_set/1"),
      describe<std::map<std::string, std::string>>("string_map/1"),
      describe<std::vector<char>>("bytes/1"),
      describe<caf::timespan>("timespan/1"),
      describe<caf::timestamp>("timestamp/1"),
      describe<caf::atom_value>("atom/1"),
      describe<caf::unit_t>("unit/1"),
      describe<caf::error>("error/1"),
      describe<caf::message>("message/1"),
      describe<caf::strong_actor_ptr>("actor_pointer/1"),
      describe<caf::actor>("actor/1"),
      describe<caf::actor_addr>("actor_address/1"),
      describe<caf::exit_msg>("exit/1"),
      describe<caf::down_msg>("down/1"),
  };
  return types;
}

} // namespace chorus::caf17
