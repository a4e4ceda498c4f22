"""bootstrap.py from an empty folder to the running command, with packages of a few bytes and no registry."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import bootstrap
from scripts import vendor

ROOT = Path(__file__).resolve().parents[2]

PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "voice-trainer"
version = "1.0"
"""
# The real project is built by hatchling; here a few lines do, so that nothing need be downloaded.
BACKEND = '''\
"""Builds an editable wheel of the project in miniature."""
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "voice_trainer-1.0-py3-none-any.whl"
    info = "voice_trainer-1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("voice_trainer.pth", str(pathlib.Path(__file__).parent))
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: voice-trainer\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nvoice-trainer = face:run\\n")
        wheel.writestr(info + "RECORD", "")
    return name

build_wheel = build_editable
'''
FACE = """\
import sys, tinycore, tinymodel

def run():
    print("ran", *sys.argv[1:])
    return 7
"""


def make_wheel(folder: Path, name: str, version: str) -> str:
    """A wheel with one empty module; gives its line for a lock."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def copy_page_scripts(archive: Path) -> None:
    """What `--download` leaves beside the wheels, with files of a few bytes."""
    with zipfile.ZipFile(archive, "w") as file:
        for folder, names in vendor.SOURCES.items():
            for name in names:
                file.writestr(f"{folder.name}-{folder.parent.name}/{name}", name)
            file.writestr(f"{folder.name}-{folder.parent.name}/{vendor.STAMP}", vendor.lock_sha256())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh checkout in miniature, and `wheels/` without Whisper."""
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("requirements", "wheels"):
        (tmp_path / name).mkdir()
    requirements, wheels = tmp_path / "requirements", tmp_path / "wheels"
    copy_page_scripts(wheels / bootstrap.PAGE_SCRIPTS)
    (requirements / "core.txt").write_text(make_wheel(wheels, "tinycore", "1.0"))
    (requirements / "embeddings.txt").write_text(make_wheel(wheels, "tinymodel", "1.0"))
    (requirements / "whisper.txt").write_text("openai-whisper==1.0\ntorch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    assets = "voice_trainer/web/assets"
    shutil.copytree(ROOT / assets, tmp_path / assets)
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "face.py").write_text(FACE)
    return tmp_path


def start(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "bootstrap.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_from_nothing_to_the_running_command(project: Path) -> None:
    wheels = str(project / "wheels")

    first = start(project, "--wheels", wheels, "score", "--json")
    assert (first.returncode, first.stdout) == (7, "ran score --json\n"), first.stderr
    assert "Whisper could not be installed. The rest works" in first.stderr
    assert "--with-whisper" in first.stderr
    assert (project / "voice_trainer/web/static/vendor/htmx.min.js").read_text() == "htmx.min.js"

    second = start(project, "score", "--json")
    assert (second.returncode, second.stdout, second.stderr) == (7, "ran score --json\n", "")

    for name, version in (("torch", "2.13.0"), ("openai_whisper", "1.0")):
        make_wheel(project / "wheels", name, version)
    third = start(project, "--with-whisper", "--wheels", wheels, "score")
    assert third.returncode == 7, third.stderr
    assert list(project.glob(".venv/**/openai_whisper-1.0.dist-info"))
    assert "tinycore" not in third.stderr
    assert start(project, "--with-whisper", "score").stderr == ""

    (project / "requirements/core.txt").write_text(make_wheel(project / "wheels", "tinycore", "2.0"))
    assert start(project, "--wheels", wheels, "score").returncode == 7
    assert list(project.glob(".venv/**/tinycore-2.0.dist-info"))


@pytest.mark.skipif(sys.platform == "win32", reason="a running Windows Python cannot be moved away")
def test_a_broken_environment_is_built_anew(project: Path) -> None:
    wheels = str(project / "wheels")
    broken = project / ".venv"
    (broken / "bin").mkdir(parents=True)
    (broken / "bin/python").symlink_to(project / "uninstalled-python")
    (broken / "pyvenv.cfg").write_text("version = {}.{}.{}\n".format(*sys.version_info[:3]))
    healed = start(project, "--wheels", wheels, "--without-whisper", "score")
    assert (healed.returncode, healed.stdout) == (7, "ran score\n"), healed.stderr
    assert "building it anew" in healed.stderr


def test_what_cannot_be_installed_stops_with_a_remedy(project: Path) -> None:
    (project / "wheels/tinymodel-1.0-py3-none-any.whl").unlink()
    stopped = start(project, "--wheels", str(project / "wheels"), "score")
    assert stopped.returncode == 1
    assert stopped.stdout == ""
    assert "tinymodel==1.0" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert "bootstrap.py --download DIR" in stopped.stderr
