"""The agent's own relaxed voice: what tone is measured against."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np

from voice_trainer.delivery import voice_profile
from voice_trainer.domain.attempt import Baseline
from voice_trainer.domain.delivery import VoiceProfile
from voice_trainer.domain.transcript import typed
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, BlobStore, Clock, Recorder, SpeechDetector
from voice_trainer.practice.events import Emit, ListeningNow
from voice_trainer.practice.recording import Limits, Recording, TakeRecorder

BASELINES = "baselines/"  # where their recordings lie
READING = (
    "The path follows the river for about a mile and then turns towards the hill. In spring the fields on "
    "either side are full of small yellow flowers, and on most days you will meet nobody at all. There is a "
    "bench near the top. Sit down for a while, look back at the way you came, and take your time going home."
)


def record_baseline(
    recorder: Recorder,
    *,
    person: str,
    detector: SpeechDetector,
    blobs: BlobStore,
    store: AttemptStore,
    clock: Clock,
    limits: Limits,
    emit: Emit,
    stop_requested: Callable[[], bool],
) -> tuple[Baseline, Recording]:
    """Record a relaxed reading, measure it, keep it.

    Raises
    ------
    UsageError
        ``baseline_unusable`` where the reading is too short, too noisy or clipped.
    AudioDeviceError, StorageError
        The microphone or the disk failed. However it ends without a baseline, no sound is kept: nothing
        would name it any more.
    """
    identity = f"{clock.now():%Y%m%d}-{secrets.token_hex(4)}"
    key = f"{BASELINES}{identity}"
    try:
        recording = _read_aloud(
            recorder,
            key=key,
            detector=detector,
            blobs=blobs,
            limits=limits,
            emit=emit,
            stop_requested=stop_requested,
        )
        profile = profile_of([blobs.read(key)], detector=detector, read=READING)
    except BaseException:  # Ctrl-C too
        blobs.delete(key)
        raise
    baseline = Baseline(identity, person, recorder.device, clock.now(), profile, key)
    store.save_baseline(baseline)
    return baseline, recording


def _read_aloud(
    recorder: Recorder,
    *,
    key: str,
    detector: SpeechDetector,
    blobs: BlobStore,
    limits: Limits,
    emit: Emit,
    stop_requested: Callable[[], bool],
) -> Recording:
    with recorder.open() as microphone:
        taker = TakeRecorder(
            blobs.writer(key, rate_hz=microphone.rate_hz),
            rate_hz=microphone.rate_hz,
            speech=detector.stream(microphone.rate_hz),
            hop_s=detector.hop_s,
            limits=limits,
            emit=emit,
            stop_requested=stop_requested,
        )
        emit(ListeningNow(recorder.device))
        blocks = iter(microphone)
        recording = taker.run(lambda: next(blocks, None))
    if recording.fault is not None:
        raise recording.fault
    return recording


def import_baseline(
    recordings: list[Waveform],
    *,
    person: str,
    device: str,
    detector: SpeechDetector,
    store: AttemptStore,
    clock: Clock,
) -> Baseline:
    """A baseline from recordings that exist already; the recordings stay where they are."""
    identity = f"{clock.now():%Y%m%d}-{secrets.token_hex(4)}"
    baseline = Baseline(identity, person, device, clock.now(), profile_of(recordings, detector=detector))
    store.save_baseline(baseline)
    return baseline


def delete_baseline(baseline_id: str, *, person: str, store: AttemptStore, blobs: BlobStore) -> Baseline:
    """Delete one of a person's baselines: its figures and, where still kept, its recording.

    The one before it on the same device is used from then on. Attempts keep the figures they were judged by.

    Raises `UsageError` ``baseline_unknown``.
    """
    found = next((one for one in store.baselines(person) if one.id == baseline_id), None)
    if found is None:
        raise UsageError(
            "baseline_unknown",
            f"{person} has no baseline {baseline_id!r}.",
            remedy="`voice-trainer baseline` lists those there are, with their ids.",
        )
    if found.audio_key is not None:
        blobs.delete(found.audio_key)
    store.delete_baseline(found.id)
    return found


def profile_of(recordings: list[Waveform], *, detector: SpeechDetector, read: str = "") -> VoiceProfile:
    """One profile from one or more recordings of the same voice on the same device.

    `read` is the text, where it is known: it gives the speaker's own speed.

    Raises `UsageError` ``baseline_rates_differ``, ``baseline_unusable``.
    """
    rates = {recording.rate_hz for recording in recordings}
    if len(rates) > 1:
        listed = ", ".join(str(rate) for rate in sorted(rates))
        raise UsageError(
            "baseline_rates_differ",
            f"The recordings of the baseline have different rates: {listed} Hz.",
            remedy="Give recordings of one microphone, or one recording.",
        )
    joined = Waveform(np.concatenate([recording.samples for recording in recordings]), rates.pop())
    return voice_profile(joined, speech=detector.detect(joined), words=typed(read).words)
