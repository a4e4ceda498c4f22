"""A call of six turns through a virtual headset: heard, the customer ends calm; brushed off, beside herself.

Sound travels for real both ways, voice, playing, recording and judging included. What the agent's sound is
taken to say comes from a script: recognising twelve replies would take minutes.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.desk import GOOD, POOR
from tests.findings import CALL, TURN
from tests.virtual_audio import VirtualAudio, best_match
from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer
from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.adapters.sounddevice import SoundDevicePlayer, SoundDeviceRecorder
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.scenario import Reaction
from voice_trainer.domain.waveform import Waveform
from voice_trainer.exports.course import tenseness
from voice_trainer.practice import events
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.session import Desk, PracticeSession
from voice_trainer.scoring import load_rubric
from voice_trainer.testing.audio import ScriptedTranscriber
from voice_trainer.wiring import SystemClock

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"
REPLY_S = 1.8
SAYS = ("It is late.", "Three weeks.", "And Tuesday?", "So what now?", "Go on.", "Well, then.")
CALL_OF_SIX = replace(
    CALL,
    turns=tuple(
        replace(
            TURN,
            id=f"t{number}",
            says=says,
            then=tuple((reaction, f"t{number + 1}") for reaction in Reaction if number + 1 < len(SAYS)),
        )
        for number, says in enumerate(SAYS)
    ),
)


@pytest.mark.parametrize(("said", "ends"), [(GOOD, "calm"), (POOR, "beside themselves")])
def test_six_turns_both_ways(virtual_audio: VirtualAudio, tmp_path: Path, said: str, ends: str) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac").between(0.3, 0.3 + REPLY_S)
    told: list[events.Event] = []
    speakers: list[threading.Thread] = []

    def agent(event: events.Event) -> None:
        told.append(event)
        if isinstance(event, events.ListeningNow):
            speaker = threading.Thread(target=virtual_audio.speak_into_microphone, args=(reply,))
            speakers.append(speaker)
            speaker.start()

    voice = Pyttsx3Synthesizer(cache_dir=tmp_path / "voice")
    with SqlAttemptStore(tmp_path / "attempts.sqlite3") as store:
        desk = Desk(
            voice,
            SoundDevicePlayer(None),
            SoundDeviceRecorder(None),
            Engines(ScriptedTranscriber([said]), SileroDetector(), load_rubric()),
            store,
            FileBlobStore(tmp_path / "recordings"),
            SystemClock(),
            Limits(trailing_silence_s=0.6, longest_s=10.0, wait_for_speech_s=5.0),
        )
        session = PracticeSession(
            desk, scenario=CALL_OF_SIX, scenario_sha256="ab" * 32, person="ann", emit=agent
        )
        with virtual_audio.hear_headset() as heard:
            turn = session.upcoming
            while turn is not None:
                turn = session.following(session.judge(session.play_turn(turn)))
        session.close()
        for speaker in speakers:
            speaker.join(20)
        kept = store.get(session.attempt.id)
        assert kept.closed
        first = kept.takes[0]
        assert first.audio_key is not None
        match, _ = best_match(desk.blobs.read(first.audio_key), reply)
        assert match >= 0.9  # two seconds: one lost block weighs more than in a whole reply
    voice.close()
    assert [take.turn_id for take in kept.takes] == [turn.id for turn in CALL_OF_SIX.turns]
    call = session.summary
    assert tenseness(call.temperature) == ends
    calmer = np.diff(call.temperatures)
    assert (calmer <= 0).all() if said == GOOD else (calmer >= 0).all()
    # What the customer said arrived at the headset, each line in its place.
    places = []
    for event in told:
        if isinstance(event, events.CustomerSpeaking):
            spoken = _line(session, event)
            match, at_s = best_match(heard.waveform, spoken)
            assert match >= 0.9, event.says
            places.append(at_s)
    assert places == sorted(places)


def _line(session: PracticeSession, event: events.CustomerSpeaking) -> Waveform:
    """The line as it was spoken then: these words, at that temperature."""
    made = session._lines._shelf.made
    [future] = [
        future
        for line, future in made.items()
        if (line.says, line.voice.temperature) == (event.says, event.temperature)
    ]
    return future.result(0)
