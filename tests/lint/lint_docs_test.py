"""Plants violations in a few pages and expects scripts/lint-docs to report each of them.

    lint_docs_test.py PATH_OF_LINT_DOCS
"""

import os
import subprocess
import sys
import tempfile
import unittest

LINT = os.path.abspath(sys.argv.pop(1))

CLEAN = {
    "README.md": "# Project\n\n[read](docs/ARCHITECTURE.md) [two](docs/ARCHITECTURE.md#2-folders-and-rules)\n",
    "docs/ARCHITECTURE.md": "# Architecture\n\n## 2. Folders, and `rules`\n\n[up](../README.md) [self](#architecture)\n",
    "runtime/README.md": "`time.hpp`, `link/link.hpp`, `runtime/link`, `runtime/*.hpp`, `runtime/time`\n",
    "runtime/time.hpp": "/// docs/ARCHITECTURE.md, section 2\n",
    "runtime/link/link.hpp": "/// runtime/README.md\n",
}


def lint(changes):
    """The lines that the lint prints for the clean project with some files changed, and its exit code."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**CLEAN, **changes}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, LINT, "--root", root], capture_output=True, text=True, check=False)
        return done.stdout.splitlines(), done.returncode


class LintDocs(unittest.TestCase):
    def finds(self, path, text, problem):
        lines, code = lint({path: text})
        self.assertEqual(lines[:-1], [f"{path}:{text.count(chr(10)) + 1}: {problem}"])
        self.assertEqual(code, 1)

    def accepts(self, path, text):
        lines, code = lint({path: text})
        self.assertEqual((len(lines), code), (1, 0), lines)

    def test_a_clean_project_is_accepted(self):
        self.accepts("runtime/extra.hpp", "")

    def test_a_link_to_nothing_is_found(self):
        self.finds("docs/page.md", "# Page\n[there](gone.md)", "no such file: gone.md")

    def test_a_link_out_of_the_project_is_found(self):
        self.finds("docs/page.md", "[out](../../gone.md)", "no such file: ../../gone.md")

    def test_a_heading_that_is_not_there_is_found(self):
        self.finds(
            "docs/page.md", "[there](ARCHITECTURE.md#3-none)", "no such heading in docs/ARCHITECTURE.md: #3-none"
        )

    def test_a_heading_of_the_page_itself_is_looked_for(self):
        self.finds("docs/page.md", "# Page\n[here](#pages)", "no such heading in docs/page.md: #pages")

    def test_a_path_in_backticks_is_looked_for_beside_the_page_and_at_the_root(self):
        self.finds("docs/page.md", "see `runtime/gone.hpp`", "no such file: runtime/gone.hpp")
        self.accepts("runtime/link/README.md", "`link.hpp`, `runtime/time.hpp`")

    def test_a_file_without_a_folder_must_be_somewhere(self):
        self.finds("docs/page.md", "see `gone.hpp`", "no such file: gone.hpp")
        self.accepts("docs/page.md", "see `link.hpp`")

    def test_a_pattern_must_match_something(self):
        self.finds("docs/page.md", "see `runtime/*.cpp`", "no such file: runtime/*.cpp")

    def test_a_folder_below_one_that_is_there_is_looked_for(self):
        self.finds("docs/page.md", "see `runtime/gone`", "no such file: runtime/gone")

    def test_what_only_looks_like_a_path_is_left_alone(self):
        self.accepts("docs/page.md", '`counter.add/1`, `host:port`, `a|b`, `"seed/x"`, `consensus/raft`, `.hpp`')

    def test_fenced_code_is_left_alone(self):
        self.accepts("docs/page.md", "```\n`runtime/gone.hpp` [x](gone.md)\n```\n")

    def test_code_from_a_file_must_stand_there_line_for_line(self):
        files = {"runtime/a.cpp": "void f() {\n  int one;\n  int two;\n}\n"}
        quote = "# Page\n<!-- from {} -->\n```cpp\n{}\n```\n"
        for source, code, problem in [
            ("runtime/a.cpp", "int one;\nint two;", None),
            ("runtime/a.cpp", "int one;\n\nint two;", "this is not what stands in runtime/a.cpp"),
            ("runtime/a.cpp", "int on", "this is not what stands in runtime/a.cpp"),
            ("runtime/gone.cpp", "int one;", "no such file: runtime/gone.cpp"),
        ]:
            lines, code = lint({**files, "docs/page.md": quote.format(source, code)})
            self.assertEqual(lines[:-1], [f"docs/page.md:2: {problem}"] if problem else [])
            self.assertEqual(code, 1 if problem else 0)

    def test_a_link_to_another_site_is_left_alone(self):
        self.accepts("docs/page.md", "[site](https://example.org/gone.md)")

    def test_a_page_that_a_comment_names_is_looked_for(self):
        self.finds("runtime/extra.hpp", "// docs/GONE.md", "no such page: docs/GONE.md")

    def test_a_section_that_a_comment_names_is_looked_for(self):
        self.finds(
            "runtime/extra.hpp", "// docs/ARCHITECTURE.md, section 7", "no such section in docs/ARCHITECTURE.md: 7"
        )


if __name__ == "__main__":
    unittest.main()
