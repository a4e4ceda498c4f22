"""Folders of calls: overlay, nearest names, one broken file among many; and which call comes next."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import voice_trainer
from voice_trainer.errors import ScenarioError
from voice_trainer.library import ScenarioLibrary, builtin_folder, finding, load_scenario

TEXT = """\
id: {id}
version: {version}
title: A parcel
industry: post
language: en-GB
kind: complaint
difficulty: {difficulty}
turns:
  - {{id: opening, says: My parcel is late.}}
"""


def put(folder: Path, name: str, *, version: int = 1, difficulty: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(TEXT.format(id=name, version=version, difficulty=difficulty), encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path) -> ScenarioLibrary:
    put(tmp_path / "builtin/post", "late-parcel")
    put(tmp_path / "builtin/post", "lost-letter", difficulty=3)
    put(tmp_path / "user", "late-parcel", version=7)
    put(tmp_path / "user/deep/down", "wet-box", difficulty=2)
    (tmp_path / "user/broken.yaml").write_text("id: [", encoding="utf-8")
    put(tmp_path / "user/.trash", "old-call")
    return ScenarioLibrary([tmp_path / "builtin", tmp_path / "user", tmp_path / "absent"])


def test_the_users_folder_overlays_the_built_in_one(library: ScenarioLibrary) -> None:
    assert library.ids() == ("broken", "late-parcel", "lost-letter", "wet-box")
    assert library.get("late-parcel").version == 7
    assert library.get("post/lost-letter").id == "lost-letter"


def test_a_broken_file_hides_no_other(library: ScenarioLibrary) -> None:
    assert [s.id for s in library.all()] == ["late-parcel", "wet-box", "lost-letter"]  # the easiest first
    assert [p.file.name for p in library.problems()] == ["broken.yaml"]
    with pytest.raises(ScenarioError, match="not valid YAML"):
        library.get("broken")


def test_a_broken_overlay_is_told_and_not_replaced(library: ScenarioLibrary) -> None:
    library.path("late-parcel").write_text("nonsense", encoding="utf-8")  # type: ignore[union-attr]
    assert "late-parcel" not in [s.id for s in library.all()]
    with pytest.raises(ScenarioError, match="key: value"):
        library.get("late-parcel")


def test_a_file_is_found_by_its_path(library: ScenarioLibrary, tmp_path: Path) -> None:
    path = put(tmp_path / "mine", "my-call")
    assert library.get(path).id == "my-call"
    assert library.get(str(path)).id == "my-call"
    with pytest.raises(ScenarioError) as caught:
        library.get("late-parcel.yaml")  # a file was named, and there is none
    assert caught.value.code == "scenario_missing"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("late-parsel", "late-parcel"), ("letter", "lost-letter"), ("LATE PARCEL", "late-parcel")],
)
def test_an_unknown_name_gives_the_nearest(library: ScenarioLibrary, asked: str, meant: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        library.get(asked)
    assert caught.value.code == "scenario_unknown"
    assert f"Did you mean: {meant}" in caught.value.remedy
    assert asked in caught.value.message


@pytest.mark.parametrize("asked", ["", "x" * 5000, "a\0b", "..", "/"])
def test_strange_names_are_unknown_too(library: ScenarioLibrary, asked: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        library.get(asked)
    assert caught.value.code == "scenario_unknown"
    assert len(caught.value.message) < 200


def test_two_files_of_one_folder_with_the_same_id_are_a_problem(tmp_path: Path) -> None:
    put(tmp_path / "a", "my-call")
    put(tmp_path / "b", "my-call")
    library = ScenarioLibrary([tmp_path])
    assert [(p.file.parent.name, p.key) for p in library.problems()] == [("b", "id")]
    assert [s.id for s in library.all()] == ["my-call"]


def test_the_built_in_folder_of_a_checkout_and_of_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = Path(voice_trainer.__file__).parent.parent / "prompts"
    if checkout.is_dir():
        assert builtin_folder() == checkout
    package = tmp_path / "site-packages/voice_trainer"
    (package / "library").mkdir(parents=True)
    monkeypatch.setattr(finding, "__file__", str(package / "library/finding.py"))
    with pytest.raises(ScenarioError) as caught:
        builtin_folder()
    assert caught.value.code == "scenarios_missing"
    shutil.copytree(checkout / "retail-delivery", package / "prompts/retail-delivery")
    assert builtin_folder() == package / "prompts"
    assert (
        load_scenario(builtin_folder() / "retail-delivery/late-coffee-machine.yaml").id
        == "late-coffee-machine"
    )
