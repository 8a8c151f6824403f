#pragma once

#include <chorus/actors/message.hpp>

#include <caf/actor.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>

/// Actors that do what tests tell them, in this process or in that of the program `servant`. There, node
/// NAME announces `servant/NAME`, `adder/NAME`, `worker/NAME` and `stranger/NAME`.
namespace chorus::testing {

template <caf::atom_value Name>
using word = caf::atom_constant<Name>;

// -- to a servant: requests ---------------------------------------------------------------------------

using echo_atom = word<caf::atom("echo")>;   ///< text -> the same text
using later_atom = word<caf::atom("later")>; ///< text -> the same text, after `now`
using now_atom = word<caf::atom("now")>;     ///< -> true, after answering everything that waits
using fail_atom = word<caf::atom("fail")>;   ///< -> sec::invalid_argument
using mute_atom = word<caf::atom("mute")>;   ///< -> nothing ever; the listener hears `mute`
using pass_atom = word<caf::atom("pass")>;   ///< handle, message -> delegates the message to the handle

// -- to a servant: handles ----------------------------------------------------------------------------

using self_atom = word<caf::atom("self")>;       ///< -> its own handle
using fresh_atom = word<caf::atom("fresh")>;     ///< -> the handle of another servant of its node
using reflect_atom = word<caf::atom("reflect")>; ///< handle, typed or not -> the same handle
using tell_atom = word<caf::atom("tell")>;       ///< handle, message: sends the message to the handle

// -- to a servant: watching, answered with `true` once it is done -------------------------------------------

using report_atom = word<caf::atom("report")>; ///< handle: whom it tells from now on what it hears
using monitor_atom = word<caf::atom("monitor")>;
using demonitor_atom = word<caf::atom("demonitor")>;
using link_atom = word<caf::atom("link")>;
using unlink_atom = word<caf::atom("unlink")>;
using trap_atom = word<caf::atom("trap")>; ///< survives exit messages from now on, and reports them
using ask_atom = word<caf::atom("ask")>;   ///< handle: asks it `mute`, and reports how that ends
using quit_atom = word<caf::atom("quit")>; ///< error: ends for that reason; not answered

// -- to a servant: streams ----------------------------------------------------------------------------

using number_atom = word<caf::atom("number")>; ///< int64, text: not answered, but counted
using tally_atom = word<caf::atom("tally")>;   ///< -> int64: numbers so far; -1 if one was not above its last
using flood_atom = word<caf::atom("flood")>; ///< handle, int64, uint64: sends it so many numbers of that size
using lost_atom = word<caf::atom("lost")>;   ///< -> int64: numbers that were `undelivered` as overloaded

// -- to a stranger -------------------------------------------------------------------------------------

using secret_atom = word<caf::atom("secret")>; ///< -> a value of a type that only the program knows
using shy_atom = word<caf::atom("shy")>;       ///< -> a value of a type that may not leave its node

// -- to a worker, which removes duplicates of requests made at most once --------------------------------

using add_atom = word<caf::atom("add")>;   ///< int64 -> the sum so far; the listener hears `executed`
using hold_atom = word<caf::atom("hold")>; ///< -> true; executes and does not answer, until `now`

// -- from a servant or a worker to its listener ----------------------------------------------------------

/// text: `mute`, `executed`; `down REASON`, `exit REASON` or `failed REASON`, with just the code if the
/// error is chorus' own
using heard_atom = word<caf::atom("heard")>;

/// Adds two numbers.
using adder = caf::typed_actor<caf::replies_to<std::int64_t, std::int64_t>::with<std::int64_t>>;

/// Handles inside of a user's type; `reflect` takes it too.
struct handles {
  caf::actor untyped;
  adder typed;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(untyped, typed);
  }
};

/// `steward`: the servant is linked to it and ends with it.
caf::actor spawn_servant(caf::actor_system& system, const caf::actor& steward);

/// Survives the servants; kill it to end them.
caf::actor spawn_steward(caf::actor_system& system);

} // namespace chorus::testing

CHORUS_MESSAGE(chorus::testing::handles, "test.handles/1")
