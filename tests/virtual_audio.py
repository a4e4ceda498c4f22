"""A virtual headset with microphone, for a machine without a sound card (also as root, without systemd).

A private PulseAudio in a temporary folder holds two null sinks: what the program plays arrives at
``headset``, what is played into ``micfeed`` comes out of the microphone. PortAudio reaches it through
ALSA's pulse plugin, with a configuration of our own: the user's home and sound settings stay untouched.

By hand: ``python -m tests.virtual_audio`` prints the export lines and keeps running until killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from voice_trainer.domain.waveform import Waveform

RATE_HZ = 48000
DEBIAN_PACKAGES = ("libportaudio2", "libasound2-plugins", "pulseaudio", "pulseaudio-utils")
_PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")

# Null sinks that nobody listens to stop their clock: the loopbacks keep them running.
_SERVER = """\
load-module module-native-protocol-unix socket={folder}/pulse.sock auth-anonymous=1
load-module module-null-sink sink_name=headset rate=48000 channels=1 sink_properties={label}VirtualHeadset
load-module module-null-sink sink_name=micfeed rate=48000 channels=1 sink_properties={label}MicFeed
load-module module-remap-source source_name=mic master=micfeed.monitor source_properties={label}VirtualMic
load-module module-null-sink sink_name=hole rate=48000 channels=1
load-module module-loopback source=micfeed.monitor sink=hole latency_msec=20
load-module module-loopback source=headset.monitor sink=hole latency_msec=20
set-default-sink headset
set-default-source mic
"""
_ALSA = """\
pcm.!default { type pulse hint { show on description "Virtual headset" } }
ctl.!default { type pulse }
"""


def missing_part() -> str:
    """What this machine lacks, empty if nothing."""
    if not sys.platform.startswith("linux"):
        return "the virtual headset needs Linux and PulseAudio"
    absent = [name for name in _PROGRAMS if shutil.which(name) is None]
    try:
        import sounddevice  # noqa: F401
    except OSError:
        absent.append("PortAudio")
    plugins = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
    if not any(
        next(Path(root).glob(f"{depth}alsa-lib/libasound_module_pcm_pulse.so"), None)
        for root in plugins
        for depth in ("", "*/")
    ):
        absent.append("ALSA's pulse plugin")
    return f"missing: {', '.join(absent)} (apt install {' '.join(DEBIAN_PACKAGES)})" if absent else ""


@dataclass(eq=False)
class Heard:
    """What an output played while it was listened to."""

    samples: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def waveform(self) -> Waveform:
        """The sound at 48 kHz, complete once the `hear_headset` context has ended."""
        return Waveform(self.samples, RATE_HZ)


class VirtualAudio:
    """The server and what can be done with it."""

    def __init__(self) -> None:
        # Not pytest's tmp_path: a Unix socket's path must stay under 108 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="va-"))
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to use the headset."""
        return {
            "PULSE_SERVER": f"unix:{self.folder}/pulse.sock",
            "PULSE_COOKIE": f"{self.folder}/cookie",
            "PULSE_CLIENTCONFIG": f"{self.folder}/client.conf",
            "ALSA_CONFIG_PATH": f"{self.folder}/asound.conf",
        }

    def start(self) -> None:
        """Start the server and wait until it answers."""
        (self.folder / "server.pa").write_text(
            _SERVER.format(folder=self.folder, label="device.description=")
        )
        (self.folder / "asound.conf").write_text(_ALSA)
        (self.folder / "client.conf").write_text("autospawn = no\n")
        private = {"XDG_RUNTIME_DIR": str(self.folder), "HOME": str(self.folder)}
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "-F", str(self.folder / "server.pa"), "--daemonize=no",
                "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes",
                f"--log-target=file:{self.folder}/pulse.log",
            ],
            env={**self._env(), **private},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 15
        while subprocess.run(["pactl", "info"], env=self._env(), capture_output=True, check=False).returncode:
            if time.monotonic() > deadline or self._server.poll() is not None:
                log = self.folder / "pulse.log"
                self.stop()
                raise RuntimeError(f"pulseaudio did not start: {log.read_text() if log.exists() else ''}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End our server (and no other), remove the folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """The server dies, as if the sound system had crashed."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(10)
            self._server = None

    def unload_microphone(self) -> None:
        """The microphone is pulled out; the server lives on."""
        listing = subprocess.run(
            ["pactl", "list", "short", "modules"], env=self._env(), capture_output=True, text=True, check=True
        )
        number = next(line.split()[0] for line in listing.stdout.splitlines() if "remap-source" in line)
        subprocess.run(["pactl", "unload-module", number], env=self._env(), check=True, capture_output=True)

    def speak_into_microphone(self, source: Waveform | Path, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """Play a sound into the microphone; with `wait`, return when it is over."""
        path = source if isinstance(source, Path) else self.folder / f"speech-{time.monotonic_ns()}.wav"
        if isinstance(source, Waveform):
            soundfile.write(path, source.samples, source.rate_hz, subtype="PCM_16")
        process = subprocess.Popen(
            ["paplay", "--latency-msec=200", "-d", "micfeed", str(path)], env=self._env()
        )
        if wait and process.wait(source.duration_s + 20 if isinstance(source, Waveform) else 120):
            raise RuntimeError("paplay failed")
        return process

    @contextlib.contextmanager
    def hear_headset(self) -> Iterator[Heard]:
        """Listen at the headset while the block runs."""
        heard = Heard()
        path = self.folder / f"headset-{time.monotonic_ns()}.raw"
        with path.open("wb") as file:
            process = subprocess.Popen(
                ["parec", "--latency-msec=50", "-d", "headset.monitor", f"--rate={RATE_HZ}", "--channels=1",
                 "--format=float32le", "--raw"],
                env=self._env(), stdout=file, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                deadline = time.monotonic() + 10
                while path.stat().st_size == 0 and time.monotonic() < deadline:
                    time.sleep(0.02)
                yield heard
                time.sleep(0.2)  # what is under way in the server
            finally:
                process.terminate()
                process.wait(10)
        heard.samples = np.fromfile(path, dtype=np.float32)

    def _env(self) -> dict[str, str]:
        # PULSE_LATENCY_MSEC makes playback through ALSA hang.
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in ("PULSE_LATENCY_MSEC", "PULSE_SINK", "PULSE_SOURCE")
        }
        return {**kept, **self.environment}


@contextlib.contextmanager
def running() -> Iterator[VirtualAudio]:
    """A started headset, ended with the block."""
    audio = VirtualAudio()
    try:
        audio.start()
        yield audio
    finally:
        audio.stop()


def best_match(heard: Waveform, source: Waveform) -> tuple[float, float]:
    """How well `source` is found in `heard`: the best correlation (0..1) and where it begins, in seconds."""
    from scipy.signal import correlate

    from voice_trainer.adapters.resampling import resample

    x = resample(heard, 16000).samples.astype(np.float64)
    y = resample(source, 16000).samples.astype(np.float64)
    x = np.concatenate([x, np.zeros(max(0, len(y) - len(x)))])
    products = correlate(x, y, mode="valid", method="fft")
    energy = np.concatenate([[0.0], np.cumsum(x * x)])
    norms = np.sqrt(np.maximum(energy[len(y) :] - energy[: -len(y)], 1e-9) * np.dot(y, y))
    matches = products / norms
    best = int(np.argmax(matches))
    return float(matches[best]), best / 16000


def match_by_the_second(heard: Waveform, source: Waveform) -> float:
    """The median of `best_match` over the seconds of `source`: one slip of the wire costs one of them."""
    seconds = [source.between(float(at), at + 1.0) for at in range(int(source.duration_s))]
    return statistics.median(best_match(heard, second)[0] for second in seconds)


def _until_killed() -> None:
    lacking = missing_part()
    if lacking:
        sys.exit(lacking)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running() as audio:
        for name, value in audio.environment.items():
            print(f"export {name}={value}")
        print("# speak:  paplay --latency-msec=200 -d micfeed reply.wav")
        print("# listen: parec -d headset.monitor --file-format=wav heard.wav", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    _until_killed()
