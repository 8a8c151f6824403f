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

template <class T, class Archive>
constexpr found_form saving_form() {
  using namespace cereal::traits;
  if (usable<has_member_serialize, is_specialized_member_serialize, T, Archive>())
    return {form::member_serialize};
  if (usable<has_member_versioned_serialize, is_specialized_member_versioned_serialize, T, Archive>())
    return {form::member_serialize, true};
  if (usable<has_non_member_serialize, is_specialized_non_member_serialize, T, Archive>())
    return {form::free_serialize};
  if (usable<has_non_member_versioned_serialize, is_specialized_non_member_versioned_serialize, T, Archive>())
    return {form::free_serialize, true};
  if (usable<has_member_save, is_specialized_member_save, T, Archive>())
    return {form::member_split};
  if (usable<has_member_versioned_save, is_specialized_member_versioned_save, T, Archive>())
    return {form::member_split, true};
  if (usable<has_non_member_save, is_specialized_non_member_save, T, Archive>())
    return {form::free_split};
  if (usable<has_non_member_versioned_save, is_specialized_non_member_versioned_save, T, Archive>())
    return {form::free_split, true};
  if (usable<has_member_save_minimal, is_specialized_member_save_minimal, T, Archive>())
    return {form::member_minimal};
  if (usable<has_member_versioned_save_minimal, is_specialized_member_versioned_save_minimal, T, Archive>())
    return {form::member_minimal, true};
  if (usable<has_non_member_save_minimal, is_specialized_non_member_save_minimal, T, Archive>())
    return {form::free_minimal};
  if (usable<
          has_non_member_versioned_save_minimal,
          is_specialized_non_member_versioned_save_minimal,
          T,
          Archive>())
    return {form::free_minimal, true};
  return {};
}

template <class T, class Archive>
constexpr found_form loading_form() {
  using namespace cereal::traits;
  if (usable<has_member_serialize, is_specialized_member_serialize, T, Archive>())
    return {form::member_serialize};
  if (usable<has_member_versioned_serialize, is_specialized_member_versioned_serialize, T, Archive>())
    return {form::member_serialize, true};
  if (usable<has_non_member_serialize, is_specialized_non_member_serialize, T, Archive>())
    return {form::free_serialize};
  if (usable<has_non_member_versioned_serialize, is_specialized_non_member_versioned_serialize, T, Archive>())
    return {form::free_serialize, true};
  if (usable<has_member_load, is_specialized_member_load, T, Archive>())
    return {form::member_split};
  if (usable<has_member_versioned_load, is_specialized_member_versioned_load, T, Archive>())
    return {form::member_split, true};
  if (usable<has_non_member_load, is_specialized_non_member_load, T, Archive>())
    return {form::free_split};
  if (usable<has_non_member_versioned_load, is_specialized_non_member_versioned_load, T, Archive>())
    return {form::free_split, true};
  if (usable<has_member_load_minimal, is_specialized_member_load_minimal, T, Archive>())
    return {form::member_minimal};
  if (usable<has_member_versioned_load_minimal, is_specialized_member_versioned_load_minimal, T, Archive>())
    return {form::member_minimal, true};
  if (usable<has_non_member_load_minimal, is_specialized_non_member_load_minimal, T, Archive>())
    return {form::free_minimal};
  if (usable<
          has_non_member_versioned_load_minimal,
          is_specialized_non_member_versioned_load_minimal,
          T,
          Archive>())
    return {form::free_minimal, true};
  return {};
}

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
