#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/codec/cereal_forms.hpp>
#include <chorus/runtime/codec/failure.hpp>
#include <chorus/runtime/codec/options.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/codec/writer.hpp>

#include <cereal/types/base_class.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace chorus::codec {

/// A cereal input archive over bytes of any content: every length is checked against the bytes that are
/// left before memory is reserved for it. It reads only what `writer` writes (for one value there is one
/// encoding), so what decodes encodes to the same bytes again.
///
/// Errors: every call may throw what only `decode` and `decode_prefix` catch; they are the way in.
/// Thread rules: none of its own. The bytes must outlive the reader.
class reader : cereal::chorus_archive {
public:
  using is_loading = std::true_type;
  using is_saving = std::false_type;

  explicit reader(const_bytes from, const options& how = {})
      : begin_(from.data()), cursor_(begin_), end_(begin_ + from.size()), depth_left_(how.depth),
        limits_(how) {}

  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  /// Loads the values one after another.
  template <class... Values>
  reader& operator()(Values&&... values) {
    (load(values), ...);
    return *this;
  }

  template <class T>
  reader& operator&(T&& value) {
    return (*this)(value);
  }

  template <class T>
  reader& operator>>(T&& value) {
    return (*this)(value);
  }

  /// The caller's context; without one of type `T` the decoding fails with `invalid_argument`.
  template <class T>
  T& context() const {
    if (T* found = limits_.context.find<T>())
      return *found;
    detail::fail_no_context(offset());
  }

  /// Ends the decoding with this error: what a `load` calls for a value that must not be.
  [[noreturn]] void refuse(std::string_view why, errc code = errc::malformed) const {
    detail::fail(code, why, offset());
  }

  /// Bytes read so far.
  std::size_t offset() const noexcept { return static_cast<std::size_t>(cursor_ - begin_); }

  /// Bytes not yet read.
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }

  /// The bytes read since `offset`. Pre: not after the current offset.
  const_bytes since(std::size_t offset) const noexcept { return {begin_ + offset, cursor_}; }

  /// The next `count` bytes as they are.
  const_bytes take_bytes(std::size_t count) {
    if (count > left()) [[unlikely]]
      detail::fail_truncated(count, left(), offset());
    cursor_ += count;
    return {cursor_ - count, count};
  }

  /// The next number in its own width.
  template <std::unsigned_integral Number>
  Number take_number() {
    const auto bytes = take_bytes(sizeof(Number));
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      number = static_cast<Number>(number | static_cast<Number>(static_cast<Number>(bytes[i]) << (8 * i)));
    return number;
  }

  /// A flag: one byte, 0 or 1; any other is refused.
  bool take_flag() {
    const auto flag = take_number<std::uint8_t>();
    if (flag > 1) [[unlikely]]
      refuse("a flag that is neither 0 nor 1");
    return flag == 1;
  }

  /// The count of elements that follow, each of which takes at least `least` bytes (0: not known): never
  /// more than the bytes that are left can hold.
  std::size_t take_count(std::size_t least) {
    const auto count = static_cast<std::size_t>(take_number<std::uint32_t>());
    const auto most = least == 0 ? left() + zero_byte_elements : left() / least;
    if (count > most) [[unlikely]]
      detail::fail_count(count, left(), offset());
    return count;
  }

  /// How many of `count` elements to make room for at once: no more memory than there are bytes left, as
  /// the memory of an element can be far larger than its encoding. Beyond, containers grow as they are read.
  template <class Element>
  std::size_t reserve_for(std::size_t count) const noexcept {
    return count < left() / sizeof(Element) ? count : left() / sizeof(Element);
  }

  /// To be called after each element of a container, with the offset before it.
  void end_of_element(std::size_t before) {
    if (offset() == before && ++zero_byte_elements_ > zero_byte_elements) [[unlikely]]
      detail::fail_zero_byte_elements(before);
  }

private:
  template <class T>
  void load(T& value) {
    static_assert(!std::is_const_v<T>, "a const value cannot be loaded");
    if constexpr (!has_coder<T>) {
      const nesting level{*this};
      detail::load_by_form<writer>(*this, value);
    } else if constexpr (coder<T>::leaf) {
      coder<T>::load(*this, value);
    } else {
      const nesting level{*this};
      coder<T>::load(*this, value);
    }
  }

  template <class T>
  void load(cereal::NameValuePair<T>& pair) {
    load(pair.value);
  }

  /// For `load` functions of users, which size their containers by it: one byte per element at least.
  template <class T>
  void load(cereal::SizeTag<T>& tag) {
    tag.size = static_cast<std::remove_reference_t<T>>(take_count(1));
  }

  template <class T>
  void load(cereal::BinaryData<T>& block) {
    const auto bytes = take_bytes(static_cast<std::size_t>(block.size));
    if (!bytes.empty())
      std::memcpy(block.data, bytes.data(), bytes.size());
  }

  template <class T>
  void load(cereal::base_class<T>& base) {
    load(*base.base_ptr);
  }

  /// One value within another.
  struct nesting {
    explicit nesting(reader& owner) : owner_(owner) {
      if (owner.depth_left_ == 0) [[unlikely]]
        detail::fail_too_deep(owner.limits_.depth, owner.offset());
      --owner.depth_left_;
    }
    ~nesting() { ++owner_.depth_left_; }
    nesting(const nesting&) = delete;
    nesting& operator=(const nesting&) = delete;

    reader& owner_;
  };

  const std::byte* begin_;
  const std::byte* cursor_;
  const std::byte* end_;
  std::size_t depth_left_;
  std::size_t zero_byte_elements_ = 0;
  const options limits_;
};

} // namespace chorus::codec

CEREAL_SETUP_ARCHIVE_TRAITS(chorus::codec::reader, chorus::codec::writer)
