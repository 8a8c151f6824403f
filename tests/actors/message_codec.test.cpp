#include "../../actors/caf17/message_codec.hpp"

#include <chorus/actors/message.hpp>
#include <chorus/runtime/codec/codec.hpp>

#include <caf/make_message.hpp>
#include <caf/message_builder.hpp>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

struct point {
  std::int32_t x = 0;
  std::int32_t y = 0;

  friend bool operator==(const point&, const point&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(x, y);
  }
};

struct spot {
  template <class Archive>
  void serialize(Archive&) {}
};

using mover = caf::typed_actor<
    caf::replies_to<point, std::int32_t>::with<point>,
    caf::reacts_to<caf::atom_constant<caf::atom("stop")>>>;
using named_handle = caf::typed_actor<caf::reacts_to<double>>;

struct undeclared {
  int content = 0;
};

} // namespace

CHORUS_MESSAGE(point, "test.point/1")
CHORUS_MESSAGE(named_handle, "test.named_handle/1")
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(spot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(undeclared)

namespace chorus {
namespace {

/// No handles in these messages.
struct no_handles final : caf17::handle_exporter, caf17::handle_importer {
  caf17::actor_reference export_handle(const caf::strong_actor_ptr& handle) override {
    EXPECT_EQ(handle, nullptr);
    return {};
  }
  caf::strong_actor_ptr import_handle(const caf17::actor_reference&) override { return nullptr; }
};

result<caf::message> there_and_back(const caf::message& content) {
  no_handles handles;
  byte_buffer bytes;
  if (auto failed =
          codec::encode_to(bytes, content, {.context = static_cast<caf17::handle_exporter&>(handles)}))
    return failed;
  return codec::decode<caf::message>(bytes, {.context = static_cast<caf17::handle_importer&>(handles)});
}

template <class... Ts>
void expect_to_arrive(const Ts&... values) {
  auto arrived = there_and_back(caf::make_message(values...));
  ASSERT_TRUE(arrived) << to_string(arrived.failure());
  ASSERT_TRUE((arrived->template match_elements<Ts...>()));
  std::size_t position = 0;
  auto expect_next = [&]<class T>(const T& value) {
    EXPECT_EQ(arrived->template get_as<T>(position++), value);
  };
  (expect_next(values), ...);
}

TEST(message, arrives_with_the_standard_types) {
  expect_to_arrive(true, std::int8_t{-8}, std::uint16_t{16}, std::int32_t{-32}, std::uint64_t{64});
  expect_to_arrive(1.5f, -2.25, std::string{"text"});
  expect_to_arrive(std::vector<std::string>{"a", "b"}, std::set<std::string>{"c"});
  expect_to_arrive(std::map<std::string, std::string>{{"key", "value"}}, std::vector<char>{'x', '\0'});
  expect_to_arrive(caf::timespan{17}, caf::timestamp{caf::timespan{18}});
  expect_to_arrive(caf::atom("greeting"), caf::error{caf::sec::runtime_error});
  expect_to_arrive(caf::actor{}, caf::strong_actor_ptr{});
}

TEST(message, arrives_with_declared_types) {
  expect_to_arrive(point{3, -4});
  expect_to_arrive(caf::atom("move"), point{1, 2}, std::string{"fast"});
}

TEST(message, arrives_when_it_is_empty_or_holds_another) {
  auto empty = there_and_back(caf::message{});
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->size(), 0u);
  auto nested = there_and_back(caf::make_message(1, caf::make_message(point{5, 6})));
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->get_as<caf::message>(1).get_as<point>(0), (point{5, 6}));
}

TEST(message, keeps_the_context_of_an_error_or_at_least_its_text) {
  auto told = caf::make_error(caf::sec::runtime_error, std::string{"why"});
  auto arrived = there_and_back(caf::make_message(told));
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->get_as<caf::error>(0), told);
  EXPECT_EQ(arrived->get_as<caf::error>(0).context().get_as<std::string>(0), "why");

  caf::error odd{1, caf::atom("odd"), caf::make_message(undeclared{7})};
  auto half = there_and_back(caf::make_message(odd));
  ASSERT_TRUE(half) << to_string(half.failure());
  EXPECT_TRUE(half->get_as<caf::error>(0).context().match_elements<std::string>());
}

TEST(message, of_an_undeclared_type_does_not_leave) {
  EXPECT_EQ(caf17::check_declared(caf::make_message(undeclared{})).code, errc::unknown_type);
  EXPECT_EQ(
      caf17::check_declared(caf::make_message(1, caf::make_message(undeclared{}))).code, errc::unknown_type
  );
  EXPECT_FALSE(caf17::check_declared(caf::make_message(point{}, std::string{})));
  EXPECT_EQ(there_and_back(caf::make_message(undeclared{})).failure().code, errc::unknown_type);
}

TEST(message, is_refused_by_its_encoding_as_by_the_check) {
  for (auto& content :
       {caf::make_message(undeclared{}), caf::make_message(1, caf::make_message(undeclared{}))})
    EXPECT_EQ(to_string(there_and_back(content).failure()), to_string(caf17::check_declared(content)));
}

TEST(message, of_too_many_elements_does_not_leave) {
  caf::message_builder elements;
  for (std::size_t i = 0; i < caf17::message_elements; ++i)
    elements.append(true);
  EXPECT_TRUE(there_and_back(elements.to_message()));

  elements.append(true);
  auto one_more = there_and_back(elements.to_message());
  ASSERT_FALSE(one_more);
  EXPECT_EQ(to_string(one_more.failure()), to_string(caf17::check_declared(elements.to_message())));
  EXPECT_EQ(one_more.failure().code, errc::too_large);
}

TEST(message, of_a_type_that_is_unknown_here_is_refused) {
  auto bytes = codec::encode(std::uint32_t{1});
  auto key = codec::encode(caf17::message_key("test.nobody/1"));
  bytes.insert(bytes.end(), key.begin(), key.end());
  no_handles handles;
  caf17::handle_importer& importer = handles;
  auto arrived = codec::decode<caf::message>(bytes, {.context = importer});
  ASSERT_FALSE(arrived);
  EXPECT_EQ(arrived.failure().code, errc::unknown_type);
  EXPECT_EQ(importer.unreadable_type(), caf17::message_key("test.nobody/1"));
}

TEST(message, that_is_cut_short_is_refused_with_the_type_that_it_went_wrong_in) {
  auto content = caf::make_message(std::string{"fine"}, caf::make_message(point{}));
  no_handles handles;
  caf17::handle_exporter& exporter = handles;
  caf17::handle_importer& importer = handles;
  byte_buffer bytes;
  ASSERT_FALSE(codec::encode_to(bytes, content, {.context = exporter}));
  bytes.pop_back();
  EXPECT_EQ(codec::decode<caf::message>(bytes, {.context = importer}).failure().code, errc::malformed);
  EXPECT_EQ(importer.unreadable_type(), caf17::message_key("test.point/1")) << "the innermost";
}

TEST(typed_handle, needs_no_declaration_and_is_called_after_its_signatures) {
  auto* type = caf17::find_type(caf::make_rtti_pair<mover>());
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->name, "typed_actor(test.point/1 int32/1 -> test.point/1)('stop' -> void)/1");
  EXPECT_EQ(caf17::find_type(type->key), type);
  auto arrived = there_and_back(caf::make_message(mover{}, std::int32_t{1}));
  ASSERT_TRUE(arrived) << to_string(arrived.failure());
  EXPECT_TRUE((arrived->match_elements<mover, std::int32_t>()));
}

TEST(typed_handle, may_have_a_name_of_its_own) {
  auto* type = caf17::find_type(caf::make_rtti_pair<named_handle>());
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->name, "test.named_handle/1");
}

TEST(message, of_too_many_elements_is_refused) {
  auto bytes = codec::encode(static_cast<std::uint32_t>(caf17::message_elements + 1));
  EXPECT_EQ(codec::decode<caf::message>(bytes).failure().code, errc::too_large);
}

TEST(message_name, is_a_name_a_slash_and_a_version) {
  static_assert(caf17::is_message_name("counter.add/1"));
  static_assert(caf17::is_message_name("a/b/12"));
  static_assert(!caf17::is_message_name("counter.add"));
  static_assert(!caf17::is_message_name("counter.add/"));
  static_assert(!caf17::is_message_name("/1"));
  static_assert(!caf17::is_message_name("counter.add/one"));
}

TEST(message_type, may_be_declared_again_but_not_as_another) {
  EXPECT_TRUE(caf17::declare(caf17::describe<point>("test.point/1")));
  EXPECT_DEATH(caf17::declare(caf17::describe<spot>("test.point/1")), "clashes with \"test.point/1\"");
  EXPECT_DEATH(caf17::declare(caf17::describe<point>("test.spot/1")), "clashes with \"test.point/1\"");
}

} // namespace
} // namespace chorus
