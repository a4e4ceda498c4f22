"""One call, turn by turn, on a desk of fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from tests.desk import GOOD, POOR, REPLY, FakeDesk
from tests.findings import CALL, TURN
from voice_trainer.domain.attempt import Baseline, TakeState
from voice_trainer.domain.call import TURNS_MAX
from voice_trainer.domain.delivery import VoiceProfile
from voice_trainer.domain.feeling import FeelingMatch, NamedFeeling
from voice_trainer.domain.scenario import Reaction, Scenario, Turn
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.transcript import TranscriptSource
from voice_trainer.errors import AudioDeviceError, ModelError, StorageError
from voice_trainer.practice import events
from voice_trainer.practice.attempts import rescore
from voice_trainer.practice.judgement import given_back
from voice_trainer.testing.audio import FakeRecorder, FakeSynthesizer, stalled, tone, vanished

VOICE = VoiceProfile(90.0, 1.0, 2.0, -60.0, 30.0, 9.0, 8000.0)


def test_a_take_goes_from_the_line_to_the_score_and_is_saved_at_every_step() -> None:
    desk = FakeDesk()
    session = desk.session()
    take = session.play_turn(TURN)
    assert desk.store.get(session.attempt.id).takes == (take,)
    assert take.state is TakeState.RECORDED
    assert take.audio_key == f"{session.attempt.id}/{take.id}"
    assert np.array_equal(desk.blobs.read(take.audio_key).samples[: len(REPLY.samples)], REPLY.samples)
    judged = session.judge(take)
    assert judged.state is TakeState.SCORED
    assert judged.score is not None
    assert judged.score.listening_points is not None
    assert judged.engines is not None
    assert (judged.engines.recogniser, judged.engines.rubric) == ("scripted", "1")
    assert desk.store.get(session.attempt.id).takes == (judged,)


def test_events_come_in_the_order_of_the_way_through() -> None:
    desk = FakeDesk()
    session = desk.session()
    session.judge(session.play_turn(TURN))
    kinds = [type(event) for event in desk.events if not isinstance(event, events.Level)]
    assert kinds == [
        events.CustomerSpeaking,
        events.ListeningNow,
        events.SpeechStarted,
        events.SpeechEnded,
        events.Transcribing,
        events.Transcribed,
        events.Measured,
        events.Scored,
        events.Reacted,
        events.Saved,
    ]


def test_the_customer_has_the_voice_and_mood_of_the_call() -> None:
    desk = FakeDesk()
    session = desk.session()
    session.prepare(TURN)
    session.play_turn(TURN)
    (text, voice), *ahead = desk.synthesizer.spoken
    assert text == TURN.says
    assert (voice.gender, voice.emotion, voice.language) == ("female", "frustrated", "en-GB")
    assert TURN.says not in [text for text, _ in ahead]


def test_again_makes_a_new_take_and_overwrites_none() -> None:
    desk = FakeDesk(script=[POOR, GOOD])
    session = desk.session()
    first = session.judge(session.play_turn(TURN))
    second = session.judge(session.play_turn(TURN))
    assert (first.number, second.number) == (1, 2)
    assert first.audio_key != second.audio_key
    assert len(desk.blobs.keys()) == 2
    assert [t.id for t in desk.store.get(session.attempt.id).takes] == [first.id, second.id]


def test_good_words_beat_poor_words() -> None:
    desk = FakeDesk(script=[POOR, GOOD])
    session = desk.session()
    poor, good = (session.judge(session.play_turn(TURN)).score for _ in range(2))
    assert poor is not None
    assert good is not None
    assert (good.listening_points or 0) > (poor.listening_points or 0) + 30
    assert poor.reaction is Reaction.ANGRIER


def test_without_a_voice_the_words_are_shown() -> None:
    desk = FakeDesk(synthesizer=FakeSynthesizer(ModelError("voice_missing", "No voice speaks here.")))
    take = desk.session().play_turn(TURN)
    assert take.state is TakeState.RECORDED
    [notice] = [event for event in desk.events if isinstance(event, events.Notice)]
    assert notice.code == "voice_missing"
    assert [e.audible for e in desk.events if isinstance(e, events.CustomerSpeaking)] == [False]


@pytest.mark.parametrize("fault", [stalled(), vanished()])
def test_a_device_that_fails_mid_take_keeps_and_offers_what_was_said(fault: AudioDeviceError) -> None:
    desk = FakeDesk(recorder=FakeRecorder(REPLY, fault=fault, fault_at_s=2.0))
    session = desk.session()
    take = session.play_turn(TURN)
    [notice] = [event for event in desk.events if isinstance(event, events.Notice)]
    assert notice.code == fault.code
    assert "s are kept" in notice.remedy
    assert take.state is TakeState.RECORDED
    assert take.duration_s is not None
    assert 1.5 < take.duration_s <= 2.0
    assert session.judge(take).score is not None


def test_no_microphone_at_all_leaves_no_attempt() -> None:
    desk = FakeDesk(recorder=FakeRecorder(REPLY, fault=vanished()))
    with pytest.raises(AudioDeviceError):
        desk.session().play_turn(TURN)
    assert desk.store.summaries() == []
    assert desk.blobs.keys() == []


def test_ctrl_c_leaves_a_take_that_the_next_start_finds() -> None:
    def interrupt(elapsed_s: float) -> None:
        if elapsed_s > 1.5:
            raise KeyboardInterrupt

    desk = FakeDesk(recorder=FakeRecorder(REPLY, on_block=interrupt))
    session = desk.session()
    with pytest.raises(KeyboardInterrupt):
        session.play_turn(TURN)
    [take] = desk.store.get(session.attempt.id).takes
    assert take.state is TakeState.RECORDING
    assert take.audio_key is not None
    assert desk.blobs.read(take.audio_key).duration_s > 1.0


def test_a_full_disk_before_the_first_sample_is_a_storage_fault() -> None:
    desk = FakeDesk()

    def full(key: str, *, rate_hz: int) -> object:
        raise StorageError("disk_full", "The disk is full.", remedy="Make room.")

    desk.blobs.writer = full  # type: ignore[method-assign, assignment]
    with pytest.raises(StorageError, match="full"):
        desk.session().play_turn(TURN)


def test_a_recogniser_that_fails_leaves_the_take_recorded() -> None:
    desk = FakeDesk()
    session = desk.session()
    take = session.play_turn(TURN)
    desk.transcriber.fault = ModelError("model_broken", "The weights are broken.", remedy="Fetch them again.")
    with pytest.raises(ModelError):
        session.judge(take)
    [kept] = desk.store.get(session.attempt.id).takes
    assert kept.state is TakeState.RECORDED
    assert len(desk.blobs.keys()) == 1


def test_a_correction_is_judged_and_the_machines_words_stay_beside_it() -> None:
    desk = FakeDesk(script=[POOR])
    session = desk.session()
    take = session.judge(session.play_turn(TURN))
    corrected = session.judge(take, said=GOOD)
    assert corrected.transcript is not None
    assert corrected.machine_transcript is not None
    assert (corrected.transcript.text, corrected.transcript.source) == (GOOD, TranscriptSource.CORRECTED)
    assert corrected.machine_transcript.text == POOR
    assert corrected.transcript.reliability == 1.0
    assert corrected.score is not None
    assert take.score is not None
    assert (corrected.score.listening_points or 0) > (take.score.listening_points or 0)
    assert len(desk.transcriber.heard) == 1


def test_an_unreliable_transcript_is_not_judged_until_it_is_corrected() -> None:
    desk = FakeDesk()
    desk.transcriber.reliability = 0.1
    session = desk.session()
    take = session.judge(session.play_turn(TURN))
    assert take.score is not None
    assert take.score.listening_points is None
    assert take.listening is None
    corrected = session.judge(take, said=GOOD)
    assert corrected.score is not None
    assert corrected.score.listening_points is not None


def test_nobody_spoke_is_not_recognised_and_not_scored() -> None:
    desk = FakeDesk(recorder=FakeRecorder(tone(5.0, level_dbfs=-80)))
    session = desk.session()
    take = session.judge(session.play_turn(TURN))
    assert desk.transcriber.heard == []
    assert take.transcript is None
    assert take.score is not None
    assert not take.score.anything_scored


def test_discarding_deletes_the_sound_and_remembers_that_it_did() -> None:
    desk = FakeDesk()
    session = desk.session()
    take = session.judge(session.play_turn(TURN))
    gone = session.discard(take)
    assert desk.blobs.keys() == []
    [kept] = desk.store.get(session.attempt.id).takes
    assert kept == gone
    assert kept.state is TakeState.DISCARDED
    assert kept.transcript is kept.score is kept.delivery is kept.audio_key is None
    assert session.play_turn(TURN).number == 2


def test_listening_plays_the_take_back() -> None:
    desk = FakeDesk()
    session = desk.session()
    take = session.play_turn(TURN)
    session.listen(take)
    assert desk.player is not None
    assert desk.player.played[-1].duration_s == take.duration_s


def test_listening_without_an_output_says_so() -> None:
    desk = FakeDesk(player=None)
    session = desk.session()
    with pytest.raises(AudioDeviceError) as caught:
        session.listen(session.play_turn(TURN))
    assert caught.value.code == "no_output"


def test_the_baseline_of_this_person_on_this_microphone_is_used() -> None:
    desk = FakeDesk()
    when = datetime(2026, 1, 1, tzinfo=UTC)
    desk.store.save_baseline(Baseline("1", "ann", "another microphone", when, VOICE))
    desk.store.save_baseline(Baseline("2", "bob", desk.recorder.device, when, VOICE))
    assert desk.session().play_turn(TURN).baseline is None
    desk.store.save_baseline(Baseline("3", "ann", desk.recorder.device, when, VOICE))
    assert desk.session().play_turn(TURN).baseline == VOICE


def test_the_next_turn_follows_the_reaction() -> None:
    desk = FakeDesk(script=[POOR, GOOD])
    session = desk.session()
    poor = session.judge(session.play_turn(TURN))
    following = session.following(poor)
    assert following is not None
    assert following.id == "threat"
    good = session.judge(session.play_turn(TURN))
    assert good.score is not None
    following = session.following(good)
    assert following is not None
    assert following.id == TURN.following(good.score.reaction)


def test_a_call_that_goes_round_ends() -> None:
    """Two turns that lead to each other: at best eight turns are heard, however the replies land."""
    other = dict.fromkeys(Reaction, "b")
    back = dict.fromkeys(Reaction, "a")
    turns = (
        replace(TURN, id="a", then=tuple(other.items())),
        Turn("b", "And again?", then=tuple(back.items())),
    )
    call = Scenario(**{**{f: getattr(CALL, f) for f in CALL.__slots__}, "turns": turns})
    desk = FakeDesk()
    session = desk.session(call)
    turn: Turn | None = call.opening
    heard = 0
    while turn is not None and heard < 20:
        desk.clock.advance(30)
        take = session.judge(session.play_turn(turn))
        heard += 1
        turn = session.following(take)
    assert heard == TURNS_MAX


def test_facts_given_back_in_an_earlier_turn_are_carried() -> None:
    desk = FakeDesk()
    session = desk.session()
    take = session.judge(session.play_turn(TURN))
    later = session.play_turn(CALL.turns[1])
    carried = given_back(session.attempt, before=later)
    assert take.listening is not None
    assert carried
    assert carried <= {fact.id for fact in TURN.facts}
    assert given_back(session.attempt, before=take) == frozenset()


def test_the_same_recording_gets_the_same_score_again() -> None:
    desk = FakeDesk()
    session = desk.session()
    take = session.judge(session.play_turn(TURN))
    again = rescore(session.attempt, engines=desk.engines, store=desk.store, blobs=desk.blobs)
    assert again.takes[0].score == take.score
    found = take.score and take.score.criterion(Criterion.PARAPHRASE)
    assert found
    assert found.points is not None


def test_the_customer_can_be_heard_first_and_the_feeling_named() -> None:
    desk = FakeDesk()
    session = desk.session()
    turn = session.attempt.scenario.opening
    session.hear(turn)
    heard = [event for event in desk.events if isinstance(event, events.CustomerSpeaking)]
    feeling = NamedFeeling("cross", FeelingMatch.NEAR, "frustrated")
    take = session.judge(session.play_turn(turn, heard=True, feeling=feeling))
    assert [event for event in desk.events if isinstance(event, events.CustomerSpeaking)] == heard
    assert len(heard) == 1
    assert take.feeling == feeling
    assert take.customer_end_s is None  # the gap before the reply is not one
    assert desk.store.get(session.attempt.id).takes[0].feeling == feeling
    plain = FakeDesk()
    without = plain.session()
    judged = without.judge(without.play_turn(turn, heard=True))
    assert judged.score == take.score
