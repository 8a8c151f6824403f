"""Processes for scripts/demo: started, read, typed to and stopped by one thread.

A stage owns the processes that it starts. Leaving it ends all of them with their children, whatever happened;
should this program itself be killed, the kernel ends them.
"""

import collections
import ctypes
import os
import re
import selectors
import signal
import subprocess
import time

# How long a line or an exit may take where nothing else is said: joining, finding a name, an answer.
PATIENCE = 20.0

# What a process gets to leave in order before it is killed.
GRACE = 5.0

# Lines of each process that a failure report repeats.
REPORTED_LINES = 40

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


class Failure(Exception):
    """Something that was announced did not happen."""


class Interrupted(SystemExit):
    """The demo was told to stop."""


class Process:
    """One process: its output appears with its name in front, and is remembered until it was expected."""

    def __init__(self, stage, name, command):
        self.stage = stage
        self.name = name
        self.unread = collections.deque()
        self.history = collections.deque(maxlen=REPORTED_LINES)
        self.partial = b""
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
        )
        os.set_blocking(self.process.stdout.fileno(), False)

    def type(self, text):
        """Writes one line to the process, as if typed."""
        self.stage.show(self.name, "<", text)
        try:
            self.process.stdin.write(text.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"{self.name} does not read its input any more") from None

    def end_input(self):
        self.stage.show(self.name, "<", "(end of input)")
        self.process.stdin.close()

    def terminate(self):
        self.stage.show(self.name, "!", "SIGTERM")
        self.process.terminate()

    def kill(self):
        self.stage.show(self.name, "!", "SIGKILL")
        self.process.kill()

    def expect(self, pattern, within=PATIENCE):
        """Waits for a line that is what the pattern says, and forgets it; returns the match."""
        if match := self.sees(pattern, within):
            return match
        raise Failure(f"{self.name} did not say within {within:g} s: {pattern}")

    def sees(self, pattern, within):
        """Like expect, but None if there was no such line in time."""
        deadline = time.monotonic() + within
        while True:
            for line in self.unread:
                if match := re.fullmatch(pattern, line):
                    self.unread.remove(line)
                    return match
            if self.has_ended():
                raise Failure(f"{self.name} ended (exit code {self.process.wait()}) without saying: {pattern}")
            if not self.stage.read(deadline):
                return None

    def expect_exit(self, within=PATIENCE):
        """Waits for the end of the process, which must be a good one."""
        deadline = time.monotonic() + within
        while not self.has_ended():
            if not self.stage.read(deadline):
                raise Failure(f"{self.name} did not end within {within:g} s")
        exit_code = self.process.wait()
        if exit_code != 0:
            raise Failure(f"{self.name} ended with exit code {exit_code}")

    def has_ended(self):
        """True once all its output is read, too."""
        return self.process.stdout.closed and self.process.poll() is not None

    def read(self):
        """Takes over what it has written."""
        content = self.process.stdout.read()
        if content is None:
            return
        *lines, self.partial = (self.partial + content).split(b"\n")
        if not content:
            self.stage.forget(self)
            lines, self.partial = [self.partial] if self.partial else [], b""
        for line in lines:
            text = line.decode(errors="replace").rstrip("\r")
            self.stage.show(self.name, "|", text)
            self.unread.append(text)
            self.history.append(text)

    def signal_group(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


class Stage:
    """Runs processes, tells what happens, and leaves nothing behind."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.processes = []
        self.steps = 0

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.interrupt)
        return self

    def __exit__(self, *_):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        running = [each for each in self.processes if each.process.poll() is None]
        for each in running:
            each.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for each in running:
            try:
                each.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
        for each in self.processes:
            each.signal_group(signal.SIGKILL)
            each.process.wait()

    def interrupt(self, number, _):
        print(f"\ndemo: {signal.Signals(number).name}: stopping everything", flush=True)
        raise Interrupted(128 + number)

    def step(self, text, numbered=True):
        if numbered:
            self.steps += 1
            text = f"step {self.steps}: {text}"
        print(f"\n— {text}", flush=True)

    def remark(self, text):
        print(f"  {'':9}   => {text}", flush=True)

    def show(self, name, mark, text):
        print(f"  {name:9} {mark} {text}", flush=True)

    def start(self, name, command, shows_command=True):
        if shows_command:
            self.show(name, "$", " ".join([os.path.basename(command[0]), *command[1:]]))
        try:
            started = Process(self, name, command)
        except OSError as reason:
            raise Failure(f"{name} cannot be started: {reason}") from None
        self.processes.append(started)
        self.selector.register(started.process.stdout, selectors.EVENT_READ, started)
        return started

    def forget(self, process):
        self.selector.unregister(process.process.stdout)
        process.process.stdout.close()

    def read(self, deadline):
        """Waits until a process writes or ends; False once the deadline has passed."""
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        # An output can end a moment before its process does, and a child can keep it open.
        for key, _ in self.selector.select(min(left, 0.05)):
            key.data.read()
        return True

    def report(self, failure):
        print(f"\ndemo: FAILED: {failure}\n", flush=True)
        for each in self.processes:
            if each.process.poll() is None or each.process.returncode != 0:
                state = "running" if each.process.poll() is None else f"ended, exit code {each.process.returncode}"
                print(f"the last lines of {each.name} ({state}):", flush=True)
                for line in each.history:
                    print(f"    {line}", flush=True)
