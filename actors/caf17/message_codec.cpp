#include "message_codec.hpp"

#include "../fate_mark.hpp"
#include "message_type.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/message_builder.hpp>

#include <cstdint>
#include <utility>

namespace chorus::caf17 {

namespace {

std::uint32_t load_count(codec::reader& archive) {
  std::uint32_t count = 0;
  archive(count);
  if (count > message_elements)
    archive.refuse(
        "a message of more than " + std::to_string(message_elements) + " elements", errc::too_large
    );
  return count;
}

const message_type& load_type(codec::reader& archive) {
  std::uint64_t key = 0;
  archive(key);
  auto type = find_type(key);
  if (type == nullptr) {
    archive.context<handle_importer>().note_unreadable(key);
    archive.refuse("a message of an unknown type, " + key_text(key), errc::unknown_type);
  }
  return *type;
}

/// Reads a value of `type`, and notes that it could not be read if so.
template <class Read>
auto load_value(codec::reader& archive, const message_type& type, Read&& read) {
  try {
    return read();
  } catch (...) {
    archive.context<handle_importer>().note_unreadable(type.key);
    throw;
  }
}

caf::message load_elements(codec::reader& archive, std::uint32_t count) {
  caf::message_builder builder;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& type = load_type(archive);
    load_value(archive, type, [&] { type.decode(archive, builder); });
  }
  return builder.to_message();
}

error too_many_elements() {
  return {errc::too_large, "a message has at most " + std::to_string(message_elements) + " elements"};
}

error undeclared(const caf::rtti_pair& rtti) {
  return {
      errc::unknown_type,
      "the message type " + caf::to_string(rtti)
          + " may not leave this node: declare it with CHORUS_MESSAGE"};
}

} // namespace

error check_declared(const caf::type_erased_tuple& content) {
  if (content.size() > message_elements)
    return too_many_elements();
  for (std::size_t i = 0; i < content.size(); ++i) {
    auto rtti = content.type(i);
    if (find_type(rtti) == nullptr)
      return undeclared(rtti);
    if (rtti == caf::make_rtti_pair<caf::message>())
      if (auto failed = check_declared(*static_cast<const caf::message*>(content.get(i))))
        return failed;
  }
  return {};
}

void save_content(codec::writer& archive, const caf::type_erased_tuple& content) {
  if (content.size() > message_elements)
    archive.refuse(too_many_elements());
  archive(static_cast<std::uint32_t>(content.size()));
  for (std::size_t i = 0; i < content.size(); ++i) {
    auto type = find_type(content.type(i));
    if (type == nullptr)
      archive.refuse(undeclared(content.type(i)));
    archive(type->key);
    type->encode(archive, content.get(i));
  }
}

caf::mailbox_element_ptr
load_element(codec::reader& archive, caf::strong_actor_ptr sender, caf::message_id id, credit held) {
  auto count = load_count(archive);
  if (count == 1) {
    auto& type = load_type(archive);
    return load_value(archive, type, [&] {
      return type.decode_alone(archive, std::move(sender), id, std::move(held));
    });
  }
  auto content = load_elements(archive, count);
  return caf::mailbox_element_ptr{
      new counted_message(std::move(sender), id, std::move(held), std::move(content))};
}

} // namespace chorus::caf17

namespace chorus::codec {

void save(writer& archive, const caf::message& content) {
  caf17::save_content(archive, content);
}

void load(reader& archive, caf::message& content) {
  content = caf17::load_elements(archive, caf17::load_count(archive));
}

void save(writer& archive, const caf::error& reason) {
  archive(static_cast<bool>(reason));
  if (!reason)
    return;
  archive(reason.code(), static_cast<std::uint64_t>(reason.category()));
  if (!caf17::check_declared(reason.context())) {
    archive(reason.context());
    return;
  }
  // A reason with a context that only its own node understands is still a reason: the others get its text.
  auto plain = without_fate(reason);
  auto text = caf::make_message(caf::deep_to_string(plain.context()));
  auto fate = marked_fate(reason);
  archive(fate ? text + caf::make_message(*fate) : text);
}

void load(reader& archive, caf::error& reason) {
  bool failed = false;
  archive(failed);
  reason.clear();
  if (!failed)
    return;
  std::uint8_t code = 0;
  std::uint64_t category = 0;
  caf::message context;
  archive(code, category, context);
  reason = caf::error{code, static_cast<caf::atom_value>(category), std::move(context)};
}

void save(writer& archive, const caf::exit_msg& what) {
  archive(what.source, what.reason);
}

void load(reader& archive, caf::exit_msg& what) {
  archive(what.source, what.reason);
}

void save(writer& archive, const caf::down_msg& what) {
  archive(what.source, what.reason);
}

void load(reader& archive, caf::down_msg& what) {
  archive(what.source, what.reason);
}

} // namespace chorus::codec
