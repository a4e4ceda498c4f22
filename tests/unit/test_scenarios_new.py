"""A coach's own call: asked for, written, checked, played."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import Terminal
from voice_trainer.domain.scenario import Reaction
from voice_trainer.errors import AudioDeviceError, ScenarioError
from voice_trainer.library.loading import load_scenario
from voice_trainer.library.writing import scenario_text, slug, write_scenario
from voice_trainer.testing.audio import FakePlayer, FakeSynthesizer
from voice_trainer.wiring import House

ANSWERS = [
    "The parcel left in the rain", "", "Retail Delivery", "retail-delivery", "", "complaint", "9", "3",
    "Ruth Amari", "female", "62, keeps bees",
    # the opening
    "", "You left my parcel in the rain on Tuesday, and the books inside are ruined.", "angry",
    "get new books", "the parcel was left in the rain on Tuesday", "the parcel was left in the dry",
    "tuesday", "wednesday", "", "You sound angry. On Tuesday your parcel lay in the rain. Is that right?", "",
    "y",
    # the second turn
    "thanks", "Thank you, that helps.", "bewildered", "n", "relieved", "", "", "", "n",
    # where it leads
    "", "nowhere", "", "", "", "end", "end",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(House, "embedder", property(lambda _: None))


def typed(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


def test_answers_become_a_valid_call_that_is_then_listed(terminal: Terminal) -> None:
    ran = terminal.run("scenarios", "new", typed=typed(*ANSWERS))
    assert ran.status == 0, ran.err
    path = terminal.data / "prompts" / "the-parcel-left-in-the-rain.yaml"
    assert f"Written: {path}" in ran.out.replace("\n", "") or str(path.name) in ran.out
    call = load_scenario(path)
    assert (call.industry, call.difficulty, call.persona.name) == ("retail-delivery", 3, "Ruth Amari")
    assert call.opening.facts[0].values == ("tuesday",)
    assert call.opening.following(Reaction.ANGRIER) == "thanks"
    assert call.turns[1].then == ()
    assert "Small letters" in ran.out  # "Retail Delivery" was asked again
    assert "One of: 1, 2" in ran.out
    assert call.id in terminal.run("scenarios", "list").out
    assert terminal.run("scenarios", "check", path, "--quick").status == 0


def test_leaving_in_the_middle_writes_nothing(terminal: Terminal) -> None:
    assert terminal.run("scenarios", "new", typed=typed(*ANSWERS[:9])).status == 130
    assert not (terminal.data / "prompts").exists()


def test_a_file_elsewhere_takes_its_own_name(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "mine" / "rain.yaml"
    assert terminal.run("scenarios", "new", "--out", path, typed=typed(*ANSWERS)).status == 0
    assert load_scenario(path).id == "rain"
    again = terminal.run("scenarios", "new", "--out", path, typed=typed(*ANSWERS))
    assert again.status == 2
    assert "file_exists" in again.err
    assert terminal.run("scenarios", "new", "--out", tmp_path / "rain.txt").status == 2


def test_values_that_would_not_load_are_not_written(tmp_path: Path) -> None:
    values = {
        "id": "x",
        "version": 1,
        "title": "X",
        "turns": [{"id": "a", "says": "A", "then": {"same": "b"}}],
    }
    with pytest.raises(ScenarioError):
        write_scenario(values, tmp_path / "x.yaml")
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize("awkward", ["yes", "2026-01-01", "12", "a: b # c", "“quoted” – ünï", "- x", "null"])
def test_awkward_words_come_back_as_they_were(awkward: str, tmp_path: Path) -> None:
    values = {
        "id": "x", "version": 1, "title": awkward, "industry": "post", "language": "en", "kind": "complaint",
        "difficulty": 1, "persona": {"name": awkward, "voice": "male"},
        "turns": [{"id": "a", "says": awkward, "facts": [{"id": "f", "text": awkward, "values": [awkward]}]}],
    }  # fmt: skip
    (tmp_path / "x.yaml").write_text(scenario_text(values), encoding="utf-8")
    call = load_scenario(tmp_path / "x.yaml")
    assert (call.title, call.persona.name, call.opening.says) == (awkward, awkward, awkward)
    assert call.opening.facts[0].values == (awkward,)


@pytest.mark.parametrize(
    ("title", "expected"), [("The late parcel!", "the-late-parcel"), ("Ärger 2", "arger-2"), ("–", "")]
)
def test_a_title_becomes_an_id(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_a_preview_plays_each_turn_sharper_or_softer(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    player, voice = FakePlayer(), FakeSynthesizer()
    monkeypatch.setattr(House, "player", property(lambda _: player))
    monkeypatch.setattr(House, "synthesizer", property(lambda _: voice))
    heard = terminal.run("scenarios", "preview", "afternoon-dropouts")
    assert heard.status == 0
    said = list(voice.spoken)
    assert len(player.played) == len(said) == heard.out.count("Marcus Adeyemi") >= 3
    assert said[-1][1].temperature < said[0][1].temperature
    voice.spoken.clear()
    terminal.run("scenarios", "preview", "afternoon-dropouts", "--replies", "angrier")
    assert voice.spoken[-1][1].temperature > said[-1][1].temperature


def test_a_quiet_preview_prints_and_plays_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = FakeSynthesizer()
    monkeypatch.setattr(House, "synthesizer", property(lambda _: voice))
    ran = terminal.run("scenarios", "preview", "afternoon-dropouts", "--quiet")
    assert ran.status == 0
    assert "five times" in ran.out
    assert voice.spoken == []


def test_a_preview_without_a_voice_says_so_once_and_prints_on(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = FakePlayer()
    voice = FakeSynthesizer(fault=AudioDeviceError("no_voice", "No voice here.", remedy="Install one."))
    monkeypatch.setattr(House, "player", property(lambda _: player))
    monkeypatch.setattr(House, "synthesizer", property(lambda _: voice))
    ran = terminal.run("scenarios", "preview", "afternoon-dropouts")
    assert ran.status == 0
    assert ran.out.count("No voice here.") == 1
    assert "The call ends." in ran.out
