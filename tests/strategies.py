"""Hypothesis strategies for the values of the domain, whole attempts included.

Values are such as the program makes them: finite numbers, spans that end after they begin, moments with a
zone, ids that serve as names. Texts are any text, for people and recognisers say anything.
"""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from voice_trainer.domain.attempt import Attempt, Baseline, Consent, EngineVersions, Take, TakeState
from voice_trainer.domain.delivery import (
    Delivery,
    Pace,
    Severity,
    SignalProblem,
    SignalQuality,
    Tone,
    VoiceProfile,
)
from voice_trainer.domain.feeling import FeelingMatch, NamedFeeling
from voice_trainer.domain.listening import (
    EmotionFinding,
    EmotionStatus,
    FactFinding,
    FactStatus,
    HelpFinding,
    HelpKind,
    Listening,
    Misstep,
    MisstepKind,
    Move,
    MoveKind,
    WishFinding,
)
from voice_trainer.domain.measurement import Curve, Heard, Measurement, NotScored, Span
from voice_trainer.domain.review import Answer, Comment, Dispute, Override, Review
from voice_trainer.domain.scenario import (
    CallKind,
    Fact,
    Gender,
    Offer,
    Persona,
    Reaction,
    Scenario,
    Turn,
    Wish,
)
from voice_trainer.domain.score import Criterion, CriterionScore, Feedback, Reason, Score
from voice_trainer.domain.transcript import Transcript, TranscriptSource, Word

numbers = st.floats(allow_nan=False, allow_infinity=False)
shares = st.floats(0, 1)
seconds = st.floats(0, 600)
points = st.integers(0, 100)
texts = st.text(max_size=20)
names = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=12)
moments = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]),
)
spans = st.tuples(seconds, seconds, texts).map(lambda s: Span(min(s[:2]), max(s[:2]), s[2]))


def few(values: st.SearchStrategy[Any], size: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    """A short tuple."""
    return st.lists(values, max_size=size).map(tuple)


def perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value or None."""
    return st.none() | values


heard = spans.map(lambda s: Heard(s.text, s.start_s, s.end_s)) | st.builds(Heard, texts)
measurements = st.builds(Measurement, names, perhaps(numbers), texts, shares, few(spans))
not_scored = st.builds(NotScored, names, texts, texts)
profiles = st.builds(
    VoiceProfile, numbers, numbers, numbers, numbers, numbers, seconds, seconds, perhaps(seconds)
)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """A curve with as many values as times."""
    values = draw(st.lists(perhaps(numbers), max_size=5))
    times = [0.5 * index for index in range(len(values))]
    return Curve(draw(names), draw(texts), tuple(times), tuple(values))


words = spans.flatmap(
    lambda s: st.builds(Word, st.just(s.text), st.just(s.start_s), st.just(s.end_s), shares)
)
transcripts = st.builds(
    Transcript,
    texts,
    few(words | st.builds(Word, texts, st.none(), st.none())),
    names,
    names,
    perhaps(shares),
    st.sampled_from(TranscriptSource),
)
signals = st.builds(
    SignalQuality,
    seconds,
    seconds,
    perhaps(numbers),
    perhaps(numbers),
    perhaps(numbers),
    shares,
    perhaps(seconds),
    few(st.builds(SignalProblem, names, st.sampled_from(Severity), texts, texts)),
)
paces = st.builds(Pace, *(measurements for _ in range(7)), few(spans), curves(), perhaps(not_scored))
tones = st.builds(Tone, *(measurements for _ in range(4)), curves(), few(spans), perhaps(not_scored))
deliveries = st.builds(Delivery, few(spans), paces, tones, signals, curves(), curves())
listenings = st.builds(
    Listening,
    few(st.builds(FactFinding, names, st.sampled_from(FactStatus), perhaps(heard), shares, texts)),
    st.builds(WishFinding, perhaps(st.sampled_from(FactStatus)), perhaps(heard)),
    st.builds(EmotionFinding, st.sampled_from(EmotionStatus), perhaps(heard), st.booleans()),
    few(st.builds(Move, st.sampled_from(MoveKind), heard)),
    few(st.builds(Misstep, st.sampled_from(MisstepKind), perhaps(heard))),
    few(heard),
    few(heard),
    measurements,
    measurements,
    few(st.builds(HelpFinding, st.sampled_from(HelpKind), st.booleans(), perhaps(heard))),
    st.booleans(),
    perhaps(not_scored),
)

reasons = st.builds(Reason, texts, numbers, few(heard), texts, texts)
criterion_scores = st.builds(
    CriterionScore,
    st.sampled_from(Criterion),
    points,
    texts,
    few(reasons),
    few(measurements),
) | st.builds(
    CriterionScore, st.sampled_from(Criterion), st.none(), st.none(), few(reasons), withheld=not_scored
)
scores = st.builds(
    Score,
    names,
    few(criterion_scores, 3),
    perhaps(points),
    perhaps(points),
    st.builds(Feedback, texts, texts, texts, few(heard)),
    st.sampled_from(Reaction),
    texts,
)

facts = st.builds(Fact, names, texts, texts, few(few(texts)), few(texts), few(texts), st.floats(0.5, 3))
turns = st.builds(
    Turn,
    names,
    texts,
    texts,
    few(texts),
    perhaps(st.builds(Wish, texts)),
    few(facts),
    few(texts),
    few(st.tuples(st.sampled_from(Reaction), names)),
)
scenarios = st.builds(
    Scenario,
    names,
    st.integers(1, 50),
    texts,
    names,
    st.sampled_from(["en-GB", "en-US", "de-DE"]),
    st.sampled_from(CallKind),
    st.integers(1, 5),
    st.lists(turns, min_size=1, max_size=3).map(tuple),
    few(names),
    st.builds(Persona, texts, st.sampled_from(Gender), texts),
    few(st.builds(Offer, texts, few(names))),
)

takes = st.builds(
    Take,
    names,
    names,
    st.integers(1, 9),
    moments,
    st.sampled_from(TakeState),
    audio_key=perhaps(st.tuples(names, names).map("/".join)),
    device=texts,
    duration_s=perhaps(seconds),
    recovered=st.booleans(),
    customer_end_s=perhaps(numbers),
    lost_frames=st.integers(0, 10**9),
    baseline=perhaps(profiles),
    transcript=perhaps(transcripts),
    machine_transcript=perhaps(transcripts),
    delivery=perhaps(deliveries),
    listening=perhaps(listenings),
    score=perhaps(scores),
    engines=perhaps(st.builds(EngineVersions, names, names, names, names)),
    feeling=perhaps(st.builds(NamedFeeling, texts, st.sampled_from(FeelingMatch), texts)),
)


def _own_recordings(attempt: Attempt) -> Attempt:
    """Recordings lie under their attempt's id, as the practice session names them."""
    takes = (
        replace(take, audio_key=f"{attempt.id}/{take.id}") if take.audio_key else take
        for take in attempt.takes
    )
    return replace(attempt, takes=tuple(takes))


attempts = st.builds(
    Attempt,
    names,
    names,
    moments,
    scenarios,
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.lists(takes, max_size=3, unique_by=lambda take: take.id).map(tuple),
    perhaps(texts),
    perhaps(st.sampled_from(Criterion)),
).map(_own_recordings)
consents = st.builds(Consent, names, names, moments)
baselines = st.builds(Baseline, names, names, texts, moments, profiles, perhaps(names))

_remark = (names, names, names, moments)
remarks = (
    st.builds(Comment, *_remark, texts, perhaps(seconds), perhaps(seconds))
    | st.builds(Override, *_remark, st.sampled_from(Criterion), points, texts, perhaps(points), names)
    | st.builds(Dispute, *_remark, names, texts)
    | st.builds(Answer, *_remark, names, texts)
)
reviews = st.lists(remarks, max_size=4, unique_by=lambda remark: remark.id).map(
    lambda found: Review(tuple(sorted(found, key=lambda remark: (remark.created_at, remark.id))))
)
