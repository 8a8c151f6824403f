"""Disturbs a few threads with scripts/disturb and expects them to end all the same.

    disturb_test.py PATH_OF_DISTURB
"""

import os
import re
import subprocess
import sys
import unittest

DISTURB = os.path.abspath(sys.argv.pop(1))

THREADS = """
import sys, threading
done = threading.Event()
threads = [threading.Thread(target=done.wait) for _ in range(3)]
for each in threads: each.start()
sys.stdin.read()
done.set()
"""


def disturb(*command):
    # The end of the input ends the threads, some of which have stood still by then.
    feed = f"sleep 0.5 | {sys.executable} {DISTURB} --busy 0 --seed 7 \"$@\""
    done = subprocess.run(["/bin/sh", "-c", feed, "sh", *command], capture_output=True, text=True, check=False)
    if "may not give a thread its policy back" in done.stderr:
        raise unittest.SkipTest(done.stderr)
    return done


class Disturb(unittest.TestCase):
    def test_lets_threads_stand_still_and_says_how_often(self):
        done = disturb(sys.executable, "-c", THREADS)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = re.search(r"a thread stood still (\d+) times, seed 7", done.stderr)
        self.assertIsNotNone(said, done.stderr)
        self.assertGreater(int(said.group(1)), 0)

    def test_ends_with_the_exit_code_of_the_command(self):
        self.assertEqual(disturb("/bin/sh", "-c", "exit 3").returncode, 3)
        self.assertEqual(disturb("/bin/sh", "-c", "kill -9 $$").returncode, 128 + 9)

    def test_says_which_command_it_cannot_run(self):
        done = disturb("no-such-command")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot run no-such-command", done.stderr)


if __name__ == "__main__":
    unittest.main()
