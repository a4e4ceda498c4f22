#!/usr/bin/env python3
"""Install voice-trainer into `.venv` beside this file, once, and run it.

    python3 bootstrap.py demo                a practice call with a recorded reply: no microphone needed
    python3 bootstrap.py practice            any other word goes to voice-trainer (score, doctor, ...)
    python3 bootstrap.py test [ARGUMENTS]    all checks and tests; with arguments, pytest with these alone

Options:
    --wheels DIR         install from the packages in DIR alone, for offices without a registry
    --download DIR       fill DIR with these packages, on a machine of the same kind that has a registry
    --without-whisper    leave out Whisper and torch, the large part; recognition is then by pocketsphinx
    --with-whisper       install Whisper and torch after all, or try again (also: --retry-whisper)
    --verbose            before the command: show everything pip says

Standard library only. The first run takes minutes; every other one starts at once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zlib
from collections import deque
from pathlib import Path

from scripts.preconditions import require_machine, require_python, require_venv_module
from scripts.progress import BootstrapError, Progress, remedy, say
from scripts.system_packages import FOR_TESTS, SOUND, install_system_packages

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "bootstrap.json"
LOG = VENV / "bootstrap.log"

PIP = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
LOCKED = ("--no-deps", "--require-hashes")
WHISPER_PINS = "requirements/whisper.txt"
PAGE_LOCK = "voice_trainer/web/assets/package-lock.json"
PAGE_SCRIPTS = "page-scripts.zip"  # beside the wheels: what npm would fetch

# Compile now what would otherwise make the first score wait: librosa has numba write machine code, and pip
# was told not to compile the thousands of modules (tests, mostly) that nobody imports.
WARM_UP = """
import importlib, numpy
for name in ("librosa", "scipy.signal", "soundfile", "alembic.command", "pydantic", "whisper"):
    try:
        importlib.import_module(name)
    except (ImportError, OSError):
        pass
import librosa
librosa.stft(librosa.resample(numpy.zeros(8192, dtype="float32"), orig_sr=8000, target_sr=16000))
"""


class Options:
    """What was asked for on the command line."""

    def __init__(self, arguments: list[str]) -> None:
        self.wheels: Path | None = None
        self.download: Path | None = None
        self.whisper: bool | None = None
        self.verbose = False
        self.command: list[str] = []
        rest = iter(arguments)
        for word in rest:
            name, _, value = word.partition("=")
            if name in ("--wheels", "--download"):
                folder = value or next(rest, "")
                if not folder:
                    raise BootstrapError(f"{name} needs a folder.", 2)
                setattr(self, name[2:], Path(folder).expanduser().resolve())
            elif word in ("--with-whisper", "--retry-whisper"):
                self.whisper = True
            elif word == "--without-whisper":
                self.whisper = False
            elif word == "--verbose" and not self.command:
                self.verbose = True
            else:
                self.command.append(word)
        if self.wheels and not self.wheels.is_dir():
            raise BootstrapError(f"There is no folder {self.wheels}.", 2)


def pip(progress: Progress, options: Options, *arguments: str) -> None:
    """Run pip in the environment; raises `BootstrapError` with its last words and a remedy."""
    command = [str(PYTHON), "-m", "pip", arguments[0], *PIP]
    environment = dict(os.environ, PYTHONIOENCODING="utf-8", PIP_REQUIRE_VIRTUALENV="0")
    if options.wheels:
        # Settings of this machine may name an index or a folder: nothing but DIR may count.
        environment = {k: v for k, v in environment.items() if not k.startswith("PIP_")}
        environment["PIP_CONFIG_FILE"] = os.devnull
        environment["VOICE_TRAINER_PAGE_SCRIPTS"] = str(options.wheels / PAGE_SCRIPTS)
        command += ["--no-index", "--find-links", str(options.wheels)]
    tail: deque[str] = deque(maxlen=40)
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*command, *arguments[1:]],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=environment,
            cwd=str(ROOT),
        )
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            tail.append(line.rstrip())
            progress.read(line)
            if options.verbose:
                say("    " + line.rstrip())
        process.wait()
    if process.returncode:
        last = [line for line in tail if "ERROR" in line or "error" in line][-3:] or list(tail)[-3:]
        raise BootstrapError(
            "\n".join(
                ["pip could not go on:", *("    " + line[:300] for line in last), remedy("\n".join(tail))]
            )
        )


def fingerprint(*names: str) -> str:
    """Changes when one of the files, the Python version or the place of the project does."""
    key = zlib.crc32(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in names:
        key = zlib.crc32((ROOT / name).read_bytes(), key)
    return f"{key:08x}"


def torch_pin() -> str:
    """The version of torch that was locked."""
    lines = (ROOT / WHISPER_PINS).read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("torch=="))


class Installation:
    """The environment: what is in it, and bringing it up to date stage by stage.

    A stage is written to the stamp when it is through, so an interrupted installation goes on where it was.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.testing = options.command[:1] == ["test"]
        self.stages = {
            "core": fingerprint("requirements/core.txt"),
            "embeddings": fingerprint("requirements/embeddings.txt"),
            "project": fingerprint("pyproject.toml", PAGE_LOCK),
            "whisper": fingerprint("requirements/whisper.txt"),
        }
        if self.testing:
            self.stages["test"] = fingerprint("requirements/test.txt")
        try:
            self.stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.stamp = {}

    def missing(self) -> list[str]:
        """Stages still to be done, in their order."""
        if not self._complete():
            return list(self.stages)
        settled = {name for name, key in self.stages.items() if self.stamp.get(name) == key}
        outcome = self.stamp.get("whisper_outcome", "")
        if self.options.whisper and outcome != "installed":
            settled.discard("whisper")
        elif self.options.whisper is False:
            settled.add("whisper")
        return [name for name in self.stages if name not in settled]

    def _complete(self) -> bool:
        """Whether everything that was installed is still there (names only: this must take no time)."""
        there = {entry.name for entry in os.scandir(packages)} if (packages := site_packages()) else set()
        return PYTHON.exists() and there.issuperset(self.stamp.get("packages", ["?"]))

    def bring_up(self, missing: list[str]) -> None:
        """Do the stages in `missing`."""
        if not can_go_on(made_at=self.stamp.get("root", str(ROOT))):
            create_environment()
            self.stamp = {"root": str(ROOT), "whisper_outcome": self.stamp.get("whisper_outcome", "")}
            self._write()
            missing = list(self.stages)
        for name in missing:
            getattr(self, f"_install_{name}")()
            self.stamp[name] = self.stages[name]
            self._write()
        if "core" in missing or "whisper" in missing:
            with Progress("Preparing the first start."):
                subprocess.run([str(PYTHON), "-c", WARM_UP], check=False, capture_output=True, timeout=600)

    def _write(self) -> None:
        packages = site_packages()
        self.stamp["packages"] = (
            sorted(path.name for path in packages.glob("*.dist-info")) if packages else []
        )
        partial = STAMP.with_suffix(".part")
        partial.write_text(json.dumps(self.stamp, indent=1), encoding="utf-8")
        partial.replace(STAMP)

    def _stage(self, title: str, *steps: tuple[str, ...]) -> None:
        with Progress(title) as progress:
            for step in steps:
                pip(progress, self.options, "install", "--no-compile", *step)
        say(f"  done: {progress.summary()}")

    def _install_core(self) -> None:
        self._stage(
            "Installing sound, speech and measuring (190 MB).", (*LOCKED, "-r", "requirements/core.txt")
        )

    def _install_embeddings(self) -> None:
        self._stage(
            "Installing the language model MiniLM (84 MB).", (*LOCKED, "-r", "requirements/embeddings.txt")
        )

    def _install_test(self) -> None:
        self._stage("Installing the checks (33 MB).", (*LOCKED, "-r", "requirements/test.txt"))
        fetch_page_scripts("--tests", archive=self.options.wheels)

    def _install_project(self) -> None:
        self._stage(
            "Installing voice-trainer itself.", ("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        )
        # The build has fetched them; where it could not, this says why. All but the page works without.
        fetch_page_scripts(archive=self.options.wheels)

    def _install_whisper(self) -> None:
        """The one stage that may fail: pocketsphinx recognises without it."""
        left_out = self.stamp.get("whisper_outcome") == "left out"
        if self.options.whisper is False or (left_out and not self.options.whisper):
            self.stamp["whisper_outcome"] = "left out"
            return
        try:
            self._stage(
                "Installing Whisper and torch (200 MB for a CPU; 2.8 GB on Linux where pip finds CUDA's).",
                ("-c", WHISPER_PINS, torch_pin()),
                ("--no-deps", "--no-build-isolation", "-r", WHISPER_PINS),
            )
            self.stamp["whisper_outcome"] = "installed"
        except BootstrapError as failure:
            self.stamp["whisper_outcome"] = "failed"
            say(f"{failure}\nWhisper could not be installed. The rest works, and pocketsphinx recognises.")
            say("Try again with: python3 bootstrap.py --with-whisper")


PARTS_OF_AN_ENVIRONMENT = {
    "bin",
    "etc",
    "include",
    "lib",
    "lib64",
    "man",
    "share",
    "Include",
    "Lib",
    "Scripts",
}
PARTS_OF_AN_ENVIRONMENT |= {"pyvenv.cfg", ".gitignore", STAMP.name, "bootstrap.part", LOG.name}


def site_packages() -> Path | None:
    """Where packages lie in the environment."""
    return next(VENV.glob("[Ll]ib/python*/site-packages"), None) or next(VENV.glob("Lib/site-packages"), None)


def can_go_on(*, made_at: str) -> bool:
    """Whether the environment can be added to: of this Python, of this place, and its pip answers."""
    try:
        settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    version = "{}.{}.".format(*sys.version_info[:2])
    if f"version = {version}" not in settings or made_at != str(ROOT) or not site_packages():
        return False
    try:
        answer = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0


def create_environment() -> None:
    """Make `.venv` anew."""
    if VENV.exists():
        if {entry.name for entry in VENV.iterdir()} - PARTS_OF_AN_ENVIRONMENT:
            raise BootstrapError(
                f"{VENV} is not a Python environment: move it away, it is not mine to delete."
            )
        say("The environment in .venv is incomplete or of another Python: building it anew.")
        shutil.rmtree(VENV, ignore_errors=True)
    with Progress("Making a Python environment in .venv."):
        interpreter = getattr(sys, "_base_executable", "") or sys.executable
        made = subprocess.run(
            [interpreter, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
        )
    if made.returncode:
        raise BootstrapError(
            f"The environment could not be made:\n{(made.stdout + made.stderr).strip()[-600:]}"
        )


def fetch_page_scripts(*arguments: str, archive: Path | None = None) -> None:
    """Fetch what the page needs by npm, or from the folder of wheels; says so where it cannot be done."""
    command = [str(PYTHON), "-m", "scripts.vendor", *arguments]
    if archive:
        command += ["--from", str(archive / PAGE_SCRIPTS)]
    done = subprocess.run(command, cwd=str(ROOT), capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"{done.stderr.strip()}\nThe rest works; for the page, try again: {' '.join(command)}")


def download(options: Options) -> None:
    """Fill a folder for `--wheels`: wheels for this Python and this kind of machine."""
    folder = str(options.download)
    steps: list[tuple[str, ...]] = [
        (*LOCKED, "-r", "requirements/test.txt"),
        (*LOCKED, "-r", "requirements/embeddings.txt"),
    ]
    if options.whisper is not False:
        steps += [("-c", WHISPER_PINS, torch_pin()), ("--no-deps", "-r", WHISPER_PINS)]
    with Progress(f"Filling {folder}.") as progress:
        for step in steps:
            pip(progress, options, "wheel", "-w", folder, *step)
    fetch_page_scripts("--tests")
    fetch_page_scripts("--pack", str(Path(folder) / PAGE_SCRIPTS))
    say(f"  done: {progress.summary()}. Install from it with: python3 bootstrap.py --wheels {folder} demo")


def one_at_a_time() -> object:
    """Wait for another bootstrap in this folder; the lock ends with the process."""
    try:
        import fcntl
    except ImportError:
        return None
    lock = Path(__file__).open(encoding="utf-8")  # noqa: SIM115 - held until the end
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Another bootstrap is at work here; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def hand_over(command: list[str]) -> int:
    """Run the command in the environment; on POSIX it takes this process over."""
    if sys.platform != "win32":
        os.execv(command[0], command)
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command
    return subprocess.call(command)


def main(arguments: list[str]) -> int:
    """Install what is missing and run the command."""
    options = Options(arguments)
    if options.command[:1] in (["-h"], ["--help"], ["help"]) or not arguments:
        print(__doc__)
        return 0 if arguments else 2
    require_python()
    installation = Installation(options)
    if installation.missing():
        lock = one_at_a_time()
        require_machine()
        require_venv_module()
        installation = Installation(options)  # the other one may have done it
        if "core" in installation.missing():
            install_system_packages(SOUND)
        installation.bring_up(installation.missing())
        del lock
    if options.download:
        download(options)
    if installation.testing:
        install_system_packages({**SOUND, **FOR_TESTS})
        return hand_over([str(PYTHON), str(ROOT / "scripts" / "check.py"), *options.command[1:]])
    if options.command:
        return hand_over([str(BIN / "voice-trainer"), *options.command])
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except BootstrapError as stop:
        say(str(stop))
        raise SystemExit(stop.status) from None
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on where this one was.")
        raise SystemExit(130) from None
