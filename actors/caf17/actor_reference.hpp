#pragma once

#include <chorus/runtime/codec/reader.hpp>
#include <chorus/runtime/codec/writer.hpp>
#include <chorus/runtime/ids.hpp>

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>

namespace chorus::caf17 {

/// An actor handle as it travels: which actor of which life of which node. Actor 0 is no actor.
struct actor_reference {
  peer home;
  std::uint64_t actor = 0;

  friend auto operator<=>(const actor_reference&, const actor_reference&) noexcept = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(home, actor);
  }
};

/// Turns handles into references; the context of every archive that writes messages.
class handle_exporter {
public:
  virtual ~handle_exporter() = default;

  /// Makes a local actor reachable for whoever reads, or names the remote one.
  virtual actor_reference export_handle(const caf::strong_actor_ptr& handle) = 0;
};

/// Turns references into handles; the context of every archive that reads messages.
class handle_importer {
public:
  virtual ~handle_importer() = default;

  /// A value of the message type with this key could not be read. Of nested values the innermost is told
  /// first, and kept.
  void note_unreadable(std::uint64_t type) noexcept {
    if (unreadable_type_ == 0)
      unreadable_type_ = type;
  }

  /// The key of the type that could not be read; 0 if there is none.
  std::uint64_t unreadable_type() const noexcept { return unreadable_type_; }

  /// The local actor itself, or a proxy: of a remote actor, or of one that has ended. Null for actor 0
  /// only.
  virtual caf::strong_actor_ptr import_handle(const actor_reference& reference) = 0;

private:
  std::uint64_t unreadable_type_ = 0;
};

} // namespace chorus::caf17

/// Handles inside messages, also deep inside user types, found by the archives' namespace.
namespace chorus::codec {

inline void save(writer& archive, const caf::strong_actor_ptr& handle) {
  archive(archive.context<caf17::handle_exporter>().export_handle(handle));
}

inline void load(reader& archive, caf::strong_actor_ptr& handle) {
  caf17::actor_reference reference;
  archive(reference);
  handle = archive.context<caf17::handle_importer>().import_handle(reference);
}

inline void save(writer& archive, const caf::actor& handle) {
  save(archive, caf::actor_cast<caf::strong_actor_ptr>(handle));
}

inline void load(reader& archive, caf::actor& handle) {
  caf::strong_actor_ptr pointer;
  load(archive, pointer);
  handle = caf::actor_cast<caf::actor>(pointer);
}

inline void save(writer& archive, const caf::actor_addr& address) {
  save(archive, caf::actor_cast<caf::strong_actor_ptr>(address));
}

inline void load(reader& archive, caf::actor_addr& address) {
  caf::strong_actor_ptr pointer;
  load(archive, pointer);
  address = caf::actor_cast<caf::actor_addr>(pointer);
}

template <class... Signatures>
void save(writer& archive, const caf::typed_actor<Signatures...>& handle) {
  save(archive, caf::actor_cast<caf::strong_actor_ptr>(handle));
}

template <class... Signatures>
void load(reader& archive, caf::typed_actor<Signatures...>& handle) {
  caf::strong_actor_ptr pointer;
  load(archive, pointer);
  handle = caf::actor_cast<caf::typed_actor<Signatures...>>(pointer);
}

} // namespace chorus::codec
