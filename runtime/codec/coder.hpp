#pragma once

#include <bit>
#include <cstddef>
#include <type_traits>

namespace chorus::codec {

/// How a type of the language or the standard library looks as bytes. Archives ask for a `coder` before
/// they look for cereal's functions, so cereal's own functions for standard types, which trust sizes, are
/// never reached, whether or not its headers are included beside ours.
///
/// A specialisation provides
///   static constexpr std::size_t least;       the fewest bytes that a value takes
///   static constexpr bool leaf;               true: contains no other values, does not count as depth
///   static void save(auto& writer, const T&);
///   static void load(auto& reader, T&);       into a value of any content, which is replaced
template <class T>
struct coder;

template <class T>
concept has_coder = requires {
  coder<T>::least;
};

/// The fewest bytes that any value of `T` takes; 0 if not known, as for all users' types.
template <class T>
inline constexpr std::size_t least_size = 0;
template <has_coder T>
inline constexpr std::size_t least_size<T> = coder<T>::least;

namespace detail {

template <class T>
struct scalar_base {
  using type = T;
};
template <class T>
requires std::is_enum_v<T>
struct scalar_base<T> : std::underlying_type<T> {
};

/// The type itself, or what an enumeration is made of.
template <class T>
using scalar_base_t = typename scalar_base<T>::type;

} // namespace detail

/// Integers, `bool`, `float`, `double` and enumerations of them.
///
/// `wchar_t` and `long double` differ between machines and are left out.
template <class T>
concept scalar =
    (std::is_arithmetic_v<
         T> || std::is_enum_v<T>)&&!std::is_same_v<T, wchar_t> && !std::is_same_v<T, long double>;

/// Whether an enumeration can hold every value of its underlying type. Without `enum name : type` it cannot
/// (reading another would be undefined behaviour) and is not encoded.
template <class T>
inline constexpr bool any_value = !std::is_enum_v<T> || requires {
  T{0};
}
|| std::is_same_v<detail::scalar_base_t<T>, bool>;

/// Scalars whose memory is their encoding, so that arrays of them are copied as a block.
template <class T>
concept block_copied = scalar<T> && any_value<T> && !std::is_same_v<
                           detail::scalar_base_t<T>,
                           bool> && (sizeof(T) == 1 || std::endian::native == std::endian::little);

} // namespace chorus::codec
