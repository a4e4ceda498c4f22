#!/usr/bin/env python3
# ruff: noqa: T201 - a script that talks to whoever runs it
"""Make every recording of this folder again: ``python audio_fixtures/make.py [--only NAME] [--check]``.

`recipes.yaml` says what is spoken, by which flite voice and how the sound is treated; this script
speaks it, treats it, writes small FLAC files and `manifest.jsonl`. Random noise is seeded by the
file's name, so that a second run gives the same bytes with the same versions of flite, scipy and
libsndfile.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
import treatments  # beside this script

Samples = NDArray[np.float64]
Recipe = dict[str, Any]

HERE = Path(__file__).parent
RATE_HZ = 16_000
PROCESSING = ("stretch", "f0_shift", "play_faster", "generate", "call", "treat")
NO_FLITE = """flite is not installed, and these recordings are spoken by it.
Install it (Debian, Ubuntu: apt-get install flite; Fedora: dnf install flite) and run this again.
Nothing was changed: the recordings that are here stay as they are."""


def main(arguments: list[str] | None = None) -> int:
    """Make all recordings, or those named; returns the exit status."""
    parser = argparse.ArgumentParser(description="Make the recordings of audio_fixtures/ again.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only this recording")
    parser.add_argument("--check", action="store_true", help="change nothing; say which would differ")
    options = parser.parse_args(arguments)
    if shutil.which("flite") is None:
        print(NO_FLITE, file=sys.stderr)
        return 2
    recipes: list[Recipe] = yaml.safe_load((HERE / "recipes.yaml").read_text("utf-8"))["recordings"]
    unknown = set(options.only) - {recipe["id"] for recipe in recipes}
    if unknown:
        print(f"no recipe is called {', '.join(sorted(unknown))}; see recipes.yaml", file=sys.stderr)
        return 2
    chosen = [r for r in recipes if not options.only or r["id"] in options.only]
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) if options.check else HERE
        rows = {recipe["id"]: make(recipe, target) for recipe in chosen}
        made = {name: digest(target / f"{name}.flac") for name in rows}
        differing = [name for name, sha256 in made.items() if sha256 != digest(HERE / f"{name}.flac")]
    if options.check:
        print("\n".join(f"differs: {name}" for name in differing) or f"all {len(rows)} are the same")
        return 1 if differing else 0
    write_manifest(rows, order=[r["id"] for r in recipes])
    total_kb = sum((HERE / f"{r['id']}.flac").stat().st_size for r in recipes) // 1024
    print(f"{len(rows)} recordings made, {len(recipes)} in all, {total_kb} KiB")
    return 0


def make(recipe: Recipe, folder: Path) -> dict[str, object]:
    """Make one recording; its line of the manifest."""
    rng = np.random.default_rng(list(recipe["id"].encode()))
    clean, rate_hz = compose(recipe)
    sound = clean
    for treatment in recipe.get("treat", []):
        ((name, value),) = treatment.items()
        sound, rate_hz = treatments.TREATMENTS[name](sound, rate_hz, value, rng)
    path = folder / f"{recipe['id']}.flac"
    sf.write(path, to_int16(sound), rate_hz, subtype="PCM_16", format="FLAC", compression_level=1.0)
    print(f"{path.name}: {len(sound) / rate_hz:.1f} s")
    row: dict[str, object] = {"id": recipe["id"], "file": path.name, "audio": path.name}
    for key in ("scenario", "turn", "baseline", "agent_channel", "purpose", "expected"):
        if key in recipe:
            row[key] = recipe[key]
    row["text"] = spoken(recipe.get("text", ""))
    row["voice"] = recipe.get("voice", "")
    row["processing"] = {key: recipe[key] for key in PROCESSING if key in recipe}
    row |= {"rate_hz": rate_hz, "channels": sound.ndim, "duration_s": round(len(sound) / rate_hz, 3)}
    if "text" in recipe and "call" not in recipe and not recipe["id"].startswith("coffee-short"):
        row |= pace(recipe["text"], clean)
    row["sha256"] = digest(path)
    return row


def compose(recipe: Recipe) -> tuple[Samples, int]:
    """The recording before its treatment: speech, a generated sound, or a call of two voices."""
    if "generate" in recipe:
        ((name, value),) = recipe["generate"].items()
        return treatments.GENERATORS[name](value, RATE_HZ), RATE_HZ
    if "call" in recipe:
        return call(recipe["call"]), RATE_HZ
    return speak(recipe), RATE_HZ


def call(sides: dict[str, Recipe]) -> Samples:
    """Customer (first, left channel) and agent (after, right channel), shape ``(frames, 2)``."""
    customer, agent = speak(sides["customer"]), speak(sides["agent"])
    gap = np.zeros(round(float(sides["agent"].get("gap_s", 0.6)) * RATE_HZ))
    left = np.concatenate([customer, gap, np.zeros(len(agent))])
    right = np.concatenate([np.zeros(len(customer)), gap, agent])
    return np.stack([left, right], axis=1)


def speak(recipe: Recipe) -> Samples:
    """Speak the text; ``[2.5]`` in it is a silence of 2.5 s."""
    pieces = [np.zeros(round(0.3 * RATE_HZ))]
    for part in recipe["text"].replace("]", "[").split("["):
        if not part.strip():
            continue
        try:
            pieces.append(np.zeros(round(float(part) * RATE_HZ)))
        except ValueError:
            pieces.append(flite(part.strip(), recipe))
    return np.concatenate([*pieces, np.zeros(round(0.3 * RATE_HZ))])


def flite(text: str, recipe: Recipe) -> Samples:
    """One utterance by flite, silence at both ends cut, at -26 dBFS while speaking (nominal, ITU-T P.56)."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        stretch = recipe.get("stretch", 1.0) * float(Fraction(recipe.get("play_faster", "1")))
        command = ["flite", "-voice", recipe["voice"], "--setf", f"duration_stretch={stretch}"]
        if "f0_shift" in recipe:
            command += ["--setf", f"f0_shift={recipe['f0_shift']}"]
        subprocess.run([*command, "-t", text, "-o", str(wav)], check=True, capture_output=True, timeout=120)
        sound, rate_hz = sf.read(wav)
    if rate_hz != RATE_HZ:
        raise SystemExit(f"flite voice {recipe['voice']} speaks at {rate_hz} Hz, expected {RATE_HZ} Hz")
    if "play_faster" in recipe:
        sound = treatments.play_faster(sound, Fraction(recipe["play_faster"]))
    audible = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    return treatments.level(sound[audible[0] : audible[-1] + 1], RATE_HZ, -26.0, None)[0]


def spoken(text: str) -> str:
    """The words alone, without the marks for silences."""
    return " ".join(word for word in text.split() if not word.startswith("["))


def pace(text: str, sound: Samples) -> dict[str, object]:
    """What the clean sound holds: words, words a minute outside pauses over 0.5 s, longest pause."""
    voiced = treatments.speaking(sound, RATE_HZ)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(int), [0]])))
    gaps_s = (edges[2::2] - edges[1:-1:2]) * treatments.FRAME_S
    speaking_s = (edges[-1] - edges[0]) * treatments.FRAME_S - gaps_s[gaps_s > 0.5].sum()
    words = len(spoken(text).split())
    return {
        "words": words,
        "speech_rate_wpm": round(60 * words / float(speaking_s), 1),
        "longest_pause_s": round(float(gaps_s.max(initial=0.0)), 2),
    }


def to_int16(sound: Samples) -> NDArray[np.int16]:
    """Full scale to 16 bits in steps of 8, with clipping.

    The three lowest bits lie under the room's noise and are left out: FLAC then needs a third less.
    """
    return (np.clip(np.round(sound * 4096), -4096, 4095) * 8).astype(np.int16)


def digest(path: Path) -> str:
    """SHA-256 of a file, empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def write_manifest(rows: dict[str, dict[str, object]], *, order: list[str]) -> None:
    """Replace the lines of what was made, keep the others, in the recipes' order."""
    path = HERE / "manifest.jsonl"
    if path.exists():
        kept = map(json.loads, path.read_text("utf-8").splitlines())
        rows = {row["id"]: row for row in kept} | rows
    lines = [json.dumps(rows[name], ensure_ascii=False) for name in order if name in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
