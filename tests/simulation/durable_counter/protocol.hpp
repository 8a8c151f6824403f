#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

/// Counters on the disk of one server, and clients that ask again until they are answered: the smallest
/// service that keeps a promise across crashes. It promises nothing if the disk is lost; that takes several
/// servers.
namespace chorus::testing::durable_counter {

/// Both ways: a question has an amount to add, its answer the value afterwards. Questions of one life of a
/// client are numbered from 1; the life stands in them because an answer to an earlier one may come late.
struct message {
  incarnation life;
  std::uint64_t serial = 0;
  std::uint64_t key = 0;
  std::int64_t number = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(life, serial, key, number);
  }
};

/// What the server keeps of an addition.
struct record {
  peer client;
  message question;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(client, question);
  }
};

struct wire {
  static wire_message encode(const message& what);
  static result<message> decode(const shared_bytes& head, const shared_bytes& body = {});
  static byte_buffer encode_record(const record& what);
  static result<record> decode_record(const byte_buffer& bytes);
  static std::string describe(const message& what);
};

/// Answers when what it answers is durable. A question that comes again is answered again, not done again.
class server {
public:
  using message = durable_counter::message;
  using input = std::variant<persisted>;

  struct output {
    std::vector<persist<record>> records;
    std::vector<transmit<message>> answers;

    bool empty() const noexcept { return records.empty() && answers.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : records)
        visit(std::move(step));
      for (auto& step : answers)
        visit(std::move(step));
    }
  };

  /// What an earlier life has left on the disk.
  explicit server(const std::vector<record>& left);

  void receive(time_point now, const peer& from, const message& question);
  void apply(time_point now, const input& what);
  void tick(time_point) {}
  std::optional<time_point> next_deadline() const { return std::nullopt; }
  output drain() { return std::exchange(output_, {}); }

private:
  std::int64_t add(const peer& client, const message& question);
  void answer_when_durable(const peer& client, const message& answer);

  struct waiting_answer {
    persist_token until;
    transmit<message> answer;
  };

  std::map<std::uint64_t, std::int64_t> values_;
  std::map<peer, message> latest_; ///< the last answer to an addition of each client
  persist_token newest_;           ///< written
  persist_token durable_;
  std::deque<waiting_answer> waiting_;
  output output_;
};

/// Asks one question at a time.
class client {
public:
  static constexpr duration ask_again_after = std::chrono::milliseconds{200};
  static constexpr duration give_up_after = std::chrono::seconds{5};

  using message = durable_counter::message;

  struct ask {
    std::uint64_t key = 0;
    std::int64_t amount = 0;
  };
  using input = ask;

  struct answered {
    std::int64_t value = 0;
  };
  /// Nobody knows whether it was done.
  struct gave_up {};

  struct output {
    std::vector<transmit<message>> questions;
    std::optional<std::variant<answered, gave_up>> end;

    bool empty() const noexcept { return questions.empty() && !end; }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : questions)
        visit(std::move(step));
      if (end)
        std::visit(visit, *end);
    }
  };

  client(incarnation self, const node_id& server) : server_{server, {}} { question_.life = self; }

  void receive(time_point now, const peer& from, const message& answer);

  /// Pre: it is idle.
  void apply(time_point now, const ask& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const { return again_at_; }
  output drain() { return std::exchange(output_, {}); }

  bool is_idle() const noexcept { return !again_at_; }

private:
  peer server_;
  message question_;
  std::optional<time_point> again_at_;
  time_point give_up_at_;
  output output_;
};

} // namespace chorus::testing::durable_counter
