"""Stores that live in memory, for tests and for authors of plug-ins.

They keep the same contract as the real ones: `tests/unit/test_store_contract.py` holds both to it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from voice_trainer.domain.attempt import Attempt, Baseline, Consent, Take, TakeState
from voice_trainer.domain.checkin import CheckIn, Moment
from voice_trainer.domain.progress import PractisedTake, in_order, practised
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.summary import attempt_outcome, take_outcome
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.ports import AttemptSummary


class MemoryAttemptStore:
    """The port `AttemptStore` in memory; `crash` plays the death of the recording program."""

    def __init__(self) -> None:
        self._attempts: dict[str, Attempt] = {}
        self._baselines: dict[str, Baseline] = {}
        self._consents: list[Consent] = []
        self._orphans: set[tuple[str, str]] = set()

    def crash(self) -> None:
        """Whatever is "recording" now was left behind by a program that no longer runs."""
        self._orphans |= {
            (attempt.id, take.id)
            for attempt in self._attempts.values()
            for take in attempt.takes
            if take.state is TakeState.RECORDING
        }

    def save(self, attempt: Attempt) -> None:
        """Insert or update; takes it does not name stay, behind those it names."""
        named = {take.id for take in attempt.takes}
        before = self._attempts.get(attempt.id)
        left = tuple(take for take in before.takes if take.id not in named) if before else ()
        self._attempts[attempt.id] = replace(attempt, takes=attempt.takes + left)

    def save_take(self, attempt_id: str, take: Take) -> None:
        """Insert the take behind the others, or update it in its place."""
        attempt = self._attempts.get(attempt_id)
        if attempt is None:
            raise _unknown(attempt_id)
        takes = {one.id: one for one in attempt.takes} | {take.id: take}
        self._attempts[attempt_id] = replace(attempt, takes=tuple(takes.values()))

    def get(self, attempt_id: str) -> Attempt:
        """The attempt; an unambiguous prefix of the id will do."""
        if attempt_id in self._attempts:
            return self._attempts[attempt_id]
        found = [one for one in self._attempts if attempt_id and one.startswith(attempt_id)]
        if len(found) > 1:
            raise UsageError("attempt_ambiguous", f"Several attempts begin with {attempt_id!r}.")
        if not found:
            raise _unknown(attempt_id)
        return self._attempts[found[0]]

    def summaries(
        self, *, person: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[AttemptSummary]:
        """Newest first."""
        ours = [one for one in self._attempts.values() if person is None or one.person == person]
        ours.sort(key=lambda attempt: (attempt.created_at, attempt.id), reverse=True)
        return [_summary(attempt) for attempt in ours[offset : offset + limit]]

    def delete(self, attempt_id: str) -> None:
        """Remove the attempt and its takes; one that is gone already is fine."""
        self._attempts.pop(attempt_id, None)

    def unfinished(self, person: str) -> list[Attempt]:
        """The person's own calls that are not closed, newest first."""
        ours = [one for one in self._attempts.values() if one.person == person and not one.closed]
        ours = [one for one in ours if one.drill is None and one.imported_from is None]
        return sorted(ours, key=lambda one: (one.created_at, one.id), reverse=True)

    def interrupted(self) -> list[tuple[Attempt, Take]]:
        """Takes that were "recording" at the last `crash` and still are."""
        return [
            (attempt, take)
            for attempt in sorted(self._attempts.values(), key=lambda attempt: attempt.id)
            for take in attempt.takes
            if take.state is TakeState.RECORDING and (attempt.id, take.id) in self._orphans
        ]

    def save_baseline(self, baseline: Baseline) -> None:
        """Add to the history; the same id again updates it."""
        self._baselines[baseline.id] = baseline

    def baseline(self, person: str, device: str | None = None) -> Baseline | None:
        """The newest baseline of the person on that device (on any, if None)."""
        return next((one for one in self.baselines(person) if device in (None, one.device)), None)

    def baselines(self, person: str) -> list[Baseline]:
        """All, newest first."""
        ours = [one for one in self._baselines.values() if one.person == person]
        return sorted(ours, key=lambda one: (one.created_at, one.id), reverse=True)

    def delete_baseline(self, baseline_id: str) -> None:
        """Remove it from the history; one that is gone already is fine."""
        self._baselines.pop(baseline_id, None)

    def save_consent(self, consent: Consent) -> None:
        """Remember that a person agreed."""
        self._consents.append(consent)

    def consent(self, person: str) -> Consent | None:
        """The newest consent of the person."""
        return next(iter(self.consents(person)), None)

    def consents(self, person: str) -> list[Consent]:
        """All, newest first."""
        ours = [consent for consent in reversed(self._consents) if consent.person == person]
        return sorted(ours, key=lambda consent: consent.given_at, reverse=True)

    def delete_consents(self, person: str) -> int:
        """Forget that a person agreed; returns how often they had."""
        gone = len(self.consents(person))
        self._consents = [consent for consent in self._consents if consent.person != person]
        return gone


class MemoryGrowthStore:
    """The port `GrowthStore` in memory, over the attempts of a `MemoryAttemptStore`."""

    def __init__(self, attempts: MemoryAttemptStore) -> None:
        self._attempts = attempts
        self._check_ins: dict[tuple[str, str, Moment], CheckIn] = {}
        self._cards: dict[str, dict[Criterion, str]] = {}

    def practised(self, person: str) -> list[PractisedTake]:
        """Every judged take that was not discarded, oldest first."""
        ids = [line.id for line in self._attempts.summaries(person=person, limit=10**6)]
        return in_order(take for one in ids for take in practised(self._attempts.get(one)))

    def save_check_in(self, check_in: CheckIn) -> None:
        """Add; the same person, session and moment again replaces it."""
        self._check_ins[check_in.person, check_in.session, check_in.moment] = check_in

    def check_ins(
        self, person: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[CheckIn]:
        """Those of a person from `since` until before `until`, oldest first."""
        ours = [one for one in self._check_ins.values() if one.person == person]
        ours = [one for one in ours if (not since or one.at >= since) and (not until or one.at < until)]
        return sorted(ours, key=lambda one: (one.at, one.session, one.moment is Moment.AFTER))

    def cards(self, person: str) -> dict[Criterion, str]:
        """When each skill is due, as the scheduler wrote it."""
        return dict(self._cards.get(person, {}))

    def save_cards(self, person: str, cards: Mapping[Criterion, str]) -> None:
        """Insert or update these skills' cards."""
        self._cards.setdefault(person, {}).update(cards)

    def forget_check_ins(self, person: str) -> int:
        """Delete a person's check-ins; returns how many there were."""
        gone = [key for key in self._check_ins if key[0] == person]
        for key in gone:
            del self._check_ins[key]
        return len(gone)

    def forget(self, person: str) -> None:
        """Delete check-ins and cards of a person."""
        self.forget_check_ins(person)
        self._cards.pop(person, None)


class MemoryBlobWriter:
    """A recording being written into a `MemoryBlobStore`; every write is kept at once."""

    def __init__(self, blobs: dict[str, bytes], key: str, *, rate_hz: int) -> None:
        self._blobs = blobs
        self._key = key
        self._rate_hz = rate_hz
        self._samples: FloatArray = np.zeros(0, np.float32)
        self.write(self._samples)

    def write(self, samples: FloatArray) -> FloatArray:
        """Append; floats are kept as they are."""
        import soundfile

        self._samples = np.concatenate([self._samples, samples])
        file = io.BytesIO()
        soundfile.write(file, self._samples, self._rate_hz, subtype="FLOAT", format="WAV")
        self._blobs[self._key] = file.getvalue()
        return samples

    def close(self) -> None:
        """Nothing is left to do."""


class MemoryBlobStore:
    """The port `BlobStore` in memory."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def writer(self, key: str, *, rate_hz: int) -> MemoryBlobWriter:
        """Begin a recording under `key`; an existing one is never overwritten."""
        if key in self._blobs:
            raise StorageError(
                "recording_exists", f"There is a recording {key} already.", remedy="No take is overwritten."
            )
        return MemoryBlobWriter(self._blobs, key, rate_hz=rate_hz)

    def read(self, key: str) -> Waveform:
        """The recording, mixed down to mono."""
        import soundfile

        samples, rate_hz = soundfile.read(io.BytesIO(self.get(key)), dtype="float32", always_2d=True)
        return Waveform(samples.mean(axis=1, dtype=np.float32), rate_hz)

    def put(self, key: str, content: bytes) -> None:
        """Store a whole file."""
        self._blobs[key] = bytes(content)

    def get(self, key: str) -> bytes:
        """The whole file."""
        if key not in self._blobs:
            raise StorageError("recording_missing", f"The recording {key} is not there.")
        return self._blobs[key]

    def recover(self, key: str) -> float:
        """Every write left a whole file; its seconds."""
        return self.read(key).duration_s

    def upload(self) -> int:
        """Nothing is ever elsewhere."""
        return 0

    def delete(self, key: str) -> None:
        """Remove the recording and what is derived from it (``key.*``); missing is fine."""
        for one in [one for one in self._blobs if one == key or one.startswith(f"{key}.")]:
            del self._blobs[one]

    def keys(self) -> list[str]:
        """All keys, sorted."""
        return sorted(self._blobs)


def _summary(attempt: Attempt) -> AttemptSummary:
    outcome = attempt_outcome(take_outcome(take) for take in attempt.takes)
    return AttemptSummary(
        attempt.id,
        attempt.person,
        attempt.created_at,
        attempt.scenario.id,
        attempt.scenario.title,
        outcome.takes,
        outcome.listening_points,
        outcome.delivery_points,
        attempt.drill,
    )


def _unknown(attempt_id: str) -> UsageError:
    return UsageError("attempt_unknown", f"There is no attempt {attempt_id!r}.")
