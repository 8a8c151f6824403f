#pragma once

#include <chorus/actors/caf17/message_type.hpp>

#include <caf/atom.hpp>
#include <caf/detail/type_list.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_nr.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Typed handles as messages, without a declaration.
///
/// CAF takes the number of every type that stands in a message or in a handler from `caf::type_nr`. It is
/// specialized here for typed handles, which have none, and declares each that it meets. Include this before
/// a typed handle is first used in a message: actors/message.hpp and actors/node.hpp do.
namespace chorus::caf17 {

/// What a typed handle is called on the wire: its signatures, in their order, with the names of the messages'
/// types. A type of a signature that is not declared stands under its C++ name.
template <class T>
struct interface_name;

/// The name of a declared type, else its C++ name.
std::string name_of_element(const caf::rtti_pair& rtti);

/// "(counter.add/1 -> int64/1)"
std::string signature_name(const std::vector<std::string>& input, const std::vector<std::string>& output);

template <class T>
struct interface_name {
  static std::string get() { return name_of_element(caf::make_rtti_pair<T>()); }
};

template <>
struct interface_name<void> {
  static std::string get() { return "void"; }
};

template <caf::atom_value Value>
struct interface_name<caf::atom_constant<Value>> {
  static std::string get() { return '\'' + caf::to_string(Value) + '\''; }
};

template <class... In, class... Out>
struct interface_name<caf::typed_mpi<caf::detail::type_list<In...>, caf::output_tuple<Out...>>> {
  static std::string get() {
    return signature_name({interface_name<In>::get()...}, {interface_name<Out>::get()...});
  }
};

template <class... Signatures>
struct interface_name<caf::typed_actor<Signatures...>> {
  static std::string get() {
    return "typed_actor" + (std::string{} + ... + interface_name<Signatures>::get()) + "/1";
  }
};

/// Declares the type with this name when a type is looked for in vain: before `main` not all names of a
/// signature are known. A type that was declared by hand keeps its name.
bool declare_later(std::string (*name)(), message_type (*describe)(std::string_view name));

template <class Handle>
inline const bool handle_is_declared = declare_later(&interface_name<Handle>::get, &describe<Handle>);

/// Makes the initialization of a variable necessary.
template <const bool&>
struct needs;

} // namespace chorus::caf17

namespace caf {

template <class... Signatures>
struct type_nr<typed_actor<Signatures...>, false> {
  static constexpr std::uint16_t value = 0;
  using declared = chorus::caf17::needs<chorus::caf17::handle_is_declared<typed_actor<Signatures...>>>*;
};

} // namespace caf
