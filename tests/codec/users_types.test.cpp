#include <chorus/runtime/codec/codec.hpp>

#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace zoo {

struct member_serialize {
  std::uint8_t value = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::make_nvp("value", value));
  }
};

struct free_serialize {
  std::uint8_t value = 0;
};

template <class Archive>
void serialize(Archive& archive, free_serialize& it) {
  archive& it.value;
}

/// Written as twice its value.
class member_split {
public:
  std::uint8_t value = 0;

private:
  friend class cereal::access;

  template <class Archive>
  void save(Archive& archive) const {
    archive(static_cast<std::uint16_t>(value * 2));
  }

  template <class Archive>
  void load(Archive& archive) {
    std::uint16_t doubled = 0;
    archive(doubled);
    value = static_cast<std::uint8_t>(doubled / 2);
  }
};

struct free_split {
  std::uint8_t value = 0;
};

template <class Archive>
void save(Archive& archive, const free_split& it) {
  archive << it.value;
}

template <class Archive>
void load(Archive& archive, free_split& it) {
  archive >> it.value;
}

struct member_minimal {
  std::uint8_t value = 0;

  template <class Archive>
  std::uint8_t save_minimal(const Archive&) const {
    return value;
  }

  template <class Archive>
  void load_minimal(const Archive&, const std::uint8_t& plain) {
    value = plain;
  }
};

struct free_minimal {
  std::uint8_t value = 0;
};

template <class Archive>
std::string save_minimal(const Archive&, const free_minimal& it) {
  return std::string(1, static_cast<char>(it.value));
}

template <class Archive>
void load_minimal(const Archive&, free_minimal& it, const std::string& plain) {
  it.value = static_cast<std::uint8_t>(plain.at(0));
}

struct versioned_split {
  std::uint8_t value = 0;
  std::uint32_t read_version = 0;
};

template <class Archive>
void save(Archive& archive, const versioned_split& it, std::uint32_t) {
  archive(it.value);
}

template <class Archive>
void load(Archive& archive, versioned_split& it, std::uint32_t version) {
  archive(it.value);
  it.read_version = version;
}

struct derived : member_serialize {
  std::uint8_t more = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::base_class<member_serialize>(this), more);
  }
};

/// Inherits `serialize` and has a pair of its own.
struct chooses : member_serialize {
  template <class Archive>
  void save(Archive& archive) const {
    archive(std::uint8_t{9});
  }

  template <class Archive>
  void load(Archive& archive) {
    archive(value);
  }
};

struct empty {};

/// Sized by hand, as cereal's own containers are.
struct by_hand {
  std::vector<std::uint8_t> values;

  template <class Archive>
  void save(Archive& archive) const {
    archive(cereal::make_size_tag(static_cast<cereal::size_type>(values.size())));
    archive(cereal::binary_data(values.data(), values.size()));
  }

  template <class Archive>
  void load(Archive& archive) {
    cereal::size_type size = 0;
    archive(cereal::make_size_tag(size));
    values.resize(size);
    archive(cereal::binary_data(values.data(), values.size()));
  }
};

struct percent {
  std::uint8_t value = 0;

  template <class Archive>
  void save(Archive& archive) const {
    if (value > 100)
      archive.refuse("more than a hundred percent");
    archive(value);
  }

  template <class Archive>
  void load(Archive& archive) {
    archive(value);
    if (value > 100)
      archive.refuse("more than a hundred percent");
  }
};

struct throws {
  template <class Archive>
  void serialize(Archive& archive) {
    std::uint8_t value = 1;
    archive(value);
    throw std::runtime_error("does not like it");
  }
};

/// A type of somebody else's, like an actor handle: needs a directory to be saved and loaded.
struct handle {
  std::string name;
};

struct directory {
  std::map<std::string, std::uint16_t> numbers;
};

} // namespace zoo

CEREAL_CLASS_VERSION(zoo::versioned_split, 3)

namespace cereal {

template <class Archive>
struct specialize<Archive, zoo::chooses, specialization::member_load_save> {};

} // namespace cereal

namespace chorus::codec {

void save(writer& archive, const zoo::handle& it) {
  archive(archive.context<const zoo::directory>().numbers.at(it.name));
}

void load(reader& archive, zoo::handle& it) {
  std::uint16_t wanted = 0;
  archive(wanted);
  for (const auto& [name, number] : archive.context<const zoo::directory>().numbers) {
    if (number == wanted)
      it.name = name;
  }
  if (it.name.empty())
    archive.refuse("nobody has this number", errc::not_found);
}

namespace {

byte_buffer bytes_of(std::initializer_list<int> values) {
  byte_buffer bytes;
  for (const int value : values)
    bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

template <class T>
void expect_bytes(std::uint8_t value, std::initializer_list<int> bytes) {
  T it;
  it.value = value;
  EXPECT_EQ(encode(it), bytes_of(bytes));
  EXPECT_EQ(decode<T>(bytes_of(bytes))->value, value);
}

TEST(users_types, have_any_of_the_functions_of_cereal) {
  expect_bytes<zoo::member_serialize>(5, {5});
  expect_bytes<zoo::free_serialize>(5, {5});
  expect_bytes<zoo::member_split>(5, {10, 0});
  expect_bytes<zoo::free_split>(5, {5});
  expect_bytes<zoo::member_minimal>(5, {5});
  expect_bytes<zoo::free_minimal>(5, {1, 0, 0, 0, 5});
  expect_bytes<zoo::chooses>(9, {9});
}

TEST(users_types, save_their_base_classes) {
  zoo::derived it;
  it.value = 1;
  it.more = 2;
  EXPECT_EQ(encode(it), bytes_of({1, 2}));
  EXPECT_EQ(decode<zoo::derived>(bytes_of({1, 2}))->value, 1);
}

TEST(users_types, without_members_need_no_function) {
  EXPECT_EQ(encode(zoo::empty{}), byte_buffer{});
  EXPECT_TRUE(decode<zoo::empty>(byte_buffer{}));
}

TEST(users_types, size_their_containers_by_no_more_than_the_bytes_left) {
  EXPECT_EQ(encode(zoo::by_hand{{7, 8}}), bytes_of({2, 0, 0, 0, 7, 8}));
  EXPECT_EQ(decode<zoo::by_hand>(bytes_of({2, 0, 0, 0, 7, 8}))->values, (std::vector<std::uint8_t>{7, 8}));
  const auto hostile = decode<zoo::by_hand>(bytes_of({3, 0, 0, 0, 7, 8}));
  EXPECT_EQ(hostile.failure().what, "a count of 3 elements that 2 bytes cannot hold, at byte 4");
}

TEST(users_types, may_come_with_the_functions_of_cereal_for_standard_types) {
  // <cereal/types/vector.hpp> resizes before it reads.
  const auto hostile = decode<std::vector<std::string>>(bytes_of({255, 255, 255, 127}));
  EXPECT_EQ(hostile.failure().code, errc::malformed);
  EXPECT_EQ(encode(std::map<std::string, bool>{{"a", true}}), bytes_of({1, 0, 0, 0, 1, 0, 0, 0, 'a', 1}));
}

TEST(class_version, stands_before_every_object) {
  const std::vector<zoo::versioned_split> two{{7, 0}, {8, 0}};
  EXPECT_EQ(encode(two), bytes_of({2, 0, 0, 0, 3, 0, 0, 0, 7, 3, 0, 0, 0, 8}));
}

TEST(class_version, of_another_age_is_for_the_type_to_judge) {
  EXPECT_EQ(decode<zoo::versioned_split>(bytes_of({1, 0, 0, 0, 7}))->read_version, 1u);
  EXPECT_EQ(decode<zoo::versioned_split>(bytes_of({99, 0, 0, 0, 7}))->read_version, 99u);
}

TEST(refusal, by_a_type_is_an_error_with_its_place) {
  byte_buffer out;
  const auto failure = encode_to(out, std::pair{zoo::percent{100}, zoo::percent{101}});
  EXPECT_EQ(failure, (error{errc::invalid_argument, "more than a hundred percent, at byte 1"}));
  EXPECT_TRUE(out.empty());
  const auto decoded = decode<zoo::percent>(bytes_of({101}));
  EXPECT_EQ(decoded.failure(), (error{errc::malformed, "more than a hundred percent, at byte 1"}));
}

TEST(refusal, by_an_exception_is_an_error_with_its_place) {
  byte_buffer out;
  EXPECT_EQ(encode_to(out, zoo::throws{}), (error{errc::invalid_argument, "does not like it, at byte 1"}));
  const auto decoded = decode<zoo::throws>(bytes_of({0}));
  EXPECT_EQ(decoded.failure(), (error{errc::malformed, "does not like it, at byte 1"}));
}

TEST(context, is_found_by_its_type) {
  zoo::directory directory{{{"ada", 258}}};
  byte_buffer out;
  ASSERT_FALSE(encode_to(out, std::vector{zoo::handle{"ada"}}, {.context = directory}));
  EXPECT_EQ(out, bytes_of({1, 0, 0, 0, 2, 1}));
  const auto decoded = decode<std::vector<zoo::handle>>(out, {.context = directory});
  EXPECT_EQ(decoded->at(0).name, "ada");
}

TEST(context, that_refuses_is_an_error_of_its_own_code) {
  const zoo::directory empty;
  EXPECT_EQ(decode<zoo::handle>(bytes_of({1, 1}), {.context = empty}).failure().code, errc::not_found);
}

TEST(context, that_is_missing_is_an_error) {
  byte_buffer out;
  EXPECT_EQ(encode_to(out, zoo::handle{"ada"}).code, errc::invalid_argument);
  EXPECT_EQ(decode<zoo::handle>(bytes_of({1, 1})).failure().code, errc::invalid_argument);
}

TEST(context, of_another_type_is_missing) {
  std::string other;
  EXPECT_EQ(decode<zoo::handle>(bytes_of({1, 1}), {.context = other}).failure().code, errc::invalid_argument);
}

TEST(context, that_is_const_is_not_found_as_mutable) {
  const int fixed = 1;
  int variable = 2;
  EXPECT_EQ(context_ref{fixed}.find<int>(), nullptr);
  EXPECT_EQ(context_ref{fixed}.find<const int>(), &fixed);
  EXPECT_EQ(context_ref{variable}.find<const int>(), &variable);
  EXPECT_EQ(context_ref{variable}.find<int>(), &variable);
}

} // namespace
} // namespace chorus::codec
