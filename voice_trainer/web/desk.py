"""What the coach's desk does: brings recordings in, finds what to look at, adds remarks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import HTMLResponse

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import in_order
from voice_trainer.domain.queue import Waiting, in_queue
from voice_trainer.domain.review import Answer, Comment, Override, Review
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError, VoiceTrainerError
from voice_trainer.exports.bundle import read_bundle
from voice_trainer.exports.wording import CRITERIA, clock
from voice_trainer.library.snapshot import sha256
from voice_trainer.practice.attempts import import_attempt
from voice_trainer.practice.imports import import_recording
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import Visit
from voice_trainer.web.panels import file_to_hand_on
from voice_trainer.web.uploads import FILE_MAX_BYTES, Sent, decoded
from voice_trainer.wiring import AgentChannel

DESK = Resource(Kind.DESK)
NEWEST = 200  # attempts in the queue
_HANDED_IN_MAX = 1000


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file: an attempt, or a fault."""

    name: str
    attempt_id: str = ""
    judging: bool = False
    fault: VoiceTrainerError | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of the recordings they bring: whose voice it is, on which side, what it answers."""

    person: str
    call: Scenario
    turn: Turn
    side: AgentChannel | None


def queue_of(visit: Visit) -> list[Waiting]:
    """What lies on the desk, in the order in which it wants a look."""
    home = visit.house
    among = None
    if not visit.actor.local:
        among = home.training.handed_in(visit.actor.coached, limit=_HANDED_IN_MAX)
    return in_queue(home.reviews.desk(limit=NEWEST, among=among))


def names_of(visit: Visit) -> dict[str, str]:
    """What people are called on a server with accounts, by the name things are kept under."""
    if visit.services.entrance is None:
        return {}
    return {account.id: account.name for account in visit.house.accounts.accounts()}


def first_to_see(attempt: Attempt, review: Review) -> Take | None:
    """The take of an attempt that wants a look first: disputed, then doubtful, then the newest."""
    takes = in_order(attempt)
    disputed = {dispute.take_id for dispute in review.open_disputes}

    def place(take: Take) -> tuple[bool, float, float]:
        words = take.transcript
        trust = 1.0 if words is None or words.reliability is None else words.reliability
        return take.id not in disputed, trust, -take.created_at.timestamp()

    return min(takes, key=place, default=None)


def bring(visit: Visit, files: Sequence[Sent], told: Told) -> list[Brought]:
    """Take over every file; one that cannot be used does not cost the others theirs."""
    return [_brought(visit, one, told) for one in files]


def _brought(visit: Visit, sent: Sent, told: Told) -> Brought:
    try:
        if sent.is_bundle:
            return Brought(sent.name, _bundle(visit, sent))
        return Brought(sent.name, _recording(visit, sent, told), judging=True)
    except VoiceTrainerError as fault:
        return Brought(sent.name, fault=fault)


def _recording(visit: Visit, sent: Sent, told: Told) -> str:
    house = visit.house
    attempt, take = import_recording(
        decoded(sent, house.loader(told.side)),
        origin=sent.name,
        scenario=told.call,
        turn=told.turn,
        scenario_sha256=sha256(told.call),
        person=told.person,
        store=house.store,
        blobs=house.blobs,
        clock=house.clock,
    )
    house.queue.submit(attempt.id, take, rubric=house.rubric_office.current_version())
    return attempt.id


def _bundle(visit: Visit, sent: Sent) -> str:
    """An attempt that was exported elsewhere, with what people said about it."""
    if sent.size_bytes > FILE_MAX_BYTES:
        raise UsageError(
            "upload_too_large",
            f"{sent.name} is larger than {FILE_MAX_BYTES >> 20} MiB.",
            remedy="Take it over with `voice-trainer import`.",
        )
    # It brings words in other people's names: where there are accounts, nobody may do that.
    visit.ask(Action.CREATE, Resource(Kind.PERSON))
    house, bundle = visit.house, read_bundle(sent.content.read())
    import_attempt(
        bundle.attempt,
        bundle.audio,
        store=house.store,
        blobs=house.blobs,
        reviews=house.reviews,
        review=bundle.review,
        consent=bundle.consent,
    )
    return bundle.attempt.id


def comment(visit: Visit, attempt: Attempt, take: Take, text: str, *, start: str, end: str) -> None:
    """Say something about a take, a moment or a span of it."""
    start_s, end_s = _seconds(start, take), _seconds(end, take)
    if end_s is not None and (start_s is None or end_s <= start_s):
        raise UsageError(
            "comment_unclear",
            f"A span needs an end after its start; sent: {start!r} to {end!r}.",
            remedy="Give where it begins and, after that, where it ends; or leave both out.",
        )
    now = visit.house.clock.now()
    said = Comment(_new_id(), take.id, visit.person, now, _words(text), start_s, end_s)
    visit.house.reviews.add(attempt.id, said)


def override(visit: Visit, attempt: Attempt, take: Take, criterion: str, *, points: int, reason: str) -> None:
    """A coach's points for one criterion; the machine's are noted with them and stay as they are."""
    score = take.score
    machine = {one.criterion.value: one for one in score.criteria} if score else {}
    if score is None or criterion not in machine:
        raise UsageError(
            "override_unclear",
            f"{criterion!r} is not judged in this take.",
            remedy="Choose a criterion that the page lists.",
        )
    given = Override(
        _new_id(),
        take.id,
        visit.person,
        visit.house.clock.now(),
        Criterion(criterion),
        points,
        _words(reason),
        machine[criterion].points,
        score.rubric_version,
    )
    visit.house.reviews.add(attempt.id, given)


def answer(visit: Visit, attempt: Attempt, take: Take, dispute_id: str, text: str) -> None:
    """A word on what the agent disputes; it settles it."""
    review = visit.house.reviews.review(attempt.id).of_take(take.id)
    if dispute_id not in {dispute.id for dispute in review.disputes}:
        raise UsageError("answer_unclear", "There is no such dispute here.", remedy="Load the page again.")
    said = Answer(_new_id(), take.id, visit.person, visit.house.clock.now(), dispute_id, _words(text))
    visit.house.reviews.add(attempt.id, said)


def take_back(visit: Visit, attempt: Attempt, take: Take, remark_id: str) -> None:
    """Remove one's own remark; what others wrote stays."""
    remarks = visit.house.reviews.review(attempt.id).of_take(take.id).remarks
    if any(one.id == remark_id and one.author == visit.person for one in remarks):
        visit.house.reviews.remove(attempt.id, remark_id)


def page_of(visit: Visit, attempt: Attempt) -> HTMLResponse:
    """The whole attempt as one page that needs nothing else, with what people said about each take."""
    review = visit.house.reviews.review(attempt.id)
    takes = [take for take in in_order(attempt) if take.state is not TakeState.RECORDING]
    names = names_of(visit)
    remarks = [told for take in takes for told in _told(review.of_take(take.id), take, names)]
    return file_to_hand_on(visit, attempt, takes, name=attempt.id, intro="\n".join(remarks))


def _told(review: Review, take: Take, names: dict[str, str]) -> list[str]:
    """The remarks on a take, a sentence each."""
    where = f"{take.turn_id}, take {take.number}"
    lines = []
    for said in review.comments:
        at = f" at {clock(said.start_s)}" if said.start_s is not None else ""
        lines.append(f"{names.get(said.author, said.author)} ({where}{at}): {said.text}")
    for given in review.overrides:
        machine = "not scored" if given.machine_points is None else f"{given.machine_points}"
        who = names.get(given.author, given.author)
        points = f"{given.points} for {CRITERIA[given.criterion]}, the machine {machine}"
        lines.append(f"{who} ({where}): {points}. {given.reason}")
    return lines


def _seconds(text: str, take: Take) -> float | None:
    """Seconds, or minutes and seconds as in 1:05; None for an empty field."""
    if not text.strip():
        return None
    try:
        minutes, _, seconds = text.strip().rpartition(":")
        value = 60 * int(minutes or 0) + float(seconds)
    except ValueError:
        value = -1.0
    if not 0 <= value <= (take.duration_s or 0.0) + 1:
        raise UsageError(
            "moment_outside",
            f"{text!r} is no moment of this reply.",
            remedy=f"Give seconds from 0 to {take.duration_s or 0:.1f}, or minutes as in 0:05.",
        )
    return value


def _words(text: str) -> str:
    said = text.strip()
    if not said:
        raise UsageError("remark_empty", "There are no words in it.", remedy="Write what you mean.")
    return said


def _new_id() -> str:
    return uuid.uuid4().hex
