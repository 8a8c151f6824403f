#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/codec/cereal_forms.hpp>
#include <chorus/runtime/codec/failure.hpp>
#include <chorus/runtime/codec/options.hpp>
#include <chorus/runtime/codec/types.hpp>

#include <cereal/types/base_class.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace chorus::codec {

/// A cereal output archive that appends to a buffer: little-endian, fixed-width, canonical
/// (README.md has the table). Users meet it as the `archive` of their `save` and `serialize`.
///
/// Errors: every call may throw what only `encode_to` catches; the way in is `encode_to`.
/// Thread rules: none of its own. The buffer must outlive the writer, which is its only user meanwhile.
class writer : cereal::chorus_archive {
public:
  using is_loading = std::false_type;
  using is_saving = std::true_type;

  explicit writer(byte_buffer& to, const options& how = {})
      : buffer_(to), start_(to.size()),
        end_(how.bytes < std::numeric_limits<std::size_t>::max() - start_ ? start_ + how.bytes : how.bytes),
        depth_left_(how.depth), limits_(how) {}

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// Saves the values one after another.
  template <class... Values>
  writer& operator()(const Values&... values) {
    (save(values), ...);
    return *this;
  }

  template <class T>
  writer& operator&(const T& value) {
    return (*this)(value);
  }

  template <class T>
  writer& operator<<(const T& value) {
    return (*this)(value);
  }

  /// The caller's context; without one of type `T` the encoding fails with `invalid_argument`.
  template <class T>
  T& context() const {
    if (T* found = limits_.context.find<T>())
      return *found;
    detail::fail_no_context(offset());
  }

  /// Ends the encoding with this error: what a `save` calls for a value that cannot be sent.
  [[noreturn]] void refuse(std::string_view why, errc code = errc::invalid_argument) const {
    detail::fail(code, why, offset());
  }

  /// Ends the encoding with an error that needs no place in the bytes to be understood.
  [[noreturn]] void refuse(error why) const { throw detail::failure{std::move(why)}; }

  /// Bytes written so far.
  std::size_t offset() const noexcept { return buffer_.size() - start_; }

  /// Appends bytes as they are.
  void put_bytes(const_bytes bytes) {
    if (bytes.size() > end_ - buffer_.size()) [[unlikely]]
      detail::fail_too_large(limits_.bytes, offset());
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }

  /// Appends a number in its own width.
  template <std::unsigned_integral Number>
  void put_number(Number number) {
    std::byte bytes[sizeof(Number)];
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      bytes[i] = static_cast<std::byte>(number >> (8 * i));
    put_bytes(bytes);
  }

  /// Appends the count of elements that follow.
  void put_count(std::size_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max()) [[unlikely]]
      refuse("more elements than a count of 32 bits can say", errc::too_large);
    put_number(static_cast<std::uint32_t>(count));
  }

  /// To be called after each element of a container, with the offset before it.
  void end_of_element(std::size_t before) {
    if (offset() == before && ++zero_byte_elements_ > zero_byte_elements) [[unlikely]]
      detail::fail_zero_byte_elements(before);
  }

  /// Sorts the encoded elements that end at the offsets `ends`, the first of them beginning at `begin`.
  void sort_elements(std::size_t begin, const std::vector<std::size_t>& ends);

private:
  template <class T>
  void save(const T& value) {
    if constexpr (!has_coder<T>) {
      const nesting level{*this};
      detail::save_by_form(*this, value);
    } else if constexpr (coder<T>::leaf) {
      coder<T>::save(*this, value);
    } else {
      const nesting level{*this};
      coder<T>::save(*this, value);
    }
  }

  template <class T>
  void save(const cereal::NameValuePair<T>& pair) {
    save(pair.value);
  }

  template <class T>
  void save(const cereal::SizeTag<T>& tag) {
    put_count(static_cast<std::size_t>(tag.size));
  }

  template <class T>
  void save(const cereal::BinaryData<T>& block) {
    put_bytes({static_cast<const std::byte*>(block.data), static_cast<std::size_t>(block.size)});
  }

  template <class T>
  void save(const cereal::base_class<T>& base) {
    save(*base.base_ptr);
  }

  /// One value within another.
  struct nesting {
    explicit nesting(writer& owner) : owner_(owner) {
      if (owner.depth_left_ == 0) [[unlikely]]
        detail::fail_too_deep(owner.limits_.depth, owner.offset());
      --owner.depth_left_;
    }
    ~nesting() { ++owner_.depth_left_; }
    nesting(const nesting&) = delete;
    nesting& operator=(const nesting&) = delete;

    writer& owner_;
  };

  byte_buffer& buffer_;
  std::size_t start_;
  std::size_t end_;
  std::size_t depth_left_;
  std::size_t zero_byte_elements_ = 0;
  const options limits_;
};

} // namespace chorus::codec
