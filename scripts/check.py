"""Run every check of the project in turn and sum them up: what `bootstrap.py test` and `.ci/run` do.

Quick checks come first, then the tests from the fastest to those that use real devices. All of them run even
when one fails; the exit status is that of the first failure. Given arguments, pytest alone runs with them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOGETHER = ("-n", "2", "--dist", "worksteal")
# What pytest is given for each suite: from the quickest to those that need the machine for themselves.
SUITES = {
    "unit": ("tests/unit", *TOGETHER),
    "property": ("tests/property", *TOGETHER),
    "golden": ("tests/golden", *TOGETHER),
    "integration": ("tests/integration", "-m", "not realtime", *TOGETHER),
    "browser": ("tests/browser", "-m", "not realtime", "-n", "2", "--dist", "loadfile"),
    "realtime": ("tests/integration", "tests/browser", "-m", "realtime"),
}
LIMIT_S = 1800.0  # a hang, not slowness, ends a suite: shared machines can be five times slower
TOO_LONG = 124


def tool(name: str) -> str:
    """The path of a command of this environment."""
    suffix = ".exe" if os.name == "nt" else ""
    return str(Path(sysconfig.get_path("scripts")) / f"{name}{suffix}")


def checks() -> dict[str, list[str]]:
    """Commands by name, in their order."""
    pytest = [sys.executable, "-m", "pytest", "--quiet", "-rR"]
    suites = {f"tests: {name}": [*pytest, *arguments] for name, arguments in SUITES.items()}
    return {
        "ruff check": [tool("ruff"), "check"],
        "ruff format": [tool("ruff"), "format", "--check"],
        "mypy": [tool("mypy")],
        "import-linter": [tool("lint-imports")],
        **suites,
    }


def run(command: list[str]) -> int:
    """The exit status of a command; one that hangs is ended."""
    try:
        return subprocess.run(command, cwd=ROOT, check=False, timeout=LIMIT_S).returncode
    except subprocess.TimeoutExpired:
        print(f"ended after {LIMIT_S:.0f} s", flush=True)
        return TOO_LONG


def main(arguments: list[str]) -> int:
    """Run all checks, or pytest with `arguments`."""
    if arguments:
        return run([sys.executable, "-m", "pytest", *arguments])
    results: list[tuple[str, int, float]] = []
    for name, command in checks().items():
        print(f"\n=== {name}", flush=True)
        began = time.monotonic()
        results.append((name, run(command), time.monotonic() - began))
    print("\n=== summary")
    for name, status, duration_s in results:
        print(f"{'passed' if status == 0 else 'FAILED':6}  {name:22} {duration_s:6.1f} s")
    failures = [status for _, status, _ in results if status]
    print("All checks passed." if not failures else f"{len(failures)} of {len(results)} checks failed.")
    return failures[0] if failures else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
