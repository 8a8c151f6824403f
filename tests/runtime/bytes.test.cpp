#include <chorus/runtime/bytes.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace chorus {
namespace {

shared_bytes shared(std::string_view text) {
  auto bytes = as_bytes(text);
  return shared_bytes{byte_buffer{bytes.begin(), bytes.end()}};
}

TEST(bytes, are_read_as_the_text_they_were_made_of) {
  EXPECT_EQ(as_text(as_bytes("chorus")), "chorus");
  EXPECT_EQ(as_text(as_bytes("")), "");
  std::string_view with_zero{"a\0b", 3};
  EXPECT_EQ(as_text(as_bytes(with_zero)), with_zero);
}

TEST(shared_bytes, start_empty) {
  EXPECT_TRUE(shared_bytes{}.empty());
  EXPECT_TRUE(shared_bytes{byte_buffer{}}.empty());
  EXPECT_EQ(shared_bytes{}.part(0, 0).size(), 0u);
}

TEST(shared_bytes, live_as_long_as_anybody_holds_a_part_of_them) {
  std::optional whole{shared("many voices")};
  auto part = whole->part(5, 6);
  whole.reset();
  EXPECT_EQ(as_text(part.view()), "voices");
  EXPECT_EQ(as_text(part.part(0, 5).view()), "voice");
}

TEST(shared_bytes, are_the_same_memory_in_every_copy) {
  auto original = shared("chorus");
  auto copy = original;
  EXPECT_EQ(copy.view().data(), original.view().data());
}

TEST(shared_bytes, can_lie_within_memory_of_another_kind) {
  auto owner = std::make_shared<const std::string>("a frame of somebody else");
  std::weak_ptr<const std::string> watched = owner;
  std::optional<shared_bytes> bytes{std::in_place, owner, as_bytes(*owner)};
  owner.reset();
  EXPECT_EQ(as_text(bytes->view()), "a frame of somebody else");
  bytes.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(shared_bytes_death, comes_of_a_part_beyond_the_end) {
  auto bytes = shared("chorus");
  EXPECT_EQ(bytes.part(6, 0).size(), 0u);
  EXPECT_DEATH(bytes.part(7, 0), "a part beyond the bytes");
  EXPECT_DEATH(bytes.part(3, 4), "a part beyond the bytes");
  EXPECT_DEATH(bytes.part(1, static_cast<std::size_t>(-1)), "a part beyond the bytes");
}

} // namespace
} // namespace chorus
