"""Live sound: on disk before it is acknowledged, none of it lost, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.site import RATE_HZ, Site, outcome, pieces, send, site
from voice_trainer.domain.attempt import TakeState
from voice_trainer.testing.audio import joined, silence, tone

CALL = "late-coffee-machine"
BEGIN = {"type": "begin", "kind": "take", "rate_hz": RATE_HZ, "call": CALL, "device": "headset"}
SPEECH = joined(silence(0.3), tone(2.0)).samples


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as started:
        started.agree()
        yield started


def begun(socket: Any, **changes: Any) -> dict[str, Any]:
    send(socket, {**BEGIN, **changes})
    return dict(socket.receive_json())


def acknowledged(socket: Any, number: int) -> None:
    """Wait for the word that all pieces up to `number` are on disk."""
    while (told := socket.receive_json())["number"] < number:
        assert told["type"] == "ack"


def test_a_take_is_what_was_sent_and_waits_to_be_judged(here: Site) -> None:
    told = here.record(SPEECH, call=CALL, device="headset", lead_in_s=0.3, customer_end_s=0.2)
    assert told["type"] == "recorded"
    assert told["duration_s"] == pytest.approx(2.3)
    attempt = here.house.store.get(told["attempt"])
    [take] = attempt.takes
    assert (take.state, take.device, take.customer_end_s) == (TakeState.RECORDED, "headset", 0.2)
    kept = here.house.blobs.read(take.audio_key or "")
    assert kept.rate_hz == RATE_HZ
    np.testing.assert_allclose(kept.samples, SPEECH, atol=1 / 32768)
    assert here.house.queue.latest(attempt.id, take.id) is not None


def test_each_piece_is_on_disk_when_it_is_acknowledged(here: Site) -> None:
    with here.live() as socket:
        told = begun(socket)
        for number, piece in enumerate(pieces(SPEECH)[:5]):
            socket.send_bytes(piece)
            acknowledged(socket, number)
            key = f"{told['attempt']}/{told['take']}"
            assert len(here.house.blobs.read(key).samples) == (number + 1) * 1600


def test_a_lost_connection_loses_no_sound(here: Site) -> None:
    parts = pieces(SPEECH)
    with here.live() as socket:
        told = begun(socket)
        for piece in parts[:7]:
            socket.send_bytes(piece)
        acknowledged(socket, 6)
    with here.live() as socket:
        send(socket, {"type": "resume", "ticket": told["ticket"]})
        assert socket.receive_json()["acknowledged"] == 6
        for piece in parts[5:]:  # two of them once more
            socket.send_bytes(piece)
        send(socket, {"type": "end", "pieces": len(parts)})
        assert outcome(socket)["type"] == "recorded"
    kept = here.house.blobs.read(f"{told['attempt']}/{told['take']}")
    np.testing.assert_allclose(kept.samples, SPEECH, atol=1 / 32768)


def test_nobody_else_goes_on_with_a_recording(here: Site) -> None:
    with here.live() as socket:
        send(socket, {"type": "resume", "ticket": "guessed"})
        assert socket.receive_json()["code"] == "recording_closed"


def test_a_browser_that_does_not_come_back_leaves_its_take(here: Site) -> None:
    here.client.app.state.services.recordings._patience_s = 0.05  # type: ignore[attr-defined]
    with here.live() as socket:
        told = begun(socket)
        socket.send_bytes(pieces(SPEECH)[0])
        acknowledged(socket, 0)
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        [take] = here.house.store.get(told["attempt"]).takes
        if take.state is TakeState.RECORDED:
            break
        here.client.get("/api/health")
    assert (take.recovered, take.duration_s) == (True, pytest.approx(0.1))
    assert here.house.queue.latest(told["attempt"], told["take"]) is None


def test_silence_after_speech_ends_a_take(here: Site) -> None:
    sound = joined(silence(0.5), tone(1.0), silence(5.0)).samples
    with here.live() as socket:
        begun(socket)
        for piece in pieces(sound):
            socket.send_bytes(piece)
        told = outcome(socket)
    assert told["reason"] == "silence"
    assert told["duration_s"] == pytest.approx(3.5, abs=0.25)


def test_a_cancelled_take_leaves_no_sound(here: Site) -> None:
    with here.live() as socket:
        told = begun(socket)
        socket.send_bytes(pieces(SPEECH)[0])
        send(socket, {"type": "cancel"})
        assert outcome(socket) == {"type": "cancelled"}
    [take] = here.house.store.get(told["attempt"]).takes
    assert take.state is TakeState.DISCARDED
    assert here.house.blobs.keys() == []


def test_the_second_take_belongs_to_the_same_attempt(here: Site) -> None:
    first = here.record(SPEECH, call=CALL)
    again = here.record(SPEECH, attempt=first["attempt"], turn="opening")
    assert again["attempt"] == first["attempt"]
    assert [take.number for take in here.house.store.get(first["attempt"]).takes] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"call": "no-such-call"}, "scenario_unknown"),
        ({"call": "../../etc/passwd.yaml"}, "scenario_unknown"),
        ({"attempt": "no-such-attempt"}, "not_found"),
        ({"attempt": "../x"}, "live_wrong"),
        ({"turn": "no-such-turn"}, "turn_unknown"),
        ({"rate_hz": 1}, "live_wrong"),
        ({"kind": "song"}, "live_wrong"),
    ],
)
def test_what_cannot_be_begun_is_refused(here: Site, changes: dict[str, Any], code: str) -> None:
    with here.live() as socket:
        assert begun(socket, **changes)["code"] == code
    assert here.house.store.summaries() == []


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "live_wrong"), (b"\0\0\0\0\0", "live_wrong"), (b"\5\0\0\0\1\0", "piece_missing")],
)
def test_a_piece_that_is_none_ends_the_connection(here: Site, data: bytes, code: str) -> None:
    with here.live() as socket:
        begun(socket)
        socket.send_bytes(data)
        assert outcome(socket)["code"] == code


def test_a_piece_is_not_longer_than_two_seconds(here: Site) -> None:
    with here.live() as socket:
        begun(socket)
        socket.send_bytes(bytes(4 + 2 * (2 * RATE_HZ + 1)))
        assert outcome(socket)["code"] == "live_wrong"


def test_nothing_is_recorded_without_consent(tmp_path: Path) -> None:
    with site(tmp_path) as here, here.live() as socket:
        assert begun(socket)["code"] == "consent_missing"


@pytest.mark.parametrize(
    ("sound", "state"),
    [
        (joined(silence(0.5), tone(2.0), silence(1.0)).samples, "good"),
        (silence(8.5).samples, "silent"),
        (joined(silence(0.5), tone(2.0, level_dbfs=-50), silence(1.0)).samples, "quiet"),
    ],
)
def test_the_microphone_check_says_what_is_wrong(tmp_path: Path, sound: Any, state: str) -> None:
    with site(tmp_path) as here, here.live() as socket:
        send(socket, {"type": "begin", "kind": "check", "rate_hz": RATE_HZ})
        socket.receive_json()
        for piece in pieces(sound):
            socket.send_bytes(piece)
        assert outcome(socket)["state"] == state
    assert here.house.blobs.keys() == []


def test_a_reading_that_is_too_short_leaves_no_sound(here: Site) -> None:
    told = here.record(tone(1.0).samples, kind="baseline")
    assert told["code"] == "baseline_unusable"
    assert here.house.blobs.keys() == []
    assert here.house.store.baselines("jane") == []
