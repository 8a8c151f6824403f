#pragma once

#include <cereal/cereal.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace cereal {

/// A base of chorus' archives: it associates this namespace with them, so that functions which users
/// declare here for types of others are found, as they are for cereal's own archives.
struct chorus_archive {};

} // namespace cereal

/// Which of cereal's functions a user's type has, and the call to it.
///
/// Chorus' archives are not derived from `cereal::OutputArchive`: that writes the version of a class once
/// per archive, so the bytes of a value would depend on what came before it, and neither sorting encoded
/// elements nor comparing encodings would mean anything. It also builds four hash tables per archive.
/// Here every versioned object carries its version, and a value has one encoding wherever it stands.
namespace chorus::codec::detail {

enum class form {
  none,
  member_serialize,
  free_serialize,
  member_split,
  free_split,
  member_minimal,
  free_minimal
};

struct found_form {
  form how = form::none;
  bool versioned = false;
};

/// `cereal::specialize` lets a type that has several of the functions (inherited ones among them) choose.
template <template <class, class> class Has, template <class, class> class Chosen, class T, class Archive>
constexpr bool usable() {
  namespace traits = cereal::traits;
  return Has<T, Archive>::value && (!traits::is_specialized<T, Archive>::value || Chosen<T, Archive>::value);
}

// cereal has a trait for each kind of function, and names those of both directions alike.
#define CHORUS_RETURN_IF_USABLE(function, ...)                                                               \
  if (usable<cereal::traits::has_##function, cereal::traits::is_specialized_##function, T, Archive>())       \
    return {__VA_ARGS__};

// Which form is the first that is usable; cereal itself refuses a type with two.
#define CHORUS_RETURN_FORM(direction)                                                                        \
  CHORUS_RETURN_IF_USABLE(member_serialize, form::member_serialize)                                          \
  CHORUS_RETURN_IF_USABLE(member_versioned_serialize, form::member_serialize, true)                          \
  CHORUS_RETURN_IF_USABLE(non_member_serialize, form::free_serialize)                                        \
  CHORUS_RETURN_IF_USABLE(non_member_versioned_serialize, form::free_serialize, true)                        \
  CHORUS_RETURN_IF_USABLE(member_##direction, form::member_split)                                            \
  CHORUS_RETURN_IF_USABLE(member_versioned_##direction, form::member_split, true)                            \
  CHORUS_RETURN_IF_USABLE(non_member_##direction, form::free_split)                                          \
  CHORUS_RETURN_IF_USABLE(non_member_versioned_##direction, form::free_split, true)                          \
  CHORUS_RETURN_IF_USABLE(member_##direction##_minimal, form::member_minimal)                                \
  CHORUS_RETURN_IF_USABLE(member_versioned_##direction##_minimal, form::member_minimal, true)                \
  CHORUS_RETURN_IF_USABLE(non_member_##direction##_minimal, form::free_minimal)                              \
  CHORUS_RETURN_IF_USABLE(non_member_versioned_##direction##_minimal, form::free_minimal, true)              \
  return {};

template <class T, class Archive>
constexpr found_form saving_form() {
  CHORUS_RETURN_FORM(save)
}

template <class T, class Archive>
constexpr found_form loading_form() {
  CHORUS_RETURN_FORM(load)
}

#undef CHORUS_RETURN_FORM
#undef CHORUS_RETURN_IF_USABLE

/// `version` is empty or one number, as the function wants it.
template <form How, class Archive, class T, class... Version>
void save_as(Archive& archive, const T& value, Version... version) {
  using cereal::access;
  if constexpr (How == form::member_serialize)
    access::member_serialize(archive, const_cast<T&>(value), version...);
  else if constexpr (How == form::free_serialize)
    serialize(archive, const_cast<T&>(value), version...);
  else if constexpr (How == form::member_split)
    access::member_save(archive, value, version...);
  else if constexpr (How == form::free_split)
    save(archive, value, version...);
  else if constexpr (How == form::member_minimal)
    archive(access::member_save_minimal(archive, value, version...));
  else
    archive(save_minimal(archive, value, version...));
}

template <form How, class Archive, class Saver, class T, class... Version>
void load_as(Archive& archive, T& value, Version... version) {
  using cereal::access;
  if constexpr (How == form::member_serialize) {
    access::member_serialize(archive, value, version...);
  } else if constexpr (How == form::free_serialize) {
    serialize(archive, value, version...);
  } else if constexpr (How == form::member_split) {
    access::member_load(archive, value, version...);
  } else if constexpr (How == form::free_split) {
    load(archive, value, version...);
  } else if constexpr (How == form::member_minimal) {
    std::remove_cvref_t<decltype(access::member_save_minimal(std::declval<const Saver&>(), value, version...)
    )>
        plain{};
    archive(plain);
    access::member_load_minimal(archive, value, plain, version...);
  } else {
    std::remove_cvref_t<decltype(save_minimal(std::declval<const Saver&>(), value, version...))> plain{};
    archive(plain);
    load_minimal(archive, value, plain, version...);
  }
}

/// Saves a user's type by whichever of cereal's functions it has.
template <class Archive, class T>
void save_by_form(Archive& archive, const T& value) {
  constexpr found_form found = saving_form<T, Archive>();
  constexpr int candidates = cereal::traits::detail::count_output_serializers<T, Archive>::value;
  static_assert(
      candidates < 2, "the type has more than one of cereal's functions: choose with cereal::specialize"
  );
  static_assert(
      candidates > 0 || std::is_empty_v<T>,
      "no encoding for this type: give it cereal's serialize, or save and load"
  );
  if constexpr (found.versioned) {
    const std::uint32_t version = cereal::detail::Version<T>::version;
    archive(version);
    save_as<found.how>(archive, value, version);
  } else if constexpr (found.how != form::none) {
    save_as<found.how>(archive, value);
  }
}

/// Loads a user's type by whichever of cereal's functions it has. `Saver` is the archive that wrote it.
template <class Saver, class Archive, class T>
void load_by_form(Archive& archive, T& value) {
  constexpr found_form found = loading_form<T, Archive>();
  constexpr int candidates = cereal::traits::detail::count_input_serializers<T, Archive>::value;
  static_assert(
      candidates < 2, "the type has more than one of cereal's functions: choose with cereal::specialize"
  );
  static_assert(
      candidates > 0 || std::is_empty_v<T>,
      "no encoding for this type: give it cereal's serialize, or save and load"
  );
  if constexpr (found.versioned) {
    std::uint32_t version = 0;
    archive(version);
    load_as<found.how, Archive, Saver>(archive, value, version);
  } else if constexpr (found.how != form::none) {
    load_as<found.how, Archive, Saver>(archive, value);
  }
}

} // namespace chorus::codec::detail
