"""The story that scripts/demo tells: what is typed where, and what must be seen then."""

import argparse
import os
import pathlib
import re
import sys
import time

from demo_stage import PATIENCE, Failure, Stage

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD_FOLDER = ROOT / "build" / "release"
PROGRAMS = ["samples/counter/counter", "samples/chat/chat"]

# Between two attempts to be heard by somebody who has just come.
SAY_AGAIN_AFTER = 2.0

# Where `ready ada listening on 127.0.0.1:40001` says that the node is to be found.
READY = r"ready {name} listening on (\S+)"


class Story:
    """Ada's node carries the counter, ben's and cleo's are in the chat."""

    def __init__(self, stage, build_folder):
        self.stage = stage
        self.counter_program, self.chat_program = (str(build_folder / program) for program in PROGRAMS)
        self.visitors = 0

    def tell(self):
        self.start()
        self.count()
        self.chat()
        self.kill_cleo()
        self.go_on()
        self.cleo_returns()
        self.leave()

    def start(self):
        self.stage.step("three nodes start: ada carries a counter, ben and cleo are in a chat; both know ada's address only")
        self.ada = self.stage.start(
            "ada", [self.counter_program, "--name", "ada", "--listen", "127.0.0.1:0", "--log-level", "info", "--host"]
        )
        self.ada_address = self.address_of(self.ada)
        self.ben = self.start_chat("ben")
        self.ben_address = self.address_of(self.ben)
        self.cleo = self.start_chat("cleo")
        self.address_of(self.cleo)
        self.ben.expect(r"\* cleo joined")
        self.cleo.expect(r"\* ben joined")

    def count(self):
        self.stage.step("the counter is used from other nodes, here by way of ben: a name is found, wherever its actor lives")
        self.ask_counter("add 5", expected=5, seed=self.ben_address)
        self.ask_counter("add 2", expected=7, seed=self.ben_address)

    def chat(self):
        self.stage.step("ben and cleo talk")
        self.say(self.ben, self.cleo, "hello, who is there?")
        self.say(self.cleo, self.ben, "cleo is")

    def kill_cleo(self):
        self.stage.step("cleo's process is killed with SIGKILL: it cannot say goodbye, the others must notice")
        killed_at = time.monotonic()
        self.cleo.kill()
        self.ben.expect(r"\* cleo is gone \(failed\)")
        ben_after = time.monotonic() - killed_at
        self.ada.expect(r".* ada: failed: cleo .*")
        ada_after = time.monotonic() - killed_at
        self.stage.remark(f"ben noticed after {ben_after:.1f} s, ada after {ada_after:.1f} s")

    def go_on(self):
        self.stage.step("the others go on: the counter still counts from 7")
        self.ask_counter("add 1", expected=8, seed=self.ben_address)

    def cleo_returns(self):
        self.stage.step("cleo starts again: the same name, a new life")
        self.cleo = self.start_chat("cleo")
        self.address_of(self.cleo)
        self.ben.expect(r"\* cleo joined")
        self.cleo.expect(r"\* ben joined")
        self.ask_counter("get", expected=8, seed=self.ada_address)
        self.say(self.ben, self.cleo, "welcome back")

    def leave(self):
        self.stage.step("everybody leaves in order: cleo ends her input, ben and ada get SIGTERM")
        self.cleo.end_input()
        self.cleo.expect_exit()
        self.ben.expect(r"\* cleo is gone \(left\)")
        self.ben.terminate()
        self.ben.expect_exit()
        self.ada.terminate()
        self.ada.expect_exit()

    def start_chat(self, name):
        return self.stage.start(
            name,
            [self.chat_program, "--name", name, "--listen", "127.0.0.1:0", "--seed", self.ada_address, "--room", "lobby"],
        )

    def say(self, author, listener, text):
        """Until it is heard: windows find each other a moment after their nodes have."""
        heard = rf"\[lobby\] {author.name}: {re.escape(text)}"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            author.type(text)
            if listener.sees(heard, SAY_AGAIN_AFTER):
                return
        raise Failure(f"{listener.name} did not hear {author.name}: {text}")

    def address_of(self, node):
        return node.expect(READY.format(name=node.name)).group(1)

    def ask_counter(self, question, expected, seed):
        """Each question is a node of its own, which joins, asks and leaves."""
        self.visitors += 1
        name = f"visitor-{self.visitors}"
        visitor = self.stage.start(name, [self.counter_program, "--name", name, "--seed", seed, *question.split()])
        visitor.expect(str(expected))
        visitor.expect_exit()


def build(stage):
    stage.step("build the two samples (the first time takes some minutes)", numbered=False)
    builder = stage.start("build", [str(ROOT / "scripts" / "build"), "release", *PROGRAMS], shows_command=False)
    builder.expect_exit(within=3600)


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Shows three chorus nodes at work.")
    parser.add_argument("--build-folder", type=pathlib.Path, help="run what is built there")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    with Stage() as stage:
        try:
            if not arguments.build_folder:
                build(stage)
            Story(stage, (arguments.build_folder or BUILD_FOLDER).absolute()).tell()
        except Failure as failure:
            stage.report(failure)
            return 1
    print("\nThe demo has shown what it announced; no process of it is left.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
