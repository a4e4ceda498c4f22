"""Write `requirements/*.txt` from the pins in `pyproject.toml`; run it after changing one.

Needs `uv` (on PATH or as a module of this Python) and a package index; nothing else in the project does.
The locks hold every version for Linux, macOS and Windows at once, so what they list is installed with
``--no-deps``: nothing that is not written down can come in.

core.txt        what every command needs, and hatchling to install the project itself; with hashes
test.txt        core.txt and the checks; with hashes
embeddings.txt  MiniLM's weights; with a hash
whisper.txt     Whisper and torch: pins without hashes, since torch has one build for each kind of machine and
                the CPU build comes from wherever this machine's pip is told to look
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
PLATFORMS = ("linux", "darwin", "win32")

# Declared by what we use, and never imported by it:
# pyobjc          pyttsx3 names all 170 of Apple's frameworks; it speaks with Cocoa, pinned in pyproject.toml
# huggingface-hub tokenizers fetches vocabularies with it; ours is in a wheel, no downloader is wanted
# triton          openai-whisper's word alignment on CUDA; 200 MB or more, and nothing on a CPU
NEVER_IMPORTED = ("pyobjc", "huggingface-hub", "triton")
LAST_STAGE = ("torch", "openai-whisper")
# What the last stage needs besides; torch's own needs are listed because uv is not shown torch.
LAST_STAGE_NEEDS = (
    "tiktoken",
    "more-itertools",
    "tqdm",
    "numba",
    "filelock",
    "fsspec",
    "networkx",
    "sympy",
    "setuptools",
)
WHISPER_HEADER = """\
# Whisper and torch, installed last. No hashes: torch has one build for each kind of machine.
# torch is installed with its own needs (on a CUDA build, NVIDIA's libraries, which it pins itself),
# the rest with --no-deps. Written by scripts/lock.py.
"""


def package_name(requirement: str) -> str:
    """The normalised name of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]).lower()


def find_uv() -> list[str]:
    """The command that runs uv."""
    found = shutil.which("uv")
    return [found] if found else [sys.executable, "-m", "uv"]


def compile_lock(requirements: list[str], *options: str) -> str:
    """The lock of `requirements` for all platforms and Python versions the project supports."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "pyproject.toml"
        excludes = Path(folder) / "excludes.txt"
        excludes.write_text("\n".join(NEVER_IMPORTED), encoding="utf-8")
        environments = ", ".join(f"\"sys_platform == '{platform}'\"" for platform in PLATFORMS)
        listed = ", ".join(f'"{requirement}"' for requirement in requirements)
        project.write_text(
            '[project]\nname = "lock"\nversion = "0"\nrequires-python = ">=3.11,<3.14"\n'
            f"dependencies = [{listed}]\n[tool.uv]\nenvironments = [{environments}]\n",
            encoding="utf-8",
        )
        command = [*find_uv(), "pip", "compile", "--quiet", "--universal", "--no-annotate", "--no-header"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11"]
        command += ["--excludes", str(excludes), *options, str(project)]
        lock = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout
    everywhere = " or ".join(f"sys_platform == '{platform}'" for platform in PLATFORMS[1::-1] + PLATFORMS[2:])
    return lock.replace(f" and ({everywhere})", "").replace(f" ; {everywhere}", "")


def compile_within(lock: str, requirements: list[str], *options: str) -> str:
    """The lock of `requirements` with no other version than `lock` has."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text(re.sub(r" \\\n(    --hash=\S+( \\)?\n)+", "\n", lock), encoding="utf-8")
        return compile_lock(requirements, "--constraints", str(constraints), *options)


def lock_whisper(last_stage: list[str], core: str) -> str:
    """Pins for the last stage, without what the core lock already holds."""
    lines = compile_within(core, list(LAST_STAGE_NEEDS)).splitlines()
    in_core = {package_name(line) for line in core.splitlines() if line and not line.startswith(" ")}
    rest = [line for line in lines if package_name(line) not in in_core]
    return WHISPER_HEADER + "\n".join(sorted([*last_stage, *rest])) + "\n"


def main() -> None:
    """Write all four files."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared: list[str] = pyproject["project"]["dependencies"]
    extras: dict[str, list[str]] = pyproject["project"]["optional-dependencies"]
    last_stage = [line for line in declared if package_name(line) in LAST_STAGE]
    core_pins = [line for line in declared if line not in last_stage] + pyproject["build-system"]["requires"]
    # The checks may ask for an older version of what the core needs too: theirs is then everybody's.
    test = compile_lock([*core_pins, *extras["test"]], "--generate-hashes")
    core = compile_within(test, core_pins, "--generate-hashes")
    locks = {
        "core.txt": core,
        "test.txt": test,
        "embeddings.txt": compile_lock(extras["embeddings"], "--generate-hashes", "--no-deps"),
        "whisper.txt": lock_whisper(last_stage, core),
    }
    for name, text in locks.items():
        REQUIREMENTS.joinpath(name).write_text(text, encoding="utf-8", newline="\n")
        print(f"requirements/{name}: {len(re.findall('^[a-z]', text, re.MULTILINE))} packages")


if __name__ == "__main__":
    main()
