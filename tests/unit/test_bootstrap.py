"""bootstrap.py: what it decides, without installing anything."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import bootstrap
from scripts import preconditions, progress, system_packages

ROOT = Path(__file__).resolve().parents[2]
BEFORE_INSTALLING = (
    "bootstrap.py",
    "scripts/__init__.py",
    "scripts/preconditions.py",
    "scripts/progress.py",
    "scripts/system_packages.py",
)
EVERYTHING = ["core", "embeddings", "project", "whisper"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as it stands after a complete installation, in miniature."""
    (tmp_path / "requirements").mkdir()
    for name in ("core", "embeddings", "whisper", "test"):
        (tmp_path / f"requirements/{name}.txt").write_text(f"{name}==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / bootstrap.PAGE_LOCK).parent.mkdir(parents=True)
    (tmp_path / bootstrap.PAGE_LOCK).write_text("{}")
    packages = tmp_path / ".venv/lib/python3.11/site-packages"
    (packages / "core-1.dist-info").mkdir(parents=True)
    (tmp_path / ".venv/bin").mkdir()
    (tmp_path / ".venv/bin/python").touch()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv/bootstrap.json")
    stages = installation("practice").stages
    write_stamp(tmp_path, stages | {"packages": ["core-1.dist-info"], "whisper_outcome": "installed"})
    return tmp_path


def installation(*arguments: str) -> bootstrap.Installation:
    return bootstrap.Installation(bootstrap.Options(list(arguments)))


def write_stamp(project: Path, stamp: dict[str, Any]) -> None:
    (project / ".venv/bootstrap.json").write_text(json.dumps(stamp))


def read_stamp(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / ".venv/bootstrap.json").read_text())
    return found


@pytest.mark.parametrize("name", BEFORE_INSTALLING)
def test_an_old_python_can_read_it_and_nothing_need_be_installed(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 8))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name for name in modules if name.split(".")[0] not in {*sys.stdlib_module_names, "scripts"}}
    assert not foreign


@pytest.mark.parametrize("version", [(3, 8, 10), (3, 10, 1), (3, 14, 0)])
def test_a_python_that_will_not_do_is_named(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(bootstrap.BootstrapError, match=r"needs Python 3\.11, 3\.12 or 3\.13") as caught:
        preconditions.require_python()
    assert ".".join(map(str, version)) in str(caught.value)


def test_its_pythons_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (oldest, newest) = preconditions.OLDEST, preconditions.NEWEST
    assert project["requires-python"] == f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"


def test_options_are_taken_and_the_rest_goes_to_the_command(tmp_path: Path) -> None:
    options = bootstrap.Options(["score", "a.wav", "--wheels", str(tmp_path), "--verbose", "--json"])
    assert options.wheels == tmp_path.resolve()
    assert options.command == ["score", "a.wav", "--verbose", "--json"]
    assert not options.verbose
    assert bootstrap.Options(["--verbose", "demo"]).verbose
    assert bootstrap.Options(["--retry-whisper"]).whisper is True
    assert bootstrap.Options(["demo", "--without-whisper"]).whisper is False


@pytest.mark.parametrize(
    ("arguments", "said"), [(["--wheels"], "needs a folder"), (["--wheels=/no"], "no folder")]
)
def test_a_wrong_folder_is_a_usage_error(arguments: list[str], said: str) -> None:
    with pytest.raises(bootstrap.BootstrapError, match=said) as caught:
        bootstrap.Options(arguments)
    assert caught.value.status == 2


def test_a_complete_installation_needs_nothing(project: Path) -> None:
    assert installation("practice").missing() == []


def test_tests_need_the_checks_besides(project: Path) -> None:
    assert installation("test").missing() == ["test"]


def test_a_changed_lock_is_installed(project: Path) -> None:
    (project / "requirements/core.txt").write_text("core==2\n")
    assert installation("practice").missing() == ["core"]


def test_other_scripts_of_the_page_are_fetched(project: Path) -> None:
    (project / bootstrap.PAGE_LOCK).write_text('{"packages": {}}')
    assert installation("practice").missing() == ["project"]


def test_a_package_that_vanished_is_noticed(project: Path) -> None:
    next(project.glob(".venv/lib/*/*/core-1.dist-info")).rmdir()
    assert installation("practice").missing() == EVERYTHING


@pytest.mark.parametrize("content", ["", "{", "{}"])
def test_a_broken_stamp_means_start_again(project: Path, content: str) -> None:
    (project / ".venv/bootstrap.json").write_text(content)
    assert installation("practice").missing() == EVERYTHING


def test_an_interrupted_installation_goes_on(project: Path) -> None:
    stamp = read_stamp(project)
    del stamp["whisper"], stamp["project"]
    write_stamp(project, stamp)
    assert installation("practice").missing() == ["project", "whisper"]


@pytest.mark.parametrize("outcome", ["failed", "left out"])
def test_whisper_is_tried_again_only_when_asked(project: Path, outcome: str) -> None:
    write_stamp(project, read_stamp(project) | {"whisper_outcome": outcome})
    assert installation("practice").missing() == []
    assert installation("--with-whisper", "practice").missing() == ["whisper"]


def test_another_place_or_python_is_not_added_to(project: Path) -> None:
    running = "{}.{}.{}".format(*sys.version_info[:3])
    settings = project / ".venv/pyvenv.cfg"
    settings.write_text(f"version = {running}\n")
    (project / ".venv/bin/python").unlink()
    (project / ".venv/bin/python").symlink_to(sys.executable)
    assert bootstrap.can_go_on(made_at=str(project))
    assert not bootstrap.can_go_on(made_at=str(project / "elsewhere"))
    settings.write_text("version = 3.7.1\n")
    assert not bootstrap.can_go_on(made_at=str(project))


def test_a_folder_that_is_no_environment_is_not_deleted(project: Path) -> None:
    (project / ".venv/notes.txt").write_text("mine")
    with pytest.raises(bootstrap.BootstrapError, match="not mine to delete"):
        bootstrap.create_environment()
    assert (project / ".venv/notes.txt").exists()


def test_pip_that_finds_nothing_in_the_folder_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "log")
    options = bootstrap.Options(["--wheels", str(tmp_path)])
    with pytest.raises(bootstrap.BootstrapError, match="--download DIR") as caught:
        bootstrap.pip(progress.Progress(""), options, "download", "-d", str(tmp_path), "sounddevice==0.5.6")
    assert "sounddevice==0.5.6" in str(caught.value)
    assert "sounddevice" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("Cannot connect to proxy. ProxyError('Tunnel connection failed: 407')", "HTTPS_PROXY"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "PIP_CERT"),
        (
            "WARNING: Retrying after NewConnectionError: Temporary failure in name resolution\n"
            "ERROR: No matching distribution found for click",
            "no way to the package index",
        ),
        ("ERROR: No matching distribution found for click==8.5.1", "same kind of machine"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "altered"),
        ("something never seen", ""),
    ],
)
def test_failures_have_remedies(output: str, advice: str) -> None:
    found = progress.remedy(output)
    assert advice in found
    assert bool(found) == bool(advice)


def test_progress_counts_what_is_downloaded() -> None:
    shown = progress.Progress("")
    for line in (
        "Collecting numpy==2.4.6 (from -r requirements/core.txt (line 1))",
        "  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl.metadata (5.0 MB)",
        "Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl (16.5 MB)",
        "Processing /wheels/torch-2.13.0-cp311.whl",
        "  Using cached scipy-1.17.1.whl (35.0 MB)",
        "Downloading click-8.5.1.whl (500 kB)",
    ):
        shown.read(line)
    assert shown.packages == 2
    assert shown.megabytes == pytest.approx(17.0)
    assert shown.detail == "downloading click, 0.5 MB"


def test_missing_system_packages_are_named_where_they_cannot_be_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_packages, "is_there", lambda sign: sign == "flite")
    monkeypatch.setattr(system_packages, "apt_install", lambda _: False)
    monkeypatch.setattr("shutil.which", lambda name: "/bin/dnf" if name == "dnf" else None)
    system_packages.install_system_packages({"libportaudio2": "lib:portaudio", "flite": "flite"})
    said = capsys.readouterr().err
    assert "sudo dnf install portaudio" in said
    assert "flite" not in said


class TestLocks:
    """requirements/ says what pyproject.toml says."""

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    @staticmethod
    def lock(name: str) -> dict[str, str]:
        text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))

    @staticmethod
    def pins(requirements: list[str]) -> dict[str, str]:
        pin = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)( *;.*)?")
        found = [pin.fullmatch(line) for line in requirements]
        assert all(found), requirements
        return {re.sub(r"[-_.]+", "-", match[1]).lower(): match[2] for match in found if match}

    def test_every_pin_is_locked(self) -> None:
        declared = self.pins(self.project["project"]["dependencies"])
        extras = self.project["project"]["optional-dependencies"]
        locked = self.lock("core") | self.lock("whisper")
        assert declared == {name: locked.get(name) for name in declared}
        assert {"torch", "openai-whisper"} <= self.lock("whisper").keys()
        tests, embeddings = self.pins(extras["test"]), self.pins(extras["embeddings"])
        assert tests == {name: self.lock("test").get(name) for name in tests}
        assert embeddings == self.lock("embeddings")

    def test_hatchling_is_there_to_install_the_project(self) -> None:
        needed = self.pins(self.project["build-system"]["requires"])
        assert needed.items() <= self.lock("core").items()

    def test_the_test_lock_holds_the_core(self) -> None:
        assert self.lock("core").items() <= self.lock("test").items()

    @pytest.mark.parametrize("name", ["core", "test", "embeddings"])
    def test_every_package_has_hashes(self, name: str) -> None:
        text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=[a-z])", text.strip())
        assert not [block for block in blocks if "--hash=sha256:" not in block]

    @pytest.mark.parametrize("name", ["core", "test", "embeddings", "whisper"])
    def test_no_address_is_locked(self, name: str) -> None:
        text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        assert not re.findall(r"://|--(extra-)?index|--find-links", text)
