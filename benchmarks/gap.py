"""How long the customer keeps silent after the agent: from the end of the recording to the next word.

    python -m benchmarks.gap

A call of six turns at the speed of life: a fake microphone delivers the recorded reply in real time, the
voice is pyttsx3's, the judgement whole (pocketsphinx), and the lines that may follow are spoken while the
agent answers. Told are the gap, the recognition in it, and what is left over; and the same without speaking
ahead, where each line is made when it is wanted. Models are loaded before, as `practice` does while the
customer speaks.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.cli.ready import load_judging
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.transcript import Transcript
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.ports import Transcriber
from voice_trainer.practice.events import Event, SpeechEnded
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.session import Desk, PracticeSession
from voice_trainer.settings import Settings
from voice_trainer.testing.audio import FakePlayer, FakeRecorder
from voice_trainer.testing.stores import MemoryAttemptStore
from voice_trainer.wiring import House, fixtures_folder

CALL = "afternoon-dropouts"
TURNS = 6
REPLY_S = 8.0


@dataclass
class Stopwatch:
    """A transcriber that counts its own time."""

    inner: Transcriber
    spent_s: float = 0.0
    spent_cpu_s: float = 0.0

    @property
    def engine(self) -> str:
        return self.inner.engine

    @property
    def model(self) -> str:
        return self.inner.model

    def transcribe(self, waveform: Waveform, *, speech: SpeechFrames, language: str) -> Transcript:
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        try:
            return self.inner.transcribe(waveform, speech=speech, language=language)
        finally:
            self.spent_s = time.perf_counter() - began_s
            self.spent_cpu_s = time.process_time() - began_cpu_s


def gaps(folder: Path, *, ahead: bool) -> list[tuple[float, float, float]]:
    """Of each turn but the first: gap, recognition, and processor time beside recognition, in seconds."""
    house = House(Settings(data_dir=folder), "pocketsphinx")
    watch = Stopwatch(house.engines.transcriber)
    ended_s = 0.0
    ended_cpu_s = 0.0
    found: list[tuple[float, float, float]] = []
    load_judging(house)

    def emit(event: Event) -> None:
        nonlocal ended_s, ended_cpu_s
        if isinstance(event, SpeechEnded):
            ended_s, ended_cpu_s = time.perf_counter(), time.process_time()

    def plays(_stop: object) -> None:
        if ended_s:
            cpu_s = time.process_time() - ended_cpu_s - watch.spent_cpu_s
            found.append((time.perf_counter() - ended_s, watch.spent_s, cpu_s))

    reply = load_audio(fixtures_folder() / "coffee-good-rms.flac").between(0.0, REPLY_S)
    began_s = 0.0

    def in_real_time(elapsed_s: float) -> None:
        nonlocal began_s
        if elapsed_s == 0.0:
            began_s = time.perf_counter()
        time.sleep(max(0.0, began_s + elapsed_s - time.perf_counter()))

    desk = Desk(
        house.synthesizer,
        FakePlayer(during=plays),
        FakeRecorder(reply, on_block=in_real_time),
        replace(house.engines, transcriber=watch),
        MemoryAttemptStore(),
        FileBlobStore(folder / "recordings"),
        house.clock,
        Limits(trailing_silence_s=house.settings.trailing_silence_s),
    )
    call: Scenario = house.library.get(CALL)
    session = PracticeSession(desk, scenario=call, scenario_sha256="ab" * 32, person="ann", emit=emit)
    if not ahead:
        session._lines.ask = lambda _lines: None  # type: ignore[method-assign]
    session.prepare(call.opening)
    turn: Turn | None = call.opening
    for _ in range(TURNS):
        if turn is None:
            break
        take = session.judge(session.play_turn(turn))
        turn = session.following(take)
    session.close()
    return found


def main() -> None:
    """Print a line a turn."""
    for ahead in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            found = gaps(Path(folder), ahead=ahead)
        print("spoken ahead" if ahead else "spoken when wanted")
        for number, (gap_s, recognition_s, cpu_s) in enumerate(found, start=2):
            rest_s = gap_s - recognition_s
            print(
                f"  turn {number}: gap {gap_s:.2f} s, recognition {recognition_s:.2f} s, rest {rest_s:.2f} s"
                f" ({cpu_s:.2f} s of processor)"
            )
        print(f"  most beside recognition: {max(gap - own for gap, own, _ in found):.2f} s")


if __name__ == "__main__":
    main()
