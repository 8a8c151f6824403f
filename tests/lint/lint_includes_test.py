"""Plants violations in a small project and expects scripts/lint-includes to report each of them.

    lint_includes_test.py PATH_OF_LINT_INCLUDES
"""

import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import unittest

LINT = os.path.abspath(sys.argv.pop(1))

HEADER = "#pragma once\n"

# A project without a violation; each test adds its own.
CLEAN = {
    "runtime/CMakeLists.txt": "chorus_add_module(NAME runtime\n  HEADERS\n    time.hpp\n  SOURCES time.cpp)\n",
    "runtime/time.hpp": HEADER + "#include <chrono>\n",
    "runtime/time.cpp": '#include <chorus/runtime/time.hpp>\n#include "detail.hpp"\n',
    "runtime/detail.hpp": HEADER,
    "runtime/transport/CMakeLists.txt": "chorus_add_module(NAME transport HEADERS transport.hpp LINKS cppzmq)\n",
    "runtime/transport/transport.hpp": HEADER + "#include <chorus/runtime/time.hpp>\n#include <zmq.hpp>\n",
    "membership/CMakeLists.txt": "chorus_add_module(NAME membership HEADERS swim.hpp)\n",
    "membership/swim.hpp": HEADER + "#include <chorus/runtime/time.hpp>\n",
    "broadcast/CMakeLists.txt": "chorus_add_module(NAME broadcast HEADERS causal.hpp)\n",
    "broadcast/causal.hpp": HEADER,
    "actors/CMakeLists.txt": "chorus_add_module(NAME actors HEADERS node.hpp)\n",
    "actors/node.hpp": HEADER + "#include <chorus/membership/swim.hpp>\n#include <mutex>\n#include <caf/all.hpp>\n",
    "actors/version.hpp.in": HEADER,
    "actors/program/CMakeLists.txt": "chorus_add_module(NAME program HEADERS run.hpp)\n",
    "actors/program/run.hpp": HEADER + "#include <chorus/actors/node.hpp>\n#include <CLI/App.hpp>\n",
    "actors/program/run.cpp": "#include <csignal>\nvoid take() { ::sigaction(SIGTERM, &ours, &before); }\n",
    "actors/node.cpp": '#include "version.hpp"\n#include <chorus/actors/version.hpp>\n',
    "samples/main.cpp": "#include <chorus/actors/version.hpp>\n#include <chorus/actors/program/run.hpp>\n",
    "tests/runtime/time.test.cpp": '#include "../../runtime/detail.hpp"\n#include <thread>\n',
}

# What each rule of the tables is tried with.
HEADERS = """random thread future stop_token mutex shared_mutex condition_variable semaphore latch barrier atomic
    pthread.h iostream istream ostream sstream iomanip fstream filesystem fcntl.h cstdio print csignal unistd.h poll.h
    netdb.h sys/socket.h netinet/in.h arpa/inet.h ctime unordered_map unordered_set zmq.hpp zmq.h rocksdb/db.h
    httplib.h prometheus/registry.h caf/all.hpp spdlog/spdlog.h sodium.h CLI/CLI.hpp nlohmann/json.hpp
    cereal/archives/binary.hpp""".split()
WORDS = [
    "auto t = std::chrono::steady_clock::now();",
    "auto t = std::chrono::system_clock::now();",
    "using c = std::chrono::high_resolution_clock;",
    "::gettimeofday(&t, nullptr);",
    "auto t = std::time(nullptr);",
    "std::random_device device;",
    "std::mt19937_64 generator;",
    "std::uniform_int_distribution<int> draw;",
    "auto n = std::rand();",
    "std::ranges::shuffle(items, generator);",
    "std::this_thread::yield();",
    "std::jthread worker;",
    "std::scoped_lock lock{m};",
    "std::recursive_mutex m;",
    "std::atomic<int> n;",
    "std::atomic_flag f;",
    "thread_local int n;",
    "std::unordered_map<int, int> m;",
    "std::unordered_multiset<int> s;",
    "std::cerr << 1;",
    "std::ostringstream s;",
    'auto e = std::getenv("HOME");',
]
PROCESS_CALLS = [
    "mallopt(M_TRIM_THRESHOLD, 1);",
    "std::set_terminate(end);",
    "::sigaction(SIGTERM, &ours, nullptr);",
    "std::signal(SIGPIPE, SIG_IGN);",
    "signal(SIGPIPE, SIG_IGN);",
    "::signal( SIGPIPE, SIG_IGN);",
    "::setrlimit(RLIMIT_NOFILE, &limit);",
    "::umask(077);",
    'auto e = std::getenv("HOME");',
    'std::setlocale(LC_ALL, "");',
    'std::locale::global(std::locale{""});',
    "for (auto variable = environ; *variable != nullptr; ++variable) {}",
]


def load_lint():
    loader = importlib.machinery.SourceFileLoader("lint_includes", LINT)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("lint_includes", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


class LintIncludes(unittest.TestCase):
    def lint(self, planted):
        """Runs the lint on CLEAN with the planted files; returns its lines after checking its exit code."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**CLEAN, **planted}.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run(
                [sys.executable, LINT, "--root", root], capture_output=True, encoding="utf-8", check=False
            )
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout.splitlines()

    def expect(self, planted, *expected):
        """Expects one line for each of `expected`, which begins as it does, and no other line."""
        lines = self.lint(planted)
        self.assertEqual(len(lines), len(expected), lines)
        for line, beginning in zip(lines, expected):
            self.assertTrue(line.startswith(beginning), f"{line!r} does not begin with {beginning!r}")

    def test_a_clean_project_passes(self):
        self.expect({})

    def test_every_banned_header_is_reported_with_its_replacement(self):
        code = "\n".join(f"#include <{header}>" for header in HEADERS)
        reports = self.lint({"membership/planted.cpp": code})
        for (line, header), report in zip(enumerate(HEADERS, 1), reports, strict=True):
            beginning = f"membership/planted.cpp:{line}: pure code does not include <{header}> → "
            self.assertTrue(report.startswith(beginning), report)

    def test_every_banned_word_is_reported_with_its_replacement(self):
        reports = self.lint({"runtime/planted.cpp": "\n".join(WORDS)})
        for line, code in enumerate(WORDS, 1):
            report = re.compile(rf"^runtime/planted\.cpp:{line}: pure code does not say \S.* → \S")
            self.assertTrue(any(map(report.match, reports)), code)

    def test_every_rule_is_tried_here(self):
        lint = load_lint()
        for pattern, _ in lint.BANNED_HEADERS:
            self.assertTrue(any(re.fullmatch(pattern, header) for header in HEADERS), pattern)
        for pattern, _ in lint.BANNED_WORDS:
            self.assertTrue(any(re.search(pattern, code) for code in WORDS), pattern)
        for pattern in lint.PROCESS_CALLS:
            self.assertTrue(any(re.search(pattern, code) for code in PROCESS_CALLS), pattern)

    def test_replacements_are_named(self):
        self.expect(
            {"runtime/planted.cpp": "#include <random>\n"},
            "runtime/planted.cpp:1: pure code does not include <random> → chorus/runtime/random.hpp",
        )

    def test_code_that_is_not_pure_may_have_threads_and_clocks(self):
        code = "#include <thread>\nauto t = std::chrono::steady_clock::now();\nstd::mutex m;\n"
        self.expect({"runtime/transport/planted.cpp": code, "actors/planted.cpp": code})

    def test_comments_and_strings_are_no_code(self):
        self.expect(
            {
                "runtime/planted.cpp": "// std::mutex\n/* std::thread\n#include <random>\n*/\n"
                'auto a = "std::mutex \\" std::thread";\nauto b = R"(std::cout)";\nauto c = 1\'000 + \'"\' + 2;\n'
            }
        )

    def test_code_after_a_comment_is_reported_in_its_own_line(self):
        self.expect(
            {"runtime/planted.cpp": "/* one\ntwo */ int a; // three\nint c = '\"'; std::mutex m;\n"},
            "runtime/planted.cpp:3: pure code does not say std::mutex → ",
        )

    def test_an_exception_is_for_its_file_and_its_name_alone(self):
        self.expect({"runtime/check.cpp": "#include <cstdio>\n"})
        self.expect({"runtime/check.cpp": "#include <mutex>\n"}, "runtime/check.cpp:1: pure code does not include")
        unordered = "#pragma once\n#include <unordered_map>\nstd::unordered_map<int, int> m;\n"
        self.expect({"runtime/codec/types/unordered.hpp": unordered})
        self.expect(
            {"runtime/codec/types/other.hpp": unordered},
            "runtime/codec/types/other.hpp:2: pure code does not include <unordered_map>",
            "runtime/codec/types/other.hpp:3: pure code does not say std::unordered_map",
        )

    def test_nothing_points_up(self):
        self.expect(
            {"runtime/planted.cpp": "#include <chorus/membership/swim.hpp>\n"},
            "runtime/planted.cpp:1: runtime may not depend on membership",
        )
        self.expect(
            {"membership/planted.cpp": "#include <chorus/actors/node.hpp>\n"},
            "membership/planted.cpp:1: membership may not depend on actors",
        )
        self.expect(
            {"runtime/planted.cpp": "#include <chorus/runtime/transport/transport.hpp>\n"},
            "runtime/planted.cpp:1: runtime may not depend on runtime/transport",
        )

    def test_nothing_points_sideways(self):
        self.expect(
            {"membership/planted.cpp": "#include <chorus/broadcast/causal.hpp>\n"},
            "membership/planted.cpp:1: membership may not depend on broadcast",
        )
        self.expect(
            {"simulation/planted.cpp": "#include <chorus/broadcast/causal.hpp>\n"},
            "simulation/planted.cpp:1: simulation may not depend on broadcast",
        )

    def test_only_public_headers_are_reachable(self):
        self.expect(
            {"membership/planted.cpp": "#include <chorus/runtime/detail.hpp>\n"},
            "membership/planted.cpp:1: <chorus/runtime/detail.hpp> is not public",
        )
        self.expect(
            {"membership/planted.cpp": '#include "../runtime/detail.hpp"\n'},
            'membership/planted.cpp:1: "../runtime/detail.hpp" is private to runtime',
        )

    def test_included_files_exist(self):
        self.expect(
            {"membership/planted.cpp": '#include <chorus/runtime/gone.hpp>\n#include "gone.hpp"\n'},
            "membership/planted.cpp:1: <chorus/runtime/gone.hpp> is no file of the project",
            'membership/planted.cpp:2: "gone.hpp" is no file of the project',
        )

    def test_a_source_belongs_to_a_module(self):
        self.expect({"strange/planted.cpp": ""}, "strange/planted.cpp:1: a source outside of all modules")

    def test_libraries_stay_at_home(self):
        self.expect(
            {"actors/planted.cpp": "#include <zmq.hpp>\n"},
            "actors/planted.cpp:1: <zmq.hpp> is known to bench, runtime/transport alone",
        )

    def test_a_command_line_is_known_to_programs_alone(self):
        known_to = "is known to actors/program, bench, deploy, samples, tools alone"
        self.expect(
            {
                "actors/planted.cpp": "#include <CLI/App.hpp>\n",
                "runtime/transport/planted.hpp": HEADER + "#include <CLI/CLI.hpp>\n",
            },
            f"actors/planted.cpp:1: <CLI/App.hpp> {known_to}",
            f"runtime/transport/planted.hpp:2: <CLI/CLI.hpp> {known_to}",
        )

    def test_nodes_do_not_depend_on_programs(self):
        self.expect(
            {"actors/planted.cpp": "#include <chorus/actors/program/run.hpp>\n"},
            "actors/planted.cpp:1: actors may not depend on actors/program",
        )
        self.expect(
            {"actors/planted.cpp": '#include "program/run.hpp"\n'},
            'actors/planted.cpp:1: "program/run.hpp" is private to actors/program',
        )

    def test_libraries_leave_their_process_alone(self):
        code = "\n".join(PROCESS_CALLS)
        for path in ("actors/planted.cpp", "runtime/transport/planted.cpp"):
            reports = self.lint({path: code})
            for line, call in enumerate(PROCESS_CALLS, 1):
                beginning = f"{path}:{line}: a library does not call "
                self.assertTrue(any(report.startswith(beginning) for report in reports), call)
            self.assertEqual(len(reports), len(PROCESS_CALLS), reports)
        self.expect({path: code for path in ("actors/program/planted.cpp", "samples/a.cpp", "tests/actors/a.cpp")})

    def test_calls_of_the_same_name_are_fine(self):
        self.expect({"actors/planted.cpp": "process.signal(SIGTERM); node->signal(SIGINT); raise_signal(SIGINT);\n"})

    def test_a_header_has_pragma_once(self):
        self.expect(
            {"runtime/a.hpp": "int a;\n", "tests/runtime/b.hpp": "// #pragma once\n"},
            "runtime/a.hpp:1: a header without #pragma once",
            "tests/runtime/b.hpp:1: a header without #pragma once",
        )

    def test_tests_do_not_sleep(self):
        calls = ["std::this_thread::sleep_for(s)", "sleep_until(t)", "usleep(1)", "nanosleep(&t, 0)", "::sleep(1)"]
        code = ";\n".join(calls)
        self.expect(
            {"tests/runtime/planted.test.cpp": code, "actors/planted.cpp": code},
            *(f"tests/runtime/planted.test.cpp:{line}: a test does not " for line in range(1, len(calls) + 1)),
        )

    def test_no_path_names_a_machine(self):
        folders = ["home", "Users", "root", "work", "mnt", "tmp"]
        text = "\n".join(f"see /{folder}/" + "ada" for folder in folders)
        for path in ("README.md", "actors/planted.cpp", "scripts/planted"):
            expected = [f"{path}:{line}: a path of a machine (/{folder}/a…)" for line, folder in enumerate(folders, 1)]
            self.expect({path: text}, *expected)

    def test_paths_within_the_project_and_addresses_are_fine(self):
        self.expect({"README.md": "https://example.org/home/ada, docs/work/notes.md and ${TMPDIR:-/tmp}/x\n"})

    def test_build_folders_and_hidden_folders_are_left_out(self):
        self.expect({"build/dev/planted.hpp": "", ".cache/planted.hpp": ""})


if __name__ == "__main__":
    unittest.main()
