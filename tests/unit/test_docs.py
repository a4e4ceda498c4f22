"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import docs
from voice_trainer.errors import ExitStatus
from voice_trainer.library.loading import read_scenario
from voice_trainer.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_generated_parts_are_up_to_date() -> None:
    assert docs.outdated() == [], "run `python -m scripts.docs`"


def test_every_exit_status_is_explained() -> None:
    table = docs.exits()
    assert all(f"| {status.value} |" in table for status in ExitStatus)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_example_of_a_call_is_a_valid_one(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    path = tmp_path / "late-coffee-machine.yaml"
    path.write_text(example[1], encoding="utf-8")
    reading = read_scenario(path)
    assert reading.scenario is not None, [str(problem) for problem in reading.problems]


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")), ids=str)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_commands_named_in_documents_exist() -> None:
    from voice_trainer.cli.main import COMMANDS

    named = set()
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        named |= set(re.findall(r"voice-trainer ([a-z]+)", path.read_text(encoding="utf-8")))
    assert named - set(COMMANDS) <= {"bench"}, named - set(COMMANDS)
