"""A call walks its graph: the customer's temperature, asking again, summaries, breaking off and going on."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from tests.desk import GOOD, POOR, FakeDesk
from tests.findings import CALL, FACTS, THANKS, TURN
from tests.report_samples import good_panel
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import (
    ASKED_AGAIN_MAX,
    ASKING_AGAIN,
    TEMPERATURES,
    TURNS_MAX,
    CallStep,
    CallSummary,
    as_judged,
    follow_call,
    temperature_after,
    temperature_of,
)
from voice_trainer.domain.scenario import Fact, Reaction, Scenario, Turn, Wish
from voice_trainer.domain.score import Feedback, Score
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import AudioDeviceError
from voice_trainer.exports.course import course_object, explained, takeaway_of_call, tenseness
from voice_trainer.ports import VoiceSettings
from voice_trainer.practice import events
from voice_trainer.practice.session import PracticeSession

START = datetime(2026, 3, 2, tzinfo=UTC)


def ladder(length: int = 6) -> Scenario:
    """`length` turns of the same complaint, each leading to the next however the reply lands."""
    turns = [
        replace(TURN, id=f"t{n}", says=f"{n}. {TURN.says}", then=tuple((r, f"t{n + 1}") for r in Reaction))
        for n in range(length)
    ]
    return replace(CALL, turns=(*turns[:-1], replace(turns[-1], then=())))


def walk(desk: FakeDesk, call: Scenario) -> PracticeSession:
    session = desk.session(call)
    turn = session.upcoming
    while turn is not None:
        desk.clock.advance(30)
        turn = session.following(session.judge(session.play_turn(turn)))
    return session


class MeetingEmbedder:
    """Remembers what it met; every text alike."""

    def __init__(self) -> None:
        self.met: set[str] = set()
        self.met_facts = threading.Event()

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.met |= set(texts)
        if {fact.text for fact in FACTS} <= self.met:
            self.met_facts.set()
        return np.full((len(texts), 4), 0.5, np.float32)


@pytest.mark.parametrize("feeling", TEMPERATURES)
def test_a_feeling_has_a_temperature_and_harder_calls_are_tenser(feeling: str) -> None:
    assert 0 <= temperature_of(feeling, difficulty=1) < temperature_of(feeling, difficulty=5) <= 100
    assert temperature_of(f" {feeling.title()} ") == TEMPERATURES[feeling]


@pytest.mark.parametrize("before", [8, 35, 60, 94])
@pytest.mark.parametrize("feeling", ["", *TEMPERATURES])
def test_being_heard_never_heats_and_being_brushed_off_never_cools(before: int, feeling: str) -> None:
    upcoming = replace(THANKS, emotion=feeling)
    calmer, same, angrier = (temperature_after(before, r, upcoming=upcoming) for r in Reaction)
    assert calmer < before < angrier
    assert calmer <= same <= angrier
    assert all(0 <= t <= 100 for t in (calmer, same, angrier))


def test_six_turns_heard_end_calm_and_brushed_off_end_sharp() -> None:
    heard = walk(FakeDesk(script=[GOOD]), ladder()).summary
    brushed = walk(FakeDesk(script=[POOR]), ladder()).summary
    assert len(heard.steps) == len(brushed.steps) == 6
    assert len(heard.temperatures) == 7
    assert all(a > b or b == 0 for a, b in pairwise(heard.temperatures))
    assert all(a < b or b == 100 for a, b in pairwise(brushed.temperatures))
    assert tenseness(heard.temperature) == "calm"
    assert tenseness(brushed.temperature) == "beside themselves"
    assert heard.upcoming is brushed.upcoming is None


def test_the_voice_softens_with_the_customer() -> None:
    spoken: dict[str, list[int]] = {}
    for words in (GOOD, POOR):
        desk = FakeDesk(script=[words])
        walk(desk, ladder(3))
        lines = [e for e in desk.events if isinstance(e, events.CustomerSpeaking)]
        spoken[words] = [e.temperature or 0 for e in lines]
        voices = dict(desk.synthesizer.spoken)
        assert {e.says for e in lines} <= voices.keys()
    assert spoken[GOOD][0] == spoken[POOR][0]
    assert spoken[GOOD][2] < spoken[GOOD][0] < spoken[POOR][2]


def test_after_each_reply_the_customers_temperature_is_told() -> None:
    desk = FakeDesk()
    session = walk(desk, ladder(2))
    told = [e.temperature for e in desk.events if isinstance(e, events.Reacted)]
    assert told == list(session.summary.temperatures[1:])


def test_the_facts_are_understood_before_the_agent_has_answered() -> None:
    desk = FakeDesk()
    embedder = MeetingEmbedder()
    desk.engines = replace(desk.engines, embedder=embedder)
    desk.recorder.on_block = lambda elapsed_s: None if elapsed_s else assert_in_time(embedder.met_facts)
    session = desk.session()
    session.play_turn(session.attempt.scenario.opening)
    assert desk.transcriber.heard == []


def assert_in_time(event: threading.Event) -> None:
    assert event.wait(10), "the facts were not embedded while the customer spoke"


def test_a_reply_that_was_not_understood_is_asked_for_again_at_most_twice() -> None:
    desk = FakeDesk()
    desk.transcriber.reliability = 0.1
    session = desk.session()
    turn, said = session.upcoming, []
    for _ in range(3):
        assert turn is not None
        desk.clock.advance(30)
        turn = session.following(session.judge(session.play_turn(turn)))
    said = [e.says for e in desk.events if isinstance(e, events.CustomerSpeaking)]
    assert said == [TURN.says, ASKING_AGAIN, ASKING_AGAIN]
    assert turn is not None
    assert turn.id == TURN.following(Reaction.SAME)
    [step] = session.summary.steps
    assert step.reaction is Reaction.SAME
    assert len(step.takes) == 3
    assert "nothing is held against you" in explained(step, CALL.persona)


def test_once_understood_the_call_goes_on() -> None:
    desk = FakeDesk()
    session = desk.session()
    desk.transcriber.reliability = 0.1
    assert session.following(session.judge(session.play_turn(TURN))) == TURN
    assert session.summary.asks_again
    assert session.summary.temperatures == (temperature_of("frustrated", difficulty=2),)
    desk.transcriber.reliability = 0.95
    desk.clock.advance(30)
    following = session.following(session.judge(session.play_turn(TURN)))
    assert following is not None
    assert following.id != TURN.id
    assert [len(step.takes) for step in session.summary.steps] == [2]


def test_the_request_to_say_it_again_is_in_the_customers_voice() -> None:
    desk = FakeDesk()
    desk.transcriber.reliability = 0.1
    session = desk.session()
    session.judge(session.play_turn(TURN))
    desk.clock.advance(30)
    session.play_turn(TURN)
    own = [voice for text, voice in desk.synthesizer.spoken if text == ASKING_AGAIN]
    assert {(v.gender, v.persona) for v in own} == {(CALL.persona.voice, CALL.persona.name)}


def test_a_turn_that_leads_back_to_itself_ends_after_eight() -> None:
    stubborn = replace(CALL, turns=(replace(TURN, then=tuple((r, TURN.id) for r in Reaction)),))
    session = walk(FakeDesk(script=[POOR]), stubborn)
    assert len(session.summary.steps) == TURNS_MAX
    assert session.upcoming is None


def test_a_turn_that_leads_back_to_itself_ends_though_nothing_is_understood() -> None:
    stubborn = replace(CALL, turns=(replace(TURN, then=tuple((r, TURN.id) for r in Reaction)),))
    desk = FakeDesk()
    desk.transcriber.reliability = 0.1
    session = walk(desk, stubborn)
    assert [len(step.takes) for step in session.summary.steps] == [ASKED_AGAIN_MAX + 1] * TURNS_MAX


def test_answering_again_replaces_the_reaction_and_no_turn_is_counted() -> None:
    desk = FakeDesk(script=[POOR, GOOD])
    session = desk.session()
    session.judge(session.play_turn(TURN))
    worse = session.summary
    desk.clock.advance(30)
    session.judge(session.play_turn(TURN))
    better = session.summary
    assert len(worse.steps) == len(better.steps) == 1
    assert better.temperature < worse.temperature
    assert (better.upcoming or TURN).id == TURN.following(better.steps[0].reaction)


def test_a_take_thrown_away_moves_nothing() -> None:
    desk = FakeDesk(script=[POOR])
    session = desk.session()
    session.discard(session.judge(session.play_turn(TURN)))
    assert session.summary == CallSummary((), temperature_of("frustrated", difficulty=2), TURN)


def test_a_summary_is_asked_for_everything_said_so_far() -> None:
    closing = Turn(
        "closing",
        "Can you tell me what you will do now?",
        emotion="calm",
        facts=(Fact("debit", "the bank account was overdrawn by the charge"),),
        asks_summary=True,
    )
    call = replace(CALL, turns=(replace(TURN, then=tuple((r, "closing") for r in Reaction)), closing))
    session = walk(FakeDesk(script=[GOOD]), call)
    first, last = session.attempt.takes
    assert as_judged(session.attempt, first) == call.opening
    assert [f.id for f in as_judged(session.attempt, last).facts] == ["debit", *(f.id for f in FACTS)]
    assert last.listening is not None
    assert {f.fact_id for f in last.listening.facts} == {"debit", *(f.id for f in FACTS)}
    missed = next(f for f in last.listening.facts if f.fact_id == "debit")
    assert missed.status == "missed"


def test_a_turn_without_facts_or_feeling_is_no_fault() -> None:
    bare = Turn("opening", "Hello, is anybody there?", then=tuple((r, "thanks") for r in Reaction))
    session = walk(FakeDesk(), replace(CALL, turns=(bare, THANKS)))
    [first, _] = session.summary.steps
    assert first.reaction is Reaction.SAME
    assert first.decisive.score is not None
    assert first.decisive.score.listening_points is None


def test_a_voice_that_dies_in_mid_call_leaves_the_words() -> None:
    desk = FakeDesk()
    session = desk.session(ladder(3))
    turn = session.following(session.judge(session.play_turn(session.upcoming or TURN)))
    desk.synthesizer.fault = AudioDeviceError("voice_failed", "The voice is gone.")
    desk.events.clear()
    heard = 1
    while turn is not None:
        desk.clock.advance(30)
        turn = session.following(session.judge(session.play_turn(turn)))
        heard += 1
    assert heard == 3
    assert [e.code for e in desk.events if isinstance(e, events.Notice)][-1] == "voice_failed"
    *_, last = [e for e in desk.events if isinstance(e, events.CustomerSpeaking)]
    assert not last.audible
    assert last.says == ladder(3).turns[2].says


def test_a_call_broken_off_goes_on_where_it_was() -> None:
    desk = FakeDesk(script=[GOOD])
    session = desk.session(ladder(4))
    session.judge(session.play_turn(session.upcoming or TURN))
    [left] = desk.store.unfinished("ann")
    assert desk.store.unfinished("bob") == []
    again = PracticeSession.resume(session._desk, left, emit=desk.events.append)
    assert again.upcoming is not None
    assert again.upcoming.id == "t1"
    assert again.summary == session.summary
    desk.clock.advance(30)
    again.judge(again.play_turn(again.upcoming))
    assert len(desk.store.get(left.id).takes) == 2
    again.close()
    assert desk.store.get(left.id).closed
    assert desk.store.unfinished("ann") == []


def test_a_call_left_before_a_word_leaves_nothing_behind() -> None:
    desk = FakeDesk()
    session = desk.session()
    session.prepare(TURN)
    session.close()
    assert desk.store.unfinished("ann") == []
    assert desk.store.summaries() == []


def test_where_a_take_stands_in_its_call() -> None:
    desk = FakeDesk(script=[POOR])
    session = walk(desk, ladder(2))
    attempt: Attempt = session.attempt
    first, second = (course_object(attempt, take) for take in attempt.takes)
    assert first is not None
    assert second is not None
    assert (first["turn_number"], second["turn_number"]) == (1, 2)
    assert first["temperature_after"] == second["temperature"]
    assert str(first["explanation"]).endswith("so she grew sharper.")
    assert first["decisive"] is True
    assert follow_call(attempt).temperatures[-1] == second["temperature_after"]


def test_a_call_is_summed_up_by_its_best_and_its_neediest_reply() -> None:
    def step(name: str, points: int | None) -> CallStep:
        turn = Turn(name, "It is late.", "angry")
        said = Feedback(f"kept {name}", f"change {name}", f"say {name}")
        score = Score("1", (), points, None, said, Reaction.SAME)
        heard = replace(listening, withheld=None)
        take = Take(f"{name}-1", name, 1, START, TakeState.SCORED, listening=heard, score=score)
        return CallStep(turn, 60, (take,))

    listening = good_panel(audio=False).listening
    assert listening is not None

    steps = (step("one", 70), step("two", 20), step("three", 90))
    shown = takeaway_of_call(CallSummary(steps, 60, None))
    assert shown is not None
    assert (shown.strength, shown.best_turn) == ("kept three", 3)
    assert (shown.change, shown.try_saying, shown.worst_turn) == ("change two", "say two", 2)
    assert shown.take.id == "two-1"
    assert takeaway_of_call(CallSummary((), 60, None)) is None


def test_wishes_are_kept_apart_from_facts() -> None:
    asking = replace(THANKS, asks_summary=True, wish=Wish("know what happens next"))
    attempt = walk(FakeDesk(), replace(CALL, turns=(asking,))).attempt
    assert as_judged(attempt, attempt.takes[0]).facts == ()


def test_the_next_line_is_spoken_before_the_reply_ends() -> None:
    happened: list[str] = []
    desk = FakeDesk()
    desk.recorder.on_block = lambda _elapsed_s: time.sleep(0.005)
    speak = desk.synthesizer.synthesize

    def slowly(text: str, *, voice: VoiceSettings) -> Waveform:
        time.sleep(0.02)
        happened.append(f"made {text}")
        return speak(text, voice=voice)

    desk.synthesizer.synthesize = slowly  # type: ignore[method-assign]
    session = desk.session(ladder(3))
    turn = session.upcoming
    while turn is not None:
        desk.clock.advance(30)
        take = session.play_turn(turn)
        happened.append("reply over")
        turn = session.following(session.judge(take))
        if turn is not None:
            assert f"made {turn.says}" in happened[: happened.index("reply over")]
        happened.remove("reply over")
