"""Calibrates the reliability of pocketsphinx transcripts and measures it on speakers left out.

    python -m benchmarks.reliability FOLDER [--cache FILE] [--workers N]

FOLDER holds recordings and a manifest.jsonl with `file`, `transcript` and `speaker` a line. Each is
decoded as it is and in seeded worse copies, the project's own audio_fixtures are added, and then:

1. For each speaker a model is fitted, and its cut set, on all *other* speakers; the table counts what
   that model does with the speaker it has not heard.
2. The weights printed at the end come from all speakers: they go into adapters/reliability.py.

Decoding takes most of the time; `--cache` keeps its result between runs.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

from voice_trainer.adapters.pocketsphinx import PocketSphinxTranscriber
from voice_trainer.adapters.reliability import ERROR_SCALE, signs
from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.testing.wer import wer

FIXTURES = Path(__file__).parents[1] / "audio_fixtures"
BAD_OVER, GOOD_UNDER = 0.35, 0.15
REFUSE_BAD, ACCEPT_GOOD = 0.90, 0.85  # the requirement
SIGNS = ("doubt", "letters")
ALWAYS = ("clean", "pink30", "slower")
IN_TURN = ("pink20", "pink10", "pink5", "white15", "babble15", "babble5", "telephone", "faster", "quiet")
LONG_S = 20.0  # longer clips are decoded as they are and over the telephone only: they cost the most


@dataclass(frozen=True)
class Clip:
    """A recording to decode: which file, how it is worsened, and what is said in it."""

    id: str
    path: str
    speaker: str
    condition: str
    text: str
    human: bool
    others: tuple[str, ...] = ()  # files to make babble from


@dataclass(frozen=True)
class Result:
    """What decoding a clip gave."""

    id: str
    speaker: str
    condition: str
    human: bool
    duration_s: float
    cpu_s: float
    wer: float
    signs: dict[str, float] | None
    peak_mb: float


def human_clips(folder: Path) -> list[Clip]:
    """Every recording of the bench in the conditions chosen for it."""
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    clips = []
    for number, line in enumerate(lines):
        turn = [IN_TURN[(number * 3 + k * 4) % len(IN_TURN)] for k in range(3)]
        conditions = ("clean", "telephone") if line["duration_s"] > LONG_S else (*ALWAYS, *turn)
        others = tuple(str(folder / x["file"]) for x in lines if x["speaker"] != line["speaker"])
        clips += [
            Clip(
                f"{line['file']}:{c}",
                str(folder / line["file"]),
                line["speaker"],
                c,
                line["transcript"],
                True,
                others,
            )
            for c in conditions
        ]
    return clips


def fixture_clips() -> list[Clip]:
    """The project's synthetic replies that one voice speaks alone."""
    lines = map(json.loads, (FIXTURES / "manifest.jsonl").read_text("utf-8").splitlines())
    return [
        Clip(line["id"], str(FIXTURES / line["file"]), line["voice"], "fixture", line["text"], False)
        for line in lines
        if line["text"] and line["voice"] in ("rms", "slt", "awb") and line["duration_s"] > 1
    ]


def worsened(clip: Clip) -> Waveform:
    """The recording in its condition; the same clip always gives the same sound."""
    samples, rate_hz = soundfile.read(clip.path, dtype="float32")
    rng = np.random.default_rng(list(clip.id.encode()))
    kind = clip.condition.rstrip("0123456789")
    ratio_db = float(clip.condition.removeprefix(kind) or 0)
    match kind:
        case "pink" | "white":
            samples = mixed(samples, noise(len(samples), rng, pink=kind == "pink"), ratio_db)
        case "babble":
            chosen = rng.choice(np.array(clip.others), 4, replace=False)
            voices = [np.resize(soundfile.read(p, dtype="float32")[0], len(samples)) for p in chosen]
            samples = mixed(samples, np.sum([v / rms(v) for v in voices], axis=0), ratio_db)
        case "telephone":
            samples = sosfilt(butter(4, [300, 3400], "band", fs=rate_hz, output="sos"), samples)
        case "faster":
            samples = resample_poly(samples, 20, 23)
        case "slower":
            samples = resample_poly(samples, 18, 17)
        case "quiet":
            samples = samples * 0.1
    peak = float(np.max(np.abs(samples)))
    return Waveform((samples / max(1.0, peak)).astype(np.float32), rate_hz)


def rms(samples: FloatArray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples)) + 1e-12))


def mixed(samples: FloatArray, other: FloatArray, ratio_db: float) -> FloatArray:
    """Both together, `samples` louder by `ratio_db`."""
    return samples + other * (rms(samples) / rms(other) * 10 ** (-ratio_db / 20))


def noise(length: int, rng: np.random.Generator, *, pink: bool) -> FloatArray:
    """White noise, or noise whose power falls with frequency."""
    white = rng.standard_normal(length)
    if not pink:
        return white.astype(np.float32)
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(1, np.arange(length // 2 + 1)))
    return np.fft.irfft(spectrum, length).astype(np.float32)


@cache
def tools() -> tuple[PocketSphinxTranscriber, SileroDetector]:
    """One recogniser and one detector a process."""
    transcriber = PocketSphinxTranscriber()
    transcriber.load()
    return transcriber, SileroDetector()


def decoded(clip: Clip) -> Result:
    """Decode a clip as the product does, and count its word errors."""
    transcriber, detector = tools()
    waveform = worsened(clip)
    speech = detector.detect(waveform)
    before = time.process_time()
    words = transcriber.words(waveform, speech=speech)
    cpu_s = time.process_time() - before
    heard = " ".join(word.text for word in words)
    found = signs(words)
    return Result(
        clip.id,
        clip.speaker,
        clip.condition,
        clip.human,
        waveform.duration_s,
        cpu_s,
        wer(clip.text, heard),
        asdict(found) if found else None,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def results(clips: list[Clip], *, cache_file: Path | None, workers: int) -> list[Result]:
    """All clips decoded, as far as the cache does not know them."""
    known: dict[str, Result] = {}
    if cache_file and cache_file.exists():
        known = {r.id: r for r in (Result(**json.loads(x)) for x in cache_file.read_text().splitlines())}
    with ProcessPoolExecutor(workers) as pool:
        futures = [pool.submit(decoded, clip) for clip in clips if clip.id not in known]
        for number, future in enumerate(as_completed(futures), 1):
            result = future.result()
            known[result.id] = result
            if cache_file:
                with cache_file.open("a") as file:
                    file.write(json.dumps(asdict(result)) + "\n")
            print(f"\r{number} of {len(futures)} decoded", end="", flush=True)
    print()
    return [known[clip.id] for clip in clips if clip.id in known]


@dataclass(frozen=True)
class Model:
    """A linear estimate of the word error rate and the estimate from which a transcript is refused."""

    coefficients: NDArray[np.float64]
    cut: float

    def reliability(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """0..1, the threshold at 0.5."""
        return 1 / (1 + np.exp(-(self.cut - table @ self.coefficients) / ERROR_SCALE))


def fitted(table: NDArray[np.float64], errors: NDArray[np.float64]) -> Model:
    """Least squares on the signs, and the cut that leaves the most room to both requirements."""
    coefficients = np.linalg.lstsq(table, np.minimum(errors, 1.0), rcond=None)[0]
    estimates = table @ coefficients
    bad, good = estimates[errors > BAD_OVER], estimates[errors < GOOD_UNDER]
    cuts = np.unique(np.round(np.linspace(0.1, 0.5, 401), 3))
    room = [min((bad >= c).mean() - REFUSE_BAD, (good < c).mean() - ACCEPT_GOOD) for c in cuts]
    best = np.flatnonzero(np.isclose(room, max(room)))
    return Model(coefficients, float(cuts[best[len(best) // 2]]))


def unheard(
    table: NDArray[np.float64], errors: NDArray[np.float64], speakers: NDArray[np.str_]
) -> NDArray[np.float64]:
    """The reliability of each clip under a model that never met its speaker."""
    values = np.empty(len(errors))
    for speaker in np.unique(speakers):
        mine = speakers == speaker
        values[mine] = fitted(table[~mine], errors[~mine]).reliability(table[mine])
    return values


def share(chosen: NDArray[np.bool_], among: NDArray[np.bool_]) -> str:
    """How many of `among` are `chosen`, as text."""
    total = int(among.sum())
    hit = int((chosen & among).sum())
    return f"{hit:3d} of {total:3d} ({hit / total:4.0%})" if total else "none"


@dataclass(frozen=True)
class Judged:
    """All results with the reliability that a model gave which never met their speaker."""

    results: list[Result]
    values: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        """Word error rates."""
        return np.array([r.wer for r in self.results])

    def those(self, test: Callable[[Result], bool]) -> NDArray[np.bool_]:
        """Which results pass `test`."""
        return np.array([test(r) for r in self.results])


def judged(all_results: list[Result]) -> tuple[Judged, Model]:
    """Every result judged by the others' speakers, and the model of all; few words are worth nothing."""
    heard = [r for r in all_results if r.signs is not None]
    table = np.array([[1.0, *((r.signs or {})[name] for name in SIGNS)] for r in heard])
    errors = np.array([r.wer for r in heard])
    values = unheard(table, errors, np.array([r.speaker for r in heard]))
    silent = [r for r in all_results if r.signs is None]
    return Judged(heard + silent, np.append(values, np.zeros(len(silent)))), fitted(table, errors)


def report_shares(found: Judged) -> None:
    """How many are refused and accepted: in all, and along the threshold."""
    bad, good, refused = found.errors > BAD_OVER, found.errors < GOOD_UNDER, found.values < 0.5
    everyone, human = found.those(lambda _: True), found.those(lambda r: r.human)
    print(f"{len(bad)} transcripts, each speaker left out in turn\n")
    print(f"           WER over {BAD_OVER} refused   under {GOOD_UNDER} accepted   between, accepted")
    for name, among in (("all", everyone), ("human", human), ("synthetic", ~human)):
        middle = among & ~bad & ~good
        cells = (share(refused, among & bad), share(~refused, among & good), share(~refused, middle))
        print(f"{name:10} {cells[0]:22}  {cells[1]:21}  {cells[2]}")
    print("\nthreshold  bad refused         good accepted       mean WER of the accepted")
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        low = found.values < threshold
        mean = f"{found.errors[~low].mean():.2f}" if (~low).any() else "-"
        print(f"   {threshold:.1f}     {share(low, bad)}    {share(~low, good)}    {mean}")


def report_groups(found: Judged) -> None:
    """The same by speaker and by condition, and every mistake."""
    bad, good, refused = found.errors > BAD_OVER, found.errors < GOOD_UNDER, found.values < 0.5
    print("\nspeaker      clips  mean WER  bad refused         good accepted")
    for speaker in sorted({r.speaker for r in found.results}):
        mine = np.array([r.speaker == speaker for r in found.results])
        counts = f"{share(refused, mine & bad):18}  {share(~refused, mine & good)}"
        print(f"{speaker:12} {mine.sum():4d}   {found.errors[mine].mean():.2f}     {counts}")
    print("\ncondition    clips  mean WER  accepted")
    for condition in sorted({r.condition for r in found.results}):
        mine = np.array([r.condition == condition for r in found.results])
        print(f"{condition:12} {mine.sum():4d}   {found.errors[mine].mean():.2f}     {share(~refused, mine)}")
    print("\nmistakes (id, WER, reliability)")
    for r, value, wrong in zip(found.results, found.values, (bad & ~refused) | (good & refused), strict=True):
        if wrong:
            print(f"  {r.id:45} {r.wer:.2f}  {value:.2f}")


def report(all_results: list[Result]) -> None:
    """Print the tables, what decoding cost, and the weights."""
    found, final = judged(all_results)
    report_shares(found)
    report_groups(found)
    ratios = [r.cpu_s / r.duration_s for r in all_results]
    overall = sum(r.cpu_s for r in all_results) / sum(r.duration_s for r in all_results)
    print(f"\ndecoding, CPU seconds a second of sound: {overall:.2f} in all, at most {max(ratios):.2f}")
    print(f"peak memory of a process: {max(r.peak_mb for r in all_results):.0f} MB")
    offset, *rest = (float(x) for x in final.coefficients)
    named = ", ".join(f"{n}={v:.3f}" for n, v in zip(SIGNS, rest, strict=True))
    print(f"weights: ErrorEstimate(offset={offset:.3f}, {named}, cut={final.cut:.3f})")


def main() -> None:
    """Decode, fit, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    clips = human_clips(options.folder) + fixture_clips()
    np.random.default_rng(0).shuffle(clips)  # so that a run broken off holds some of everything
    report(results(clips, cache_file=options.cache, workers=options.workers))


if __name__ == "__main__":
    main()
