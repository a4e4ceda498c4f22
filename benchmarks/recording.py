"""Memory of a recording by its length: it must not grow with the take.

    python -m benchmarks.recording

Records sound from a fake microphone through the real writer and the real detector, in one process a length.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LENGTHS_MIN = (1, 10, 60)


def record(minutes: int) -> float:
    """Peak memory in MB of recording `minutes`."""
    import numpy as np

    from voice_trainer.adapters.files import FileBlobStore
    from voice_trainer.adapters.silero import SileroDetector
    from voice_trainer.ports import AudioBlock
    from voice_trainer.practice.events import ignore
    from voice_trainer.practice.recording import Limits, TakeRecorder

    rng = np.random.default_rng(1)
    block = AudioBlock((0.1 * rng.standard_normal(1600)).astype(np.float32))
    left = [minutes * 600]

    def blocks() -> AudioBlock | None:
        left[0] -= 1
        return block if left[0] >= 0 else None

    detector = SileroDetector()
    with tempfile.TemporaryDirectory() as folder:
        recorder = TakeRecorder(
            FileBlobStore(Path(folder)).writer("attempt/take", rate_hz=16000),
            rate_hz=16000,
            speech=detector.stream(16000),
            hop_s=detector.hop_s,
            limits=Limits(longest_s=1e9, wait_for_speech_s=1e9, trailing_silence_s=1e9),
            emit=ignore,
            stop_requested=lambda: False,
        )
        done = recorder.run(blocks)
    assert abs(done.duration_s - minutes * 60) < 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a line a length."""
    if len(sys.argv) > 1:
        print(record(int(sys.argv[1])))
        return
    for minutes in LENGTHS_MIN:
        command = [sys.executable, "-m", "benchmarks.recording", str(minutes)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        print(f"{minutes:3d} min  {float(done.stdout):6.1f} MB")


if __name__ == "__main__":
    main()
