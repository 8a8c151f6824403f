"""Checks that scripts/demo compiles nothing but the samples that it runs and the modules that are linked to them.

    demo_build_test.py BUILD_FOLDER
"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True

from demo_story import PROGRAMS  # noqa: E402

# The target in whose folder an object is: `samples/CMakeFiles/chat.dir/chat/main.cpp.o`.
TARGET = re.compile(r"CMakeFiles/([^/]+)\.dir/")
RUN = {"counter", "chat"}
MODULES = ("actors", "codec", "handles", "membership", "names", "program", "runtime", "transport")
LINKED = {f"chorus_{module}" for module in MODULES}
PRECOMPILED = {"chorus_precompiled_actors", "chorus_precompiled_library"}


def main():
    inputs = subprocess.run(
        ["ninja", "-C", sys.argv[1], "-t", "inputs", *PROGRAMS], check=True, capture_output=True, text=True
    ).stdout
    compiled = {found.group(1) for found in map(TARGET.search, inputs.splitlines()) if found}
    if not RUN | LINKED <= compiled:
        sys.exit(f"this check has lost its subject: of what the demo runs there is only {sorted(compiled)}")
    if surplus := compiled - RUN - LINKED - PRECOMPILED:
        sys.exit(f"the demo compiles what it does not run: {sorted(surplus)}")


main()
