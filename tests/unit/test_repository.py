"""What holds for every file of the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".venv", ".git", "dist", "build", "shared"}
MAX_BYTES = 1_000_000
MAX_LINES = 400
MAX_TEST_LINES = 500  # a table of cases reads well at a length that code does not

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(
        [r"py" + r"pi\.org", r"pythonhost" + r"ed\.org", r"download\.pyt" + r"orch", r"conda\.ana" + r"conda"]
    )
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.~/-])/(" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + r"me/\w+"]) + r")/[\w.]"
)


def committed() -> list[Path]:
    """Files under version control; without git, all that are not made here."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [
            path
            for path in ROOT.rglob("*")
            if not NOT_OURS & set(path.relative_to(ROOT).parts) and path.is_file()
        ]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


def texts() -> list[tuple[str, str]]:
    """Name and content of the files that are text."""
    found = []
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content:
            found.append((path.relative_to(ROOT).as_posix(), content.decode("utf-8")))
    return found


def modules() -> list[tuple[str, str]]:
    """Name and source of every Python module."""
    return [(name, text) for name, text in texts() if name.endswith(".py")]


def test_the_repository_is_seen() -> None:
    names = {name for name, _ in texts()}
    assert {"pyproject.toml", "bootstrap.py", "voice_trainer/errors.py"} <= names


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        (REGISTRIES, "index-url = https://py" + "pi.org/simple"),
        (MACHINE_PATHS, 'open("/ro' + 'ot/notes.txt")'),
        (MACHINE_PATHS, "see /ho" + "me/jane/x"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], bad: str) -> None:
    assert pattern.search(bad)


@pytest.mark.parametrize(
    "pattern", [REGISTRIES, MACHINE_PATHS], ids=["registry address", "path of a machine"]
)
def test_no_file_holds_a(pattern: re.Pattern[str]) -> None:
    held = [f"{name}: {match[0]}" for name, text in texts() for match in [pattern.search(text)] if match]
    assert not held


def test_no_file_is_large() -> None:
    large = [
        path.relative_to(ROOT).as_posix()
        for path in committed()
        if path.stat().st_size > MAX_BYTES and ROOT / "audio_fixtures" not in path.parents
    ]
    assert not large


def test_every_module_says_what_it_is_for() -> None:
    ours = [(name, source) for name, source in modules() if not Path(name).name.startswith("test_")]
    silent = [name for name, source in ours if source.strip() and not ast.get_docstring(ast.parse(source))]
    assert not silent


def test_no_module_is_long() -> None:
    lengths = {name: source.count("\n") for name, source in modules()}
    limits = {name: MAX_TEST_LINES if name.startswith("tests/") else MAX_LINES for name in lengths}
    assert not {name: count for name, count in lengths.items() if count > limits[name]}


def test_every_class_of_a_page_is_known_to_a_style_a_script_or_a_browser_test() -> None:
    """A class nobody knows does nothing: a wide table once had such a frame and widened the page."""
    sources = texts()
    pages = [
        text for name, text in sources if name.startswith("voice_trainer/") and name.endswith(".html.j2")
    ]
    knowing = re.compile(r"voice_trainer/(?!.*vendor/).*\.(css|js)|tests/browser/test_.*\.py")
    known = "\n".join(text for name, text in sources if knowing.fullmatch(name))
    used = {
        name
        for page in pages
        for value in re.findall(r'class="([^"]*)"', re.sub(r"\{(\{.*?\}|%.*?%)\}", " ", page))
        for name in value.split()
    }
    assert len(used) > 50
    assert sorted(name for name in used if not re.search(rf'[."]{name}\b', known)) == []
