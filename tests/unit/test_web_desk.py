"""The coach's desk: the queue, bringing recordings in, remarks beside the machine's scores, what goes out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.site import PAGE, Site, site
from voice_trainer.adapters.soundfile import encode
from voice_trainer.domain.review import Dispute
from voice_trainer.domain.waveform import Waveform
from voice_trainer.exports.bundle import read_bundle
from voice_trainer.testing.audio import tone
from voice_trainer.web import uploads

CALL = "late-coffee-machine"
SPEECH = tone(2.0)
FORM = {"person": "ann", "call": CALL, "agreed": "yes", "side": ""}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as started:
        started.agree()
        yield started


def send(here: Site, *files: tuple[str, bytes], **form: str) -> Any:
    sent = [("recordings", (name, io.BytesIO(content), "audio/wav")) for name, content in files]
    return here.client.post("/desk/import", data={**FORM, **form}, files=sent or None, headers=PAGE)


def judged(here: Site) -> tuple[str, str]:
    told = here.record(SPEECH.samples, call=CALL)
    here.judge(told["attempt"], told["take"])
    return told["attempt"], told["take"]


def newest(here: Site, person: str = "ann") -> Any:
    [line] = here.house.store.summaries(person=person)
    return here.house.store.get(line.id)


@pytest.mark.parametrize("format", ["WAV", "FLAC", "OGG"])
def test_a_recording_is_brought_in_and_judged(here: Site, format: str) -> None:  # noqa: A002
    answer = send(here, (f"../../etc/{format}.wav", encode(SPEECH, format)))
    assert answer.status_code == 200, answer.text
    assert "being judged" in answer.text
    attempt = newest(here)
    [take] = attempt.takes
    assert attempt.imported_from == f"{format}.wav"
    assert take.duration_s == pytest.approx(2.0, abs=0.05)
    kept = here.house.blobs.read(take.audio_key)
    assert len(kept.samples) == pytest.approx(len(SPEECH.samples), abs=800)
    here.judge(attempt.id, take.id)
    page = here.client.get(f"/desk/{attempt.id}", headers=PAGE)
    assert page.url.path == f"/desk/{attempt.id}/takes/{take.id}"
    assert "from " + attempt.imported_from in page.text


def test_a_recording_may_answer_any_turn_of_a_call(here: Site) -> None:
    call = next(one for one in here.house.library.all() if len(one.turns) > 1)
    assert f'value="{call.id}#{call.turns[-1].id}"' in here.client.get("/desk", headers=PAGE).text
    answer = send(here, ("late.wav", encode(SPEECH, "WAV")), call=f"{call.id}#{call.turns[-1].id}")
    assert answer.status_code == 200, answer.text
    assert newest(here).takes[0].turn_id == call.turns[-1].id
    wrong = send(here, ("late.wav", encode(SPEECH, "WAV")), call=f"{call.id}#nowhere")
    assert wrong.status_code == 422
    assert "has no turn" in wrong.text


def test_the_queue_is_read_by_programs_too(here: Site) -> None:
    send(here, ("one.wav", encode(SPEECH, "WAV")))
    attempt = newest(here)
    here.judge(attempt.id, attempt.takes[0].id)
    [line] = here.client.get("/api/desk").json()
    assert (line["attempt"], line["person"], line["done"]) == (attempt.id, "ann", False)
    assert line["takes"] == [attempt.takes[0].id]


@pytest.mark.parametrize(
    "name", ["../../escape.wav", "C:\\Windows\\evil.wav", "a\x00b.wav", "con", "..", "/"]
)
def test_names_never_become_paths(here: Site, tmp_path: Path, name: str) -> None:
    before = {path.name for path in tmp_path.parent.iterdir()}
    send(here, (name.replace("\x00", "%00"), encode(SPEECH, "WAV")))
    attempt = newest(here)
    assert attempt.takes[0].audio_key == f"{attempt.id}/opening-1"
    assert "/" not in attempt.imported_from
    assert "\\" not in attempt.imported_from
    assert {path.name for path in tmp_path.parent.iterdir()} == before


def test_what_is_no_sound_costs_the_others_nothing(here: Site) -> None:
    answer = send(
        here, ("notes.wav", b"These are words."), ("good.wav", encode(SPEECH, "WAV")), ("empty.wav", b"")
    )
    assert answer.status_code == 200
    assert "notes.wav holds text, not sound" in answer.text
    assert "empty.wav is empty" in answer.text
    assert "/tmp" not in answer.text
    assert newest(here).imported_from == "good.wav"


def test_a_file_that_is_too_long_or_lies_about_itself_is_refused(tmp_path: Path) -> None:
    with site(tmp_path, longest_file_s=5.0) as here:
        lying = bytearray(encode(SPEECH, "WAV"))
        lying[24:28] = (2**31 - 1).to_bytes(4, "little")  # samples a second
        answer = send(here, ("long.wav", encode(tone(6.0), "WAV")), ("lying.wav", bytes(lying)))
        assert answer.status_code == 422
        assert "long.wav" in answer.text
        assert "claims 2147483647 samples" in answer.text
        assert here.house.store.summaries() == []
        assert here.house.blobs.keys() == []


def test_size_is_checked_before_reading(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = encode(SPEECH, "WAV")
    monkeypatch.setattr(uploads, "FILE_MAX_BYTES", 1000)
    assert "larger than" in send(here, ("a.wav", sound)).text
    monkeypatch.setattr(uploads, "UPLOAD_MAX_BYTES", 1000)
    assert send(here, ("a.wav", sound)).status_code == 413

    def chunks() -> Iterator[bytes]:
        yield b"x"

    unsaid = here.client.post("/desk/import", content=chunks(), headers=PAGE)
    assert unsaid.status_code == 422
    assert "does not say how long" in unsaid.text
    assert here.house.store.summaries() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreed": ""}, "agreed to be recorded"),
        ({"person": ""}, "no name of a person"),
        ({"person": "x" * 65}, "no name of a person"),
        ({"side": "middle"}, "no side"),
        ({"call": "../../etc/passwd"}, "passwd"),
    ],
)
def test_what_is_missing_is_said(here: Site, wrong: dict[str, str], said: str) -> None:
    answer = send(here, ("a.wav", encode(SPEECH, "WAV")), **wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert here.house.store.summaries() == []


def test_nothing_chosen_is_said(here: Site) -> None:
    answer = here.client.post("/desk/import", data=FORM, headers=PAGE)
    assert (answer.status_code, "No file was chosen" in answer.text) == (422, True)


def test_another_page_may_not_post(here: Site) -> None:
    answer = here.client.post("/desk/import", data=FORM, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403


def test_a_side_of_two_is_taken(here: Site) -> None:
    import numpy as np
    import soundfile

    both = np.stack([SPEECH.samples, tone(2.0, hz=900).samples * 0.5], axis=1)
    buffer = io.BytesIO()
    soundfile.write(buffer, both, SPEECH.rate_hz, format="WAV")
    assert "two different voices" in send(here, ("call.wav", buffer.getvalue())).text
    assert send(here, ("call.wav", buffer.getvalue()), side="left").status_code == 200
    kept = here.house.blobs.read(newest(here).takes[0].audio_key)
    assert np.corrcoef(kept.samples, SPEECH.samples)[0, 1] > 0.99


def test_an_exported_attempt_travels_there_and_back(here: Site, tmp_path: Path) -> None:
    attempt, take = judged(here)
    here.client.post(
        f"/desk/{attempt}/takes/{take}/comments", data={"text": "Warmer here.", "start_s": "0.5"}
    )
    sent = here.client.get(f"/desk/{attempt}/bundle")
    assert [one.text for one in read_bundle(sent.content).review.comments] == ["Warmer here."]
    with site(tmp_path / "other") as there:
        answer = send(there, (f"{attempt}.vtattempt", sent.content))
        assert "taken over" in answer.text
        assert "Warmer here." in there.client.get(f"/desk/{attempt}/takes/{take}", headers=PAGE).text
        assert send(there, ("again.vtattempt", sent.content)).status_code == 422
        assert "not a whole" in send(there, ("broken.vtattempt", sent.content[:-200])).text


def test_the_queue_puts_what_is_disputed_first(here: Site) -> None:
    assert "Nothing lies here yet" in here.client.get("/desk", headers=PAGE).text
    first, take = judged(here)
    second, _ = judged(here)
    now = datetime.now(UTC)
    here.house.reviews.add(first, Dispute("d1", take, "jane", now, "paraphrase", "I did say Tuesday."))
    page = here.client.get("/desk", headers=PAGE).text
    assert page.index(f"/desk/{first}") < page.index(f"/desk/{second}")
    assert "1 dispute<" in page
    after = here.client.get(f"/desk/{first}/next", headers=PAGE).url.path
    assert after.startswith(f"/desk/{second}/takes/")
    assert here.client.get(f"/desk/{second}/next", headers=PAGE).url.path == "/desk"
    before = here.client.get(f"/desk/{second}/next", params={"back": "true"}, headers=PAGE).url.path
    assert before.startswith(f"/desk/{first}/takes/")
    here.client.post(f"/desk/{first}/takes/{take}/answers", data={"dispute_id": "d1", "text": "You did."})
    page = here.client.get("/desk", headers=PAGE).text
    assert page.index(f"/desk/{second}") < page.index(f"/desk/{first}")
    assert "looked at" in page


def test_a_comment_is_shown_as_text_and_taken_back_by_its_author_alone(here: Site) -> None:
    attempt, take = judged(here)
    place = f"/desk/{attempt}/takes/{take}"
    sent = {"text": "<b>Slower</b>", "start_s": "0.5", "end_s": "1.2"}
    page = here.client.post(f"{place}/comments", data=sent, headers=PAGE)
    assert "&lt;b&gt;Slower&lt;/b&gt;" in page.text
    assert 'data-at="0.50"' in page.text
    [said] = here.house.reviews.review(attempt).comments
    assert (said.start_s, said.end_s, said.author) == (0.5, 1.2, "jane")
    from dataclasses import replace

    here.house.reviews.add(attempt, replace(said, id="other", author="somebody"))
    for one in ("other", said.id):
        here.client.post(f"{place}/remarks/{one}/delete")
    assert [one.id for one in here.house.reviews.review(attempt).comments] == ["other"]


@pytest.mark.parametrize(
    "span",
    [{"start_s": "5"}, {"end_s": "1"}, {"start_s": "1", "end_s": "1"}, {"start_s": "nan"}, {"start_s": "-1"}],
)
def test_a_span_lies_in_the_take(here: Site, span: dict[str, str]) -> None:
    attempt, take = judged(here)
    answer = here.client.post(f"/desk/{attempt}/takes/{take}/comments", data={"text": "There.", **span})
    assert answer.status_code == 422
    assert here.house.reviews.review(attempt).remarks == ()


def test_an_override_leaves_the_machines_points_where_they_are(here: Site) -> None:
    attempt, take = judged(here)
    place = f"/desk/{attempt}/takes/{take}"
    before = here.house.store.get(attempt).takes[0].score
    assert before is not None
    machine = next(one for one in before.criteria if one.points is not None)
    given = 5 if machine.points != 5 else 6
    sent = {"criterion": machine.criterion.value, "points": str(given), "reason": "It was read aloud."}
    page = here.client.post(f"{place}/overrides", data=sent, headers=PAGE)
    assert f"jane: {given}" in page.text
    assert f"had given {machine.points}" in page.text
    assert f"{machine.points} · {machine.band}" in page.text
    assert here.house.store.get(attempt).takes[0].score == before
    [kept] = here.house.reviews.overrides()
    assert (kept.points, kept.machine_points) == (given, machine.points)
    assert here.client.post(f"{place}/overrides", data={**sent, "points": "101"}).status_code == 422
    assert here.client.post(f"{place}/overrides", data={**sent, "reason": "  "}).status_code == 422
    assert here.client.post(f"{place}/overrides", data={**sent, "criterion": "hair"}).status_code == 422


def test_agreement_counts_the_same_take_of_different_calls(here: Site) -> None:
    assert "No coach has given points" in here.client.get("/desk/agreement", headers=PAGE).text
    for _ in range(2):
        attempt, take = judged(here)
        sent = {"criterion": "order", "points": "90", "reason": "In order."}
        here.client.post(f"/desk/{attempt}/takes/{take}/overrides", data=sent)
        here.client.post(f"/desk/{attempt}/takes/{take}/overrides", data={**sent, "points": "50"})
    overrides = here.house.reviews.overrides()
    assert [one.points for one in overrides] == [50, 50]  # two takes called opening-1, the newest points each
    page = here.client.get("/desk/agreement", headers=PAGE).text
    assert ("<td>2</td>" in page) is (overrides[0].machine_points is not None)


def test_two_takes_are_compared(here: Site) -> None:
    attempt, take = judged(here)
    told = here.record(SPEECH.samples, call=CALL, attempt=attempt, turn="opening")
    here.judge(attempt, told["take"])
    page = here.client.get(
        f"/desk/{attempt}/takes/{take}", params={"beside": told["take"]}, headers=PAGE
    ).text
    assert page.count("<audio") == 2
    assert "Compared with" in page
    assert "+0" in page


def test_the_page_that_goes_out_needs_nothing_else(here: Site) -> None:
    attempt, take = judged(here)
    here.client.post(f"/desk/{attempt}/takes/{take}/comments", data={"text": "A warm start.", "start_s": "0"})
    answer = here.client.get(f"/desk/{attempt}/page")
    assert "attachment" in answer.headers["content-disposition"]
    assert "base64," in answer.text
    assert "A warm start." in answer.text
    assert "/static/" not in answer.text


def test_deletion_takes_sound_scores_and_remarks(here: Site) -> None:
    attempt, take = judged(here)
    here.client.post(f"/desk/{attempt}/takes/{take}/comments", data={"text": "Fine."})
    assert here.client.post(f"/desk/{attempt}/delete", headers=PAGE).url.path == "/desk"
    assert here.client.get(f"/desk/{attempt}", headers=PAGE).status_code == 404
    assert here.house.reviews.review(attempt).remarks == ()
    assert here.house.blobs.keys() == []


def test_a_take_that_waits_says_so(here: Site) -> None:
    send(here, ("a.wav", encode(Waveform(SPEECH.samples, SPEECH.rate_hz), "WAV")))
    attempt = newest(here)
    page = here.client.get(f"/desk/{attempt.id}", headers=PAGE).text
    assert "is being judged" in page
    assert "not scored" in page
    assert "1 recording is being judged" in here.client.get("/desk", headers=PAGE).text


def test_too_many_parts_are_refused(here: Site) -> None:
    many = [(f"{number}.wav", b"x") for number in range(uploads.FILES_MAX + 1)]
    assert send(here, *many).status_code == 400
    assert here.house.blobs.keys() == []


def test_a_moment_may_be_given_in_minutes(here: Site) -> None:
    attempt, take = judged(here)
    place = f"/desk/{attempt}/takes/{take}"
    page = here.client.post(f"{place}/comments", data={"text": "Well done", "start_s": "0:01"})
    assert 'data-at="1.00"' in page.text
    outside = here.client.post(f"{place}/comments", data={"text": "x", "start_s": "99"})
    assert outside.json()["error"]["code"] == "moment_outside"
    backwards = here.client.post(f"{place}/comments", data={"text": "x", "start_s": "1", "end_s": "0.5"})
    assert backwards.json()["error"]["code"] == "comment_unclear"


def test_what_is_not_there_cannot_be_answered(here: Site) -> None:
    attempt, take = judged(here)
    sent = {"dispute_id": "none", "text": "x"}
    missing = here.client.post(f"/desk/{attempt}/takes/{take}/answers", data=sent)
    assert missing.json()["error"]["code"] == "answer_unclear"


def test_what_an_agent_disputes_on_the_result_lies_on_the_desk(here: Site) -> None:
    attempt, take = judged(here)
    said = {"item": "paraphrase", "text": "I did say it."}
    here.client.post(f"/attempts/{attempt}/takes/{take}/disputes", data=said)
    assert "I did say it." in here.client.get(f"/desk/{attempt}", headers=PAGE).text
    assert "1 dispute<" in here.client.get("/desk", headers=PAGE).text
