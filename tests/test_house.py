"""What the house promises about itself: rooms, words, errors, and docs that match the code."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge import errors
from bridge.errors import MacNetError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
SOURCES = [path for room in ("bridge", "max_for_live") for path in sorted((ROOT / room).rglob("*.py"))]
ALL_PYTHON = [
    path
    for room in ("bridge", "tests", "bench", "max_for_live")
    for path in sorted((ROOT / room).rglob("*.py"))
]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

HEAVY = (
    "torch",
    "onnx",
    "onnxruntime",
    "numpy",
    "scipy",
    "mido",
    "pretty_midi",
    "matplotlib",
    "sklearn",
    "ray",
    "pyarrow",
    "sqlite3",
    "asyncio",
)
"""What the help must not wait for."""


def run_python(code: str, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *args]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )


def classes_of(root: type[MacNetError]) -> list[type[MacNetError]]:
    below = [each for child in root.__subclasses__() for each in classes_of(child)]
    return [root, *below]


# Rooms


def test_a_room_imports_only_rooms_below_it_and_only_training_knows_torch() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


LOADED_BY_HELP = """
import sys
from bridge.cli.edge import run
code = run(sys.argv[1:])
print(code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["--version"],
        ["serve", "--help"],
        ["continue", "--help"],
        ["train", "--help"],
        ["library", "--help"],
        ["evaluate", "--help"],
    ],
)
def test_the_help_imports_nothing_heavy(args: list[str]) -> None:
    done = run_python(LOADED_BY_HELP, *args)
    code, *loaded = done.stderr.split()
    assert code == "0"
    assert set(loaded).isdisjoint(HEAVY)


def test_no_file_is_called_by_a_name_that_says_nothing() -> None:
    names = {path.stem for path in ALL_PYTHON} | {path.parent.name for path in ALL_PYTHON}
    assert names.isdisjoint({"utils", "util", "helpers", "helper", "common", "manager", "misc"})


def test_nothing_is_ever_unpickled() -> None:
    unsafe = re.compile(
        r"^\s*(import|from) (pickle|marshal|shelve|dill|joblib)|torch\.load\(|(?<![.\w])(eval|exec)\(", re.M
    )
    assert [str(path) for path in SOURCES if unsafe.search(path.read_text("utf-8"))] == []


def test_files_stay_short_enough_to_be_read_at_once() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in long.items() if lines > 500} == {}


def test_functions_stay_short_enough_to_be_read_at_once() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (length := lines_of_body(node)) > 40
    ]
    assert long == []


def lines_of_body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's statements, its docstring left out."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_every_exception_from_the_rules_gives_its_reason() -> None:
    # A code in brackets or after the colon, then two spaces and a reason.
    bare = re.compile(r"#\s*(type:\s*ignore|noqa)(?!(\[[a-z, -]+\]|: [A-Z0-9, ]+)  (# )?\S)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ALL_PYTHON
        if path != Path(__file__) and "bench" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []


# Errors


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in classes_of(MacNetError)]
    assert len(codes) == len(set(codes))


def test_an_error_code_starts_with_the_family_it_belongs_to() -> None:
    for family in MacNetError.__subclasses__():
        for error in family.__subclasses__():
            assert error.code.startswith(f"{family.code}."), error.__name__


def test_the_drawn_tree_of_errors_is_the_tree() -> None:
    drawn: dict[str, tuple[str, str]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"    ([│├└─ ]*)(\w+)(?:\s+([a-z_.]+))?", line)
        if match is None or not (match[1] or match[2] == "MacNetError"):
            continue
        depth = len(match[1]) // 4
        path[depth:] = [match[2]]
        if depth:
            drawn[match[2]] = (path[depth - 1], match[3] or "")
    real = {
        error.__name__: (error.__mro__[1].__name__, "" if error.__subclasses__() else error.code)
        for error in classes_of(MacNetError)[1:]
    }
    assert drawn == real


# Docs


def commands_in(pattern: str) -> set[str]:
    return {match for path in DOCS for match in re.findall(pattern, path.read_text("utf-8"))}


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M))


def test_every_make_target_in_the_docs_exists() -> None:
    named = commands_in(r"(?:`|^)make ([a-z-]+)")
    assert {"serve", "test"} <= named | commands_in(r"(?m)^ *make ([a-z-]+)")
    assert named <= make_targets()


def test_make_help_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert phony is not None
    assert set(phony[1].split()) == make_targets()


def test_every_command_in_the_docs_exists() -> None:
    from typer.main import get_command  # noqa: PLC0415  the other tests do without

    from bridge.cli.app import app  # noqa: PLC0415  the other tests do without

    existing = set(get_command(app).commands)  # type: ignore[attr-defined]  # a group, which the type does not say
    assert commands_in(r"(?:`|^)macnet ([a-z]+)") <= existing


def test_every_command_is_told_of_in_the_readme() -> None:
    from typer.main import get_command  # noqa: PLC0415  the other tests do without

    from bridge.cli.app import app  # noqa: PLC0415  the other tests do without

    readme = (ROOT / "README.md").read_text("utf-8")
    existing = set(get_command(app).commands)  # type: ignore[attr-defined]  # a group, which the type does not say
    assert {name for name in existing if f"macnet {name}" not in readme} == set()


def test_every_file_that_the_docs_link_to_exists() -> None:
    broken = [
        f"{doc.name}: {link}"
        for doc in DOCS
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", doc.read_text("utf-8"))
        if not (doc.parent / link).exists()
    ]
    assert broken == []


# CI


def run_suite(folder: Path, **tests: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Lay out a suite of its own under our conftest; call what comes back to run it in some environment."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    for name, test in tests.items():
        (folder / f"test_{name}.py").write_text(f"import pytest\n\n{test}\n")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    data: needs songs\n")

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
        surroundings = {name: value for name, value in os.environ.items() if name != "CI"} | environment
        return subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)

    return run


FINE = "def test_it(): ..."
NOT_RUN = {
    "skip": "def test_it():\n    pytest.skip('no player')",
    "mark": "@pytest.mark.skip(reason='no player')\ndef test_it(): ...",
    "module": "pytest.importorskip('no_player')",
    "expected": "@pytest.mark.xfail(reason='no player')\ndef test_it(): assert False",
}


def test_in_ci_a_test_that_did_not_run_is_a_failure_and_is_named(tmp_path: Path) -> None:
    run = run_suite(tmp_path, fine=FINE, **NOT_RUN)
    at_home, in_ci = run(), run(CI="true")
    assert (at_home.returncode, in_ci.returncode) == (0, 1), in_ci.stdout
    told = in_ci.stdout.partition("in CI is a failure")[2]
    assert all(f"test_{name}.py" in told for name in NOT_RUN), in_ci.stdout
    assert "test_fine.py" not in told


def test_in_ci_one_skipped_module_alone_is_a_failure(tmp_path: Path) -> None:
    assert run_suite(tmp_path, module=NOT_RUN["module"])(CI="true").returncode == 1


def test_in_ci_tests_that_all_ran_are_no_failure(tmp_path: Path) -> None:
    assert run_suite(tmp_path, fine=FINE)(CI="true").returncode == 0


def test_songs_that_are_not_there_skip_what_needs_them(tmp_path: Path) -> None:
    test = "@pytest.mark.data\ndef test_it():\n    assert False"
    done = run_suite(tmp_path, songs=test)(MACNET_DATA=str(tmp_path / "nowhere"))
    assert "1 skipped" in done.stdout
