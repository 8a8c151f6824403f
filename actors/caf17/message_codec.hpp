#pragma once

#include <chorus/actors/caf17/counted_element.hpp>
#include <chorus/runtime/codec/reader.hpp>
#include <chorus/runtime/codec/writer.hpp>
#include <chorus/runtime/result.hpp>

#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/system_messages.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/unit.hpp>

#include <cstddef>
#include <string>

/// A CAF message as bytes: the number of elements (4 bytes), then for each the key of its type
/// (8 bytes) and its value.
namespace chorus::caf17 {

/// Elements of one message; handlers have a handful.
inline constexpr std::size_t message_elements = 256;

/// Whether every element (also those of a nested message) has a declared type; else the error with which
/// `save_content` would refuse. For what has another way to travel; who has none just saves.
error check_declared(const caf::type_erased_tuple& content);

/// Refuses an element of an undeclared type with an error that names the type and what to write, and more
/// than `message_elements`; the sender hears it.
void save_content(codec::writer& archive, const caf::type_erased_tuple& content);

/// Reads a message straight into a mailbox element. Fails like every read of `archive`; the type that could
/// not be read is noted in the archive's `handle_importer`.
caf::mailbox_element_ptr
load_element(codec::reader& archive, caf::strong_actor_ptr sender, caf::message_id id, credit held);

} // namespace chorus::caf17

namespace chorus::codec {

void save(writer& archive, const caf::message& content);
void load(reader& archive, caf::message& content);

void save(writer& archive, const caf::error& reason);
void load(reader& archive, caf::error& reason);

void save(writer& archive, const caf::exit_msg& what);
void load(reader& archive, caf::exit_msg& what);

void save(writer& archive, const caf::down_msg& what);
void load(reader& archive, caf::down_msg& what);

/// `unit_t` converts to too much for cereal to tell which functions it has.
template <>
struct coder<caf::unit_t> {
  static constexpr std::size_t least = 0;
  static constexpr bool leaf = true;
  static void save(auto&, const caf::unit_t&) {}
  static void load(auto&, caf::unit_t&) {}
};

} // namespace chorus::codec
