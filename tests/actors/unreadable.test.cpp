#include "../../actors/caf17/node_name.hpp"
#include "../../actors/remoting/flow_control.hpp"
#include "../../actors/remoting/foreign_types.hpp"
#include "../../actors/remoting/remoting.hpp"
#include "../../actors/remoting/unreadable_messages.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/flow.hpp>
#include <chorus/actors/message.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/fnv.hpp>

#include <caf/actor_cast.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Messages that arrive and cannot be read: what this node finds out, and what the other one is told.
namespace {

struct order {
  std::int64_t number = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number);
  }
};

} // namespace

CHORUS_MESSAGE(order, "unreadable.order/2")

namespace chorus {
namespace {

using namespace std::chrono_literals;

constexpr auto known_version = caf17::message_key("unreadable.order/2");
constexpr auto other_version = caf17::message_key("unreadable.order/13");
constexpr auto stranger = caf17::message_key("unreadable.cart/1");

static_assert(fnv_1a_without(fnv_1a("counter.add/1"), '1') == fnv_1a("counter.add/"));

TEST(undeclared_key, is_known_as_another_version_of_a_declared_name) {
  auto found = caf17::find_other_version(other_version);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "unreadable.order/13");
  ASSERT_EQ(found->declared.size(), 1u);
  EXPECT_EQ(found->declared.front()->name, "unreadable.order/2");
}

TEST(undeclared_key, is_found_up_to_a_number_of_digits) {
  EXPECT_TRUE(caf17::find_other_version(caf17::message_key("unreadable.order/9999")));
  EXPECT_FALSE(caf17::find_other_version(caf17::message_key("unreadable.order/10000")));
  EXPECT_FALSE(caf17::find_other_version(stranger));
}

TEST(foreign_types, learn_a_name_once_and_only_a_name_of_that_key) {
  foreign_types types;
  EXPECT_FALSE(types.learn(stranger, "unreadable.cart/1")) << "nobody has asked";
  EXPECT_TRUE(types.find(stranger).name.empty());
  EXPECT_FALSE(types.learn(stranger, "unreadable.cart/2")) << "has another key";
  EXPECT_TRUE(types.learn(stranger, "unreadable.cart/1"));
  EXPECT_FALSE(types.learn(stranger, "unreadable.cart/1"));
  EXPECT_EQ(types.find(stranger).name, "unreadable.cart/1");
  EXPECT_EQ(types.find(other_version).name, "unreadable.order/13");
  EXPECT_EQ(types.find(other_version).declared, "unreadable.order/2");
}

TEST(foreign_types, are_remembered_up_to_a_limit) {
  foreign_types types;
  for (std::uint64_t key = 1; key <= foreign_types::limit; ++key)
    types.find(key);
  EXPECT_TRUE(types.find(other_version).name.empty());
}

constexpr peer ada{{1, 1}, {1}};
constexpr peer bob{{2, 2}, {1}};

unreadable_message some_message(std::uint64_t receiver = 5) {
  return {4, receiver, {}, stranger, 1, errc::unknown_type, {}, {}, true};
}

TEST(unreadable_messages, tell_the_first_at_once_and_the_others_together) {
  using effect = unreadable_messages::effect;
  unreadable_messages table;
  EXPECT_EQ(table.add(ada, some_message()), effect::opened);
  EXPECT_EQ(table.add(ada, some_message()), effect::counted);
  EXPECT_EQ(table.add(ada, some_message()), effect::counted);
  EXPECT_EQ(table.add(bob, some_message()), effect::opened);
  EXPECT_EQ(table.add(ada, some_message(6)), effect::opened);
  auto counted = table.take_all();
  ASSERT_EQ(counted.size(), 1u);
  EXPECT_EQ(counted[0].first, ada);
  EXPECT_EQ(counted[0].second.count, 2u);
  EXPECT_EQ(table.add(ada, some_message()), effect::counted) << "it goes on";
  table.postpone(ada, counted[0].second);
  EXPECT_EQ(table.take_all().at(0).second.count, 3u);
  EXPECT_TRUE(table.take_all().empty());
  EXPECT_EQ(table.add(ada, some_message()), effect::opened) << "nothing was counted, so the record is closed";
  EXPECT_EQ(table.add(ada, some_message()), effect::counted);
  table.forget(ada);
  EXPECT_TRUE(table.take_all().empty());
}

/// The node that has sent them decides by the first one's header who is told.
TEST(unreadable_messages, of_each_kind_and_on_behalf_of_each_foreign_actor_have_a_record_of_their_own) {
  using effect = unreadable_messages::effect;
  auto request = caf::make_message_id().integer_value() | 1;
  caf17::actor_reference cleo{{{3, 3}, {1}}, 4};
  std::vector<message_header> headers{
      {caf::message_id{request}.response_id().integer_value(), {}},
      {request, {}},
      {request, cleo},
      {0, cleo},
      {}};
  headers.back().id = headers[3].id = caf::make_message_id().integer_value();
  unreadable_messages table;
  for (auto& header : headers)
    for (auto expected : {effect::opened, effect::counted}) {
      auto what = some_message();
      what.header = header;
      EXPECT_EQ(table.add(ada, what), expected);
    }
  auto counted = table.take_all();
  ASSERT_EQ(counted.size(), headers.size());
  for (auto& [from, what] : counted)
    EXPECT_EQ(what.count, 1u);
}

TEST(unreadable_messages, have_a_limit) {
  using effect = unreadable_messages::effect;
  unreadable_messages table;
  for (std::uint64_t receiver = 1; receiver <= unreadable_messages::limit; ++receiver)
    EXPECT_EQ(table.add(ada, some_message(receiver)), effect::opened);
  EXPECT_EQ(table.add(ada, some_message(0)), effect::dropped);
  EXPECT_EQ(table.add(ada, some_message(1)), effect::counted);
}

/// Ada's remoting, with a link to bob that the test reads and writes.
class what_cannot_be_read : public testing::Test {
protected:
  what_cannot_be_read() {
    caf17::set_node(system_, ada);
    flow_ = std::make_shared<flow_control>([](time_point) {});
    remoting_ = std::make_shared<remoting>(
        system_,
        ada,
        flow_,
        remoting::hooks{
            [this](auto& what) { troubles_.push_back(what); },
            [](auto task) { task(); },
            [this](auto actors) { disposed_ += actors.size(); },
            [](auto) { return false; }}
    );
    remoting_->add_link(bob, {link_, link_});
    self_.emplace(system_);
    remote_ = caf::actor_cast<caf::actor>(remoting_->receive_handle({bob, 77}, remoting::nobody));
    local_ = *remoting_->keep(caf::actor_cast<caf::strong_actor_ptr>(caf::actor{*self_}));
  }

  ~what_cannot_be_read() override {
    remoting_->let_go(local_);
    remoting_->lose(bob, {errc::node_down, "the end of the test"});
    remoting_->stop();
    flow_->stop();
  }

  /// A message of bob to the local actor, with one element of this type.
  void receive(std::uint64_t type, caf::message_id id = caf::make_message_id(), byte_buffer value = {}) {
    receive_for(local_, type, {id.integer_value(), {}}, value);
  }

  void receive_for(
      std::uint64_t receiver, std::uint64_t type, const message_header& header, const byte_buffer& value = {}
  ) {
    auto bytes = codec::encode(parcel::message);
    auto append = [&](const byte_buffer& more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
    append(codec::encode(header));
    append(codec::encode(std::uint32_t{1}));
    append(codec::encode(type));
    append(value);
    remoting_->deliver(bob, {{77, receiver}, shared_bytes{std::move(bytes)}, 100, channels::actors});
  }

  template <class Content>
  void receive_notice(notice kind, const Content& content) {
    shared_bytes bytes{encode_notice(kind, content)};
    remoting_->deliver(bob, {urgent_notices, std::move(bytes), 100, channels::handles});
  }

  /// The content of the notices of this kind that were sent to bob since the last call.
  template <class Content>
  std::vector<Content> sent(notice wanted) {
    std::vector<Content> all;
    for (auto& message : link_->take().messages) {
      codec::reader archive{message.payload.view()};
      if (message.channel == channels::handles && *codec::decode_prefix<notice>(archive) == wanted)
        all.push_back(*codec::decode_prefix<Content>(archive));
    }
    return all;
  }

  std::optional<undelivered> told_loss() {
    flow_->tick();
    std::optional<undelivered> told;
    if ((*self_)->has_next_message())
      (*self_)->receive([&](const undelivered& what) { told = what; });
    return told;
  }

  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  std::shared_ptr<outbox> link_ = std::make_shared<outbox>(100'000, 10'000, [] {});
  std::vector<remoting::trouble> troubles_;
  std::size_t disposed_ = 0; ///< handles that were let go in another thread
  std::shared_ptr<flow_control> flow_;
  std::shared_ptr<remoting> remoting_;
  caf::actor remote_;
  std::uint64_t local_ = 0;
  std::optional<caf::scoped_actor> self_;
};

TEST_F(what_cannot_be_read, is_told_to_its_node_with_the_version_that_is_here) {
  receive(other_version);
  ASSERT_EQ(troubles_.size(), 1u);
  EXPECT_NE(troubles_[0].reason.what.find("'unreadable.order/13'"), std::string::npos);
  EXPECT_NE(troubles_[0].reason.what.find("'unreadable.order/2'"), std::string::npos);
  auto told = sent<unreadable_message>(notice::unreadable);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].sender, 77u);
  EXPECT_EQ(told[0].receiver, local_);
  EXPECT_EQ(told[0].type, other_version);
  EXPECT_EQ(told[0].declared, "unreadable.order/2");
  EXPECT_TRUE(told[0].name_is_known);
}

TEST_F(what_cannot_be_read, is_named_in_the_log_once_its_node_has_said_what_it_is_called) {
  receive(stranger);
  auto told = sent<unreadable_message>(notice::unreadable);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_FALSE(told[0].name_is_known);
  receive_notice(notice::type_name, foreign_type{stranger, "unreadable.cart/1"});
  receive_notice(notice::type_name, foreign_type{stranger, "unreadable.cart/1"});
  ASSERT_EQ(troubles_.size(), 2u);
  EXPECT_EQ(troubles_[1].what, remoting::trouble::kind::foreign_type);
  EXPECT_NE(troubles_[1].reason.what.find("'unreadable.cart/1'"), std::string::npos);
  receive(stranger);
  EXPECT_NE(troubles_[2].reason.what.find("'unreadable.cart/1'"), std::string::npos);
}

TEST_F(what_cannot_be_read, is_told_with_its_type_if_its_content_is_at_fault) {
  receive(known_version); // and no value
  auto told = sent<unreadable_message>(notice::unreadable);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].type, known_version);
  EXPECT_EQ(told[0].reason, errc::malformed);
  EXPECT_NE(troubles_.at(0).reason.what.find("'unreadable.order/2'"), std::string::npos);
}

TEST_F(what_cannot_be_read, costs_one_notice_at_once_and_one_for_all_others) {
  for (int i = 0; i < 100; ++i)
    receive(other_version);
  EXPECT_EQ(sent<unreadable_message>(notice::unreadable).size(), 1u);
  remoting_->sweep({});
  auto others = sent<unreadable_message>(notice::unreadable);
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others[0].count, 99u);
}

TEST_F(what_cannot_be_read, of_requests_is_told_one_by_one) {
  for (auto number : {1u, 2u})
    receive(other_version, caf::message_id{number | caf::message_id::default_async_value});
  EXPECT_EQ(sent<unreadable_message>(notice::unreadable).size(), 2u);
}

TEST_F(what_cannot_be_read, is_told_also_after_a_delegated_request_on_the_same_pair) {
  receive_for(local_, other_version, {caf::make_message_id().integer_value() | 1, {{{3, 3}, {1}}, 77}});
  receive(other_version);
  auto told = sent<unreadable_message>(notice::unreadable);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(caf::message_id{told[0].header.id}.is_request());
  EXPECT_FALSE(caf::message_id{told[1].header.id}.is_request());
  EXPECT_FALSE(told[1].header.foreign_sender.home);
}

class passive_actor final : public caf::monitorable_actor {
public:
  explicit passive_actor(caf::actor_config& settings) : monitorable_actor(settings) {}
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

/// With it its destructor runs, which is a user's code.
TEST_F(what_cannot_be_read, lets_go_of_the_receivers_last_handle_in_another_thread) {
  /// A request that brings back the last handle of its receiver.
  auto receive_last = [&](std::uint64_t type) {
    caf::actor_config settings;
    auto actor = caf::make_actor<passive_actor, caf::strong_actor_ptr>(
        system_.next_actor_id(), system_.node(), &system_, settings
    );
    auto number = remoting_->give_handle(actor, *remoting_->find_node(bob)).actor;
    actor = nullptr;
    receive_notice(notice::release, std::vector<released_handle>{{number, 1, 1}});
    auto value = type == known_version ? codec::encode(order{1}) : byte_buffer{};
    receive_for(number, type, {caf::make_message_id().integer_value() | 1, {}}, value);
  };
  receive_last(other_version);
  EXPECT_EQ(disposed_, 1u) << "it is unreadable";
  receive_last(known_version);
  EXPECT_EQ(disposed_, 2u);
  remoting_->refuse_requests();
  receive_last(known_version);
  EXPECT_EQ(disposed_, 3u) << "it is refused";
}

TEST_F(what_cannot_be_read, there_is_told_to_its_sender_here) {
  (*self_)->send(remote_, order{1});
  auto told = some_message(77);
  told.sender = local_;
  told.type = known_version;
  told.declared = "unreadable.order/1";
  told.count = 7;
  receive_notice(notice::unreadable, told);
  auto notice_of_it = told_loss();
  ASSERT_TRUE(notice_of_it);
  EXPECT_EQ(notice_of_it->receiver, remote_);
  EXPECT_EQ(notice_of_it->count, 7u);
  EXPECT_EQ(notice_of_it->reason.code, errc::unknown_type);
  EXPECT_NE(notice_of_it->reason.what.find("'unreadable.order/2'"), std::string::npos);
  EXPECT_NE(notice_of_it->reason.what.find("'unreadable.order/1'"), std::string::npos);
  EXPECT_TRUE(sent<foreign_type>(notice::type_name).empty()) << "it knows the name";
}

TEST_F(what_cannot_be_read, there_is_named_for_its_node) {
  auto told = some_message(77);
  told.type = known_version;
  told.name_is_known = false;
  receive_notice(notice::unreadable, told);
  auto named = sent<foreign_type>(notice::type_name);
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].key, known_version);
  EXPECT_EQ(named[0].name, "unreadable.order/2");
}

TEST_F(what_cannot_be_read, there_answers_the_request_that_it_was) {
  auto asked = (*self_)->request(remote_, 60s, order{1});
  std::uint64_t id = 0;
  for (auto& message : link_->take().messages) {
    codec::reader archive{message.payload.view()};
    if (message.channel == channels::actors && *codec::decode_prefix<parcel>(archive) == parcel::message)
      id = codec::decode_prefix<message_header>(archive)->id;
  }
  auto told = some_message(77);
  told.sender = local_;
  told.header.id = id;
  told.type = known_version;
  told.reason = errc::malformed;
  told.text = "something is missing";
  receive_notice(notice::unreadable, told);
  std::optional<caf::error> answer;
  asked.receive([](int) {}, [&](caf::error& reason) { answer = std::move(reason); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, errc::malformed);
  auto text = system_.render(*answer);
  EXPECT_NE(text.find("'unreadable.order/2'"), std::string::npos) << text;
  EXPECT_NE(text.find("something is missing"), std::string::npos) << text;
}

} // namespace
} // namespace chorus
