#pragma once

#include <type_traits>

namespace chorus::codec {

namespace detail {

/// Its address names the type `T`.
template <class T>
inline constexpr char type_mark = 0;

} // namespace detail

/// A pointer to one object of the caller's that remembers its type: what `save` and `load` of some types
/// need beside the bytes (an actor handle needs the node).
///
/// Ownership: none; the object must outlive every use.
class context_ref {
public:
  /// Refers to nothing.
  context_ref() = default;

  template <class T>
  requires(!std::is_same_v<std::remove_const_t<T>, context_ref>) context_ref(T& object)
  noexcept : type_(&detail::type_mark<T>), object_(&object) {}

  /// The object, if it was given as a `T`; a `const T` is also found where a `T` was given.
  template <class T>
  T* find() const noexcept {
    const bool found = type_ == &detail::type_mark<T> || type_ == &detail::type_mark<std::remove_const_t<T>>;
    return found ? static_cast<T*>(const_cast<void*>(object_)) : nullptr;
  }

private:
  const void* type_ = nullptr;
  const void* object_ = nullptr;
};

} // namespace chorus::codec
