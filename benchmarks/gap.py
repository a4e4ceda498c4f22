"""How long the customer keeps silent after the agent: from the end of the recording to the next word.

    python -m benchmarks.gap

A call of six turns at the speed of life: a fake microphone delivers a recorded reply in real time, another
one each turn, so that no words were judged before; the voice is pyttsx3's, the judgement whole
(pocketsphinx). The lines that may follow are spoken, and the turn's facts embedded, while the agent
answers. Told are the gap, the recognition in it, and what is left over; and the same with nothing made
ahead. Models are loaded before, as `practice` does while the customer speaks.
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
REPLIES = (
    "coffee-good-rms",
    "physio-good-awb",
    "roaming-good-rms",
    "coffee-wrong-value-rms",
    "physio-questions-rms",
    "coffee-good-slt",
)


@dataclass(frozen=True)
class Gap:
    """One silence of the customer: from the end of the recording to the next word, in seconds."""

    whole_s: float
    recognition_s: float
    rest_cpu_s: float  # processor time of all threads, beside recognition
    judged: bool  # the words, that is: where they are too unreliable nothing is embedded

    @property
    def rest_s(self) -> float:
        return self.whole_s - self.recognition_s


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


def gaps(folder: Path, *, ahead: bool) -> list[Gap]:
    """Of each turn but the first."""
    house = House(Settings(data_dir=folder), "pocketsphinx")
    watch = Stopwatch(house.engines.transcriber)
    ended_s = 0.0
    ended_cpu_s = 0.0
    found: list[Gap] = []
    judged = False
    load_judging(house)

    def emit(event: Event) -> None:
        nonlocal ended_s, ended_cpu_s
        if isinstance(event, SpeechEnded):
            ended_s, ended_cpu_s = time.perf_counter(), time.process_time()

    def plays(_stop: object) -> None:
        if ended_s:
            cpu_s = time.process_time() - ended_cpu_s - watch.spent_cpu_s
            found.append(Gap(time.perf_counter() - ended_s, watch.spent_s, cpu_s, judged))

    replies = [load_audio(fixtures_folder() / f"{name}.flac").between(0.0, REPLY_S) for name in REPLIES]
    began_s = 0.0

    def in_real_time(elapsed_s: float) -> None:
        nonlocal began_s
        if elapsed_s == 0.0:
            began_s = time.perf_counter()
        time.sleep(max(0.0, began_s + elapsed_s - time.perf_counter()))

    recorder = FakeRecorder(on_block=in_real_time)
    desk = Desk(
        house.synthesizer,
        FakePlayer(during=plays),
        recorder,
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
        session._expect_reply = lambda _turn: None  # type: ignore[method-assign]
    session.prepare(call.opening)
    turn: Turn | None = call.opening
    for reply in replies[:TURNS]:
        if turn is None:
            break
        recorder.sound = reply
        take = session.judge(session.play_turn(turn))
        judged = take.listening is not None
        turn = session.following(take)
    session.close()
    return found


def main() -> None:
    """Print a line a turn."""
    for ahead in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            found = gaps(Path(folder), ahead=ahead)
        print("made ahead" if ahead else "made when wanted")
        for number, gap in enumerate(found, start=2):
            print(
                f"  turn {number}: gap {gap.whole_s:.2f} s, recognition {gap.recognition_s:.2f} s, "
                f"rest {gap.rest_s:.2f} s ({gap.rest_cpu_s:.2f} s of processor), "
                + ("words judged" if gap.judged else "words not judged")
            )
        print(f"  most beside recognition: {max(gap.rest_s for gap in found):.2f} s")


if __name__ == "__main__":
    main()
