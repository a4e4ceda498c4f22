"""Recordings judged by the real engines, through the command line, in one process so that they load once."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.terminal import Ran, Terminal
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.cli.main import main
from voice_trainer.exports.score_json import ScoreJson
from voice_trainer.practice.assess import Engines, SpokenReply, assess
from voice_trainer.scoring import load_rubric
from voice_trainer.settings import load_settings
from voice_trainer.testing.audio import ScriptedTranscriber
from voice_trainer.wiring import House

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"
CALL = "late-coffee-machine"
BASELINE = FIXTURES / "baseline-rms.flac"
ENTRIES = {
    entry["id"]: entry
    for entry in map(json.loads, (FIXTURES / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
}


HEARD = ("coffee-good-rms",)
# Their words are given, so that not every one of them is recognised: what is at stake is not the recogniser.
GIVEN = (
    "coffee-poor-rms", "coffee-parrot-rms", "coffee-sympathy-rms", "coffee-wrong-value-rms",
    "coffee-cold-rms", "coffee-fast-rms", "coffee-pauses-rms", "coffee-hurried-loud-rms",
    "coffee-clipped-rms", "coffee-noisy-10db-rms",
    "coffee-noisy-5db-rms", "physio-good-rms", "physio-questions-rms",
)  # fmt: skip
SPEECHLESS = ("silent", "quiet-room", "coffee-short-rms", "hum", "music")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    return Terminal(capsys, monkeypatch, tmp_path)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The fixtures through one manifest: engines load once."""
    lines = []
    for name in (*HEARD, *GIVEN, *SPEECHLESS):
        entry = ENTRIES[name]
        line = {key: entry[key] for key in ("id", "scenario", "turn")}
        line |= {"audio": str(FIXTURES / entry["file"]), "baseline": [str(BASELINE)]}
        lines.append(json.dumps(line | ({"transcript": entry["text"]} if name in GIVEN else {})))
    path = tmp_path_factory.mktemp("manifest") / "m.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["score", "--manifest", str(path), "--engine", "pocketsphinx", "--json"]) == 0
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    for value in found:
        ScoreJson.model_validate(value)
        assert value["error"] is None
    assert [value["id"] for value in found] == [*HEARD, *GIVEN, *SPEECHLESS]
    return {value["id"]: value for value in found}


def score(terminal: Terminal, *recordings: str | Path, **options: str | Path) -> Ran:
    paths = [r if isinstance(r, Path) else FIXTURES / ENTRIES[r]["file"] for r in recordings]
    chosen = {"scenario": CALL, "engine": "pocketsphinx", **options}
    given = [part for name, value in chosen.items() for part in (f"--{name.replace('_', '-')}", value)]
    return terminal.run("score", *paths, *given, "--json")


def one(ran: Ran) -> dict[str, Any]:
    [found] = ran.objects
    ScoreJson.model_validate(found)
    return dict(found)


def test_a_good_reply_beats_a_poor_one(judged: dict[str, dict[str, Any]]) -> None:
    good, poor = judged["coffee-good-rms"], judged["coffee-poor-rms"]
    assert good["transcript"]["engine"] == "pocketsphinx"
    for found in (good, poor):
        assert all(word["start_s"] <= word["end_s"] for word in found["transcript"]["words"])
        assert all(criterion["scored"] for criterion in found["criteria"].values())
    assert good["overall"]["listening"] >= poor["overall"]["listening"] + 40
    assert good["overall"]["delivery"] >= 80
    assert good["reaction"] == "calmer"
    assert poor["reaction"] == "angrier"
    assert {fact["status"] for fact in good["facts"]} <= {"reflected", "partly"}


@pytest.mark.parametrize(
    ("better", "worse", "criterion"),
    [
        ("coffee-good-rms", "coffee-parrot-rms", "paraphrase"),
        ("coffee-good-rms", "coffee-sympathy-rms", "paraphrase"),
        ("coffee-good-rms", "coffee-wrong-value-rms", "paraphrase"),
        ("coffee-good-rms", "coffee-cold-rms", "validation"),
        ("coffee-good-rms", "coffee-fast-rms", "pace"),
        ("coffee-good-rms", "coffee-pauses-rms", "pace"),
        ("coffee-good-rms", "coffee-hurried-loud-rms", "tone_calmness"),
        ("physio-good-rms", "physio-questions-rms", "paraphrase"),
        ("physio-good-rms", "physio-questions-rms", "order"),
    ],
)
def test_each_fixture_shows_what_it_is_for(
    judged: dict[str, dict[str, Any]], better: str, worse: str, criterion: str
) -> None:
    points = [judged[name]["criteria"][criterion]["points"] for name in (better, worse)]
    assert None not in points
    assert points[0] > points[1]


@pytest.mark.parametrize("name", SPEECHLESS)
def test_where_nobody_spoke_nothing_is_scored_and_no_words_are_believed(
    judged: dict[str, dict[str, Any]], name: str
) -> None:
    found = judged[name]
    assert found["overall"] == {"listening": None, "delivery": None}
    assert not any(criterion["scored"] for criterion in found["criteria"].values())
    assert all(criterion["reasons"] for criterion in found["criteria"].values())
    assert found["facts"] == []
    heard = found["transcript"]
    # A third of a second of real speech may be heard as a word; it must not be believed.
    believed = heard is not None and heard["words"] and heard["reliability"] > 0
    assert not believed


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("silent", {"silent", "no_speech"}),
        ("quiet-room", {"silent", "no_speech"}),
        ("coffee-short-rms", {"too_short"}),
        ("hum", {"no_speech", "hum"}),
        ("music", {"no_speech"}),
    ],
)
def test_the_reason_not_to_score_has_the_right_code(name: str, codes: set[str]) -> None:
    house = House(load_settings())
    call = house.library.get(CALL)
    engines = Engines(ScriptedTranscriber(["you sound fed up"]), house.detector, load_rubric())
    reply = SpokenReply(load_audio(FIXTURES / ENTRIES[name]["file"]))
    score = assess(reply, scenario=call, turn=call.opening, engines=engines).score
    assert not score.anything_scored
    withheld = {c.withheld.code for c in score.criteria[2:] if c.withheld is not None}
    assert withheld
    assert withheld <= codes


@pytest.mark.parametrize("name", ["coffee-clipped-rms", "coffee-noisy-10db-rms", "coffee-noisy-5db-rms"])
def test_tone_abstains_on_poor_sound(judged: dict[str, dict[str, Any]], name: str) -> None:
    tone = judged[name]["criteria"]["tone_calmness"]
    assert not tone["scored"]
    assert tone["reasons"]


def test_one_recording_beyond_scoring_has_status_5(terminal: Terminal) -> None:
    assert score(terminal, "silent").status == 5
    page = terminal.run("score", FIXTURES / "silent.flac", "--scenario", CALL)
    assert page.status == 5
    assert "nothing_scored" in page.err


def test_tone_needs_a_baseline(terminal: Terminal) -> None:
    found = one(score(terminal, "coffee-good-rms", transcript=ENTRIES["coffee-good-rms"]["text"]))
    tone = found["criteria"]["tone_calmness"]
    assert not tone["scored"]
    assert "baseline" in " ".join(tone["reasons"])
    assert found["criteria"]["pace"]["scored"]


def test_a_call_mixed_into_one_channel_is_not_scored(terminal: Terminal) -> None:
    ran = score(terminal, "coffee-call-mixed", baseline=BASELINE)
    assert ran.status == 5
    found = one(ran)
    assert found["overall"] == {"listening": None, "delivery": None}
    for criterion in found["criteria"].values():
        assert "Two people speak" in " ".join(criterion["reasons"])


def test_no_recording_of_one_person_is_taken_for_two(judged: dict[str, dict[str, Any]]) -> None:
    for found in judged.values():
        for criterion in found["criteria"].values():
            assert "Two people" not in " ".join(str(reason) for reason in criterion["reasons"])


def test_the_agents_side_of_a_call_is_judged(terminal: Terminal) -> None:
    said = ENTRIES["coffee-call-stereo"]["text"]
    right = one(
        score(terminal, "coffee-call-stereo", baseline=BASELINE, agent_channel="right", transcript=said)
    )
    assert right["error"] is None
    assert {fact["id"]: fact["status"] for fact in right["facts"]}["late"] in ("reflected", "partly")
    assert right["criteria"]["tone_calmness"]["scored"]  # by a baseline that is mono
    both = score(terminal, "coffee-call-stereo", baseline=BASELINE)
    assert both.status == 2
    assert one(both)["error"]["code"] == "two_channels"
    mono = score(terminal, "coffee-good-rms", agent_channel="right")
    assert mono.status == 2
    assert one(mono)["error"]["code"] == "mixed_mono"


@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_the_gain_of_a_recording_changes_no_points(
    terminal: Terminal, tmp_path: Path, gain_db: float
) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac")
    assert np.max(np.abs(reply.samples)) * 10 ** (gain_db / 20) < 1
    other = tmp_path / "other.wav"
    soundfile.write(other, reply.samples * 10 ** (gain_db / 20), reply.rate_hz, subtype="FLOAT")
    words = ENTRIES["coffee-good-rms"]["text"]
    before, after = (
        one(score(terminal, path, baseline=BASELINE, transcript=words))
        for path in (FIXTURES / "coffee-good-rms.flac", other)
    )
    points = [{n: c["points"] for n, c in found["criteria"].items()} for found in (before, after)]
    assert all(abs(points[0][name] - points[1][name]) <= 1 for name in points[0])


def test_the_same_recording_gets_the_same_score(
    terminal: Terminal, judged: dict[str, dict[str, Any]]
) -> None:
    name = "coffee-good-rms"
    assert one(score(terminal, name, baseline=BASELINE)) == {**judged[name], "id": f"{name}.flac"}


def test_words_known_beforehand_are_placed_in_the_sound(terminal: Terminal) -> None:
    words = ENTRIES["coffee-good-rms"]["text"]
    found = one(score(terminal, "coffee-good-rms", baseline=BASELINE, transcript=words))
    assert found["transcript"]["engine"] == "typed"
    timed = [word["start_s"] for word in found["transcript"]["words"] if word["start_s"] is not None]
    assert len(timed) > 0.9 * len(words.split())
    assert timed == sorted(timed)


def test_a_folder_is_judged_file_by_file_and_a_broken_one_does_not_stop_it(
    terminal: Terminal, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "a-silent.wav", np.zeros(16000, np.float32), 16000)
    (tmp_path / "b-broken.wav").write_text("this is text", encoding="utf-8")
    (tmp_path / "c-empty.mp3").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not for us", encoding="utf-8")
    nan = np.full(16000, np.nan, np.float32)
    soundfile.write(tmp_path / "d-nan.wav", nan, 16000, subtype="FLOAT")
    reply = load_audio(FIXTURES / "coffee-good-rms.flac").between(0, 6)
    soundfile.write(tmp_path / "e [reply].ogg", reply.samples, reply.rate_hz, format="OGG", subtype="OPUS")
    ran = score(terminal, tmp_path)
    assert [found["id"][0] for found in ran.objects] == list("abcde")
    codes = [(found["error"] or {}).get("code") for found in ran.objects]
    assert codes[0] is None
    assert codes[1] == "audio_unreadable"
    assert codes[2] == "audio_empty"
    assert codes[4] is None
    assert ran.status == 0
    assert ran.objects[4]["criteria"]["pace"]["scored"]
    for found in ran.objects:
        ScoreJson.model_validate(found)


def test_the_page_of_a_recording(terminal: Terminal) -> None:
    page = terminal.run(
        "score", FIXTURES / "coffee-good-rms.flac", "--scenario", CALL, "--engine", "pocketsphinx"
    )
    assert page.status == 0
    for words in ("Keep", "Listening", "Steadiness", "What came back", "heard by pocketsphinx"):
        assert words in page.out


def test_a_baseline_from_files(terminal: Terminal) -> None:
    ran = terminal.run("baseline", BASELINE, "--device", "my headset", "--json")
    assert ran.status == 0
    [made] = ran.objects
    assert made["device"] == "my headset"
    assert made["person"] == "ann"
    assert [row["id"] for row in terminal.run("baseline", "--json").objects] == [made["id"]]
    assert "my headset" in terminal.run("baseline").out
    unknown = terminal.run("baseline", "--delete", "nothing", "--yes", "--json")
    assert unknown.status == 2
    assert unknown.objects[0]["error"]["code"] == "baseline_unknown"
    gone = terminal.run("baseline", "--delete", made["id"], "--yes")
    assert gone.status == 0
    assert "no baseline now" in gone.out
    assert terminal.run("baseline", "--json").objects == []
    short = terminal.run("baseline", FIXTURES / "coffee-short-rms.flac", "--device", "x", "--json")
    assert short.status == 2
    assert short.objects[0]["error"]["code"] == "baseline_unusable"
