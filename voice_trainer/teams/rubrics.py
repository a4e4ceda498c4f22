"""A rubric changes: what it would do to scores that exist, before anybody is judged by it.

Measurements are stored with every take, so trying a rubric needs neither sound nor recogniser.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from statistics import fmean

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import as_judged
from voice_trainer.domain.rubric import Rubric, RubricDraft
from voice_trainer.domain.score import Criterion, Score
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, Clock
from voice_trainer.scoring import CURRENT_VERSION, load_rubric, read_rubric, score_take
from voice_trainer.scoring.rubric import available_versions
from voice_trainer.teams.ports import TrainingStore

TEXT_MAX = 65_536  # characters of a rubric
RESCORE_S = 20.0  # one request scores again for so long at most
_VERSION = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Drift:
    """What a rubric does to one criterion.

    `before` and `after` are mean points over the takes that both rubrics score (None where there is none);
    `moved` counts takes whose band changes; `scored` counts the takes.
    """

    criterion: Criterion
    scored: int
    before: float | None
    after: float | None
    moved: int


def preview(rubric: Rubric, attempts: Iterable[Attempt], *, current: Rubric) -> list[Drift]:
    """Each criterion under `current` and under `rubric`, on takes that exist. Nothing is saved."""
    pairs: dict[Criterion, list[tuple[int, int]]] = defaultdict(list)
    for attempt in attempts:
        for take in attempt.takes:
            old, new = rescored(attempt, take, current), rescored(attempt, take, rubric)
            if old is None or new is None:
                continue
            for one in old.criteria:
                other = new.criterion(one.criterion)
                if one.points is not None and other is not None and other.points is not None:
                    pairs[one.criterion].append((one.points, other.points))
    return [_drift(criterion, pairs[criterion], current, rubric) for criterion in Criterion]


def rescored(attempt: Attempt, take: Take, rubric: Rubric) -> Score | None:
    """The take's stored measurements under another rubric; None where nothing was measured."""
    if take.delivery is None and take.listening is None:
        return None
    turn = as_judged(attempt, take)
    return score_take(
        rubric,
        scenario=attempt.scenario,
        turn=turn,
        transcript=take.transcript,
        delivery=take.delivery,
        listening=take.listening,
    )


def _drift(criterion: Criterion, pairs: list[tuple[int, int]], current: Rubric, rubric: Rubric) -> Drift:
    old, new = current.criteria[criterion], rubric.criteria[criterion]
    moved = sum(
        old.bands.index(old.band(before)) != new.bands.index(new.band(after)) for before, after in pairs
    )
    before = fmean(points for points, _ in pairs) if pairs else None
    after = fmean(points for _, points in pairs) if pairs else None
    return Drift(criterion, len(pairs), before, after, moved)


@dataclass(frozen=True, slots=True)
class RubricOffice:
    """Rubrics that come with the program and those coaches wrote: drafted, tried, put to use, scored again.

    Whether somebody may is the policy's matter, not this one's.
    """

    training: TrainingStore
    store: AttemptStore
    clock: Clock

    def written(self) -> list[RubricDraft]:
        """Those that coaches wrote, newest first."""
        return self.training.rubrics()

    def current_version(self) -> str:
        """The one that new takes are judged by: the one that went live last, or the program's."""
        live = [
            (one.live_since, one.version) for one in self.training.rubrics() if one.live_since is not None
        ]
        return max(live)[1] if live else CURRENT_VERSION

    def text(self, version: str) -> str | None:
        """A written rubric as it was written; None for the program's own."""
        return next((one.text for one in self.training.rubrics() if one.version == version), None)

    def rubric(self, version: str) -> Rubric:
        """The rubric of that version; raises `UsageError` ``rubric_unknown``."""
        text = self.text(version)
        return read_rubric(text) if text is not None else load_rubric(version)

    def current(self) -> Rubric:
        """The rubric that new takes are judged by."""
        return self.rubric(self.current_version())

    def draft(self, text: str, *, by: str) -> RubricDraft:
        """Keep a rubric as a draft; a draft of the same version is replaced.

        Raises
        ------
        UsageError
            ``rubric_wrong`` where it cannot be used or its version is taken.
        """
        if len(text) > TEXT_MAX:
            raise _unusable(f"it is longer than {TEXT_MAX} characters")
        try:
            rubric = read_rubric(text)
        except RecursionError as error:
            raise _unusable("it is nested too deeply") from error
        self._check(rubric)
        found = RubricDraft(rubric.version, text, by, self.clock.now())
        self.training.save_rubric(found)
        return found

    def go_live(self, version: str) -> None:
        """Judge by this draft from now on; raises `UsageError` ``rubric_unknown`` or ``rubric_live``."""
        draft = next((one for one in self.training.rubrics() if one.version == version), None)
        if draft is None:
            raise UsageError("rubric_unknown", f"There is no draft {version!r}.", remedy="Save it first.")
        if draft.live_since is not None:
            raise UsageError(
                "rubric_live", f"Rubric {version} went live before.", remedy="Write a new version."
            )
        self.training.save_rubric(replace(draft, live_since=self.clock.now()))

    def rescore(self, version: str) -> tuple[int, bool]:
        """Score takes again from what was measured, without sound: how many, and whether those were all.

        Newest first, for `RESCORE_S` seconds at most: asked again it goes on. What a take's newest words and
        measurements are is read just before it is scored.
        """
        rubric = self.rubric(version)
        until = self.clock.monotonic_s() + RESCORE_S
        count = 0
        for attempt in self._attempts():
            for take in attempt.takes:
                if take.score is None or take.score.rubric_version == version:
                    continue
                if take.state is not TakeState.SCORED:
                    continue
                score = rescored(attempt, take, rubric)
                if score is None:
                    continue
                engines = replace(take.engines, rubric=version) if take.engines else None
                self.store.save_take(attempt.id, replace(take, score=score, engines=engines))
                count += 1
            if self.clock.monotonic_s() > until:
                return count, False
        return count, True

    def _attempts(self) -> Iterator[Attempt]:
        offset = 0
        while page := self.store.summaries(limit=_PAGE, offset=offset):
            for line in page:
                try:
                    yield self.store.get(line.id)
                except UsageError:  # deleted meanwhile
                    continue
            offset += len(page)

    def _check(self, rubric: Rubric) -> None:
        """What `read_rubric` cannot know: the version is free, and every number the rules need is there."""
        if not _VERSION.fullmatch(rubric.version):
            raise _unusable("its version is to be small letters, digits, dots and dashes")
        if rubric.version in available_versions():
            raise _unusable(f"version {rubric.version} comes with the program: give it a version of its own")
        live = {one.version for one in self.training.rubrics() if one.live_since is not None}
        if rubric.version in live:
            raise _unusable(f"version {rubric.version} is live and never changes: give it a new version")
        pattern = load_rubric()
        if set(rubric.reaction) != set(pattern.reaction):
            raise _unusable(f"reaction needs exactly {', '.join(sorted(pattern.reaction))}")
        figures = [rubric.reliability_min, *rubric.reaction.values()]
        for criterion, rule in rubric.criteria.items():
            asked = pattern.criteria[criterion]
            for part, has, needs in (
                ("numbers", rule.numbers, asked.numbers),
                ("curves", rule.curves, asked.curves),
            ):
                if set(has) != set(needs):
                    wrong = ", ".join(sorted(set(has) ^ set(needs)))
                    raise _unusable(f"{criterion}.{part}: too many or missing are {wrong}")
            figures += [rule.weight, *rule.numbers.values()]
            figures += [value for curve in rule.curves.values() for point in curve for value in point]
            if not all(isinstance(text, str) for text in (*rule.bands, rule.norm.text, rule.norm.source)):
                raise _unusable(f"{criterion}: bands, norm and source are sentences")
        if not all(map(math.isfinite, figures)):
            raise _unusable("it holds a number that is not finite")


def _unusable(what: str) -> UsageError:
    return UsageError(
        "rubric_wrong", f"The rubric cannot be used: {what}.", remedy="Change it and save again."
    )
