#pragma once

#include <chorus/actors/caf17/message_type.hpp>
#include <chorus/actors/caf17/typed_handle.hpp>

/// Declares that values of `type` may be sent to other nodes, and under which name.
///
///   struct add { std::int64_t amount = 1; template <class A> void serialize(A& ar) { ar(amount); } };
///   CHORUS_MESSAGE(add, "counter.add/1")
///
/// At global scope, in the header of the type or in the one source file that uses it. `type` is
/// default-constructible, copyable and has cereal's `serialize` or `save` and `load`. `name` is what
/// all nodes of the cluster know the type by, whatever it is called in the program; the number after
/// the slash is its version: a changed layout is a new name. Numbers, strings, atoms, handles, errors
/// and `caf::message` need no declaration; typed handles go by the names of their messages' types.
#define CHORUS_MESSAGE(type, wire_name)                                                                      \
  template <>                                                                                                \
  struct caf::allowed_unsafe_message_type<type> : std::true_type {};                                         \
  static_assert(::chorus::caf17::is_message_name(wire_name), "a message name looks like \"counter.add/1\""); \
  template <>                                                                                                \
  inline const bool chorus::detail::is_declared<type> =                                                      \
      ::chorus::caf17::declare(::chorus::caf17::describe<type>(wire_name));

namespace chorus::detail {

template <class>
inline const bool is_declared = false;

} // namespace chorus::detail
