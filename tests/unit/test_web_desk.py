"""The coach's desk on one machine: import, queue, comments, points, answers, agreement."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.site import PAGE, Site, site
from voice_trainer.testing.audio import tone
from voice_trainer.web.routers import desk

CALL = "late-coffee-machine"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as started:
        started.agree()
        yield started


def wav(duration_s: float = 2.0) -> bytes:
    file = io.BytesIO()
    sound = tone(duration_s)
    soundfile.write(file, sound.samples, sound.rate_hz, format="WAV", subtype="PCM_16")
    return file.getvalue()


def take_of(here: Site) -> str:
    """A judged reply, as the desk names it."""
    told = here.record(tone(2.0).samples, call=CALL)
    here.judge(told["attempt"], told["take"])
    return f"/desk/{told['attempt']}/takes/{told['take']}"


def test_recordings_are_taken_over_and_judged(here: Site) -> None:
    files = [("recordings", (name, wav())) for name in ("../../etc/one.wav", "two.wav")]
    files.append(("recordings", ("notes.wav", b"no sound at all")))
    page = here.client.post("/desk/import", data={"call": CALL, "person": "Ben"}, files=files, headers=PAGE)
    assert page.status_code == 200
    assert "2 recordings were taken over" in page.text
    assert "<strong>notes.wav</strong>" in page.text
    lines = here.house.store.summaries(person="Ben", limit=10)
    assert len(lines) == 2
    for line in lines:
        here.judge(line.id, "opening-1")
        assert here.house.store.get(line.id).takes[0].score is not None
    kept = here.house.blobs.keys()
    assert {key.split("/")[0] for key in kept} == {line.id for line in lines}
    assert here.client.get("/desk", headers=PAGE).text.count("Ben<br>") == 2


def test_what_is_too_large_or_nothing_is_refused(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = here.client.post("/desk/import", data={"call": CALL}, files={"other": ("a.wav", b"x")})
    assert empty.json()["error"]["code"] == "nothing_uploaded"
    monkeypatch.setattr(desk, "UPLOAD_MAX_BYTES", -(1 << 20) + 10)
    large = here.client.post("/desk/import", data={"call": CALL}, files={"recordings": ("a.wav", wav())})
    assert large.json()["error"]["code"] == "upload_too_large"
    assert here.house.blobs.keys() == []


def test_too_many_parts_are_refused(here: Site) -> None:
    many = [("recordings", (f"{n}.wav", b"x")) for n in range(desk.FILES_MAX + 1)]
    answer = here.client.post("/desk/import", data={"call": CALL}, files=many)
    assert answer.status_code in (400, 413, 422)
    assert here.house.blobs.keys() == []


def test_a_comment_at_a_moment(here: Site) -> None:
    place = take_of(here)
    page = here.client.post(f"{place}/comments", data={"text": "Well <i>done</i>", "start_s": "0:01"})
    assert "Well &lt;i&gt;done&lt;/i&gt;" in page.text
    assert "at 0:01" in page.text
    outside = here.client.post(f"{place}/comments", data={"text": "x", "start_s": "99"})
    assert outside.json()["error"]["code"] == "moment_outside"
    backwards = here.client.post(f"{place}/comments", data={"text": "x", "start_s": "1", "end_s": "0.5"})
    assert backwards.json()["error"]["code"] == "comment_unclear"


def test_points_beside_the_machines_and_their_agreement(here: Site) -> None:
    assert "No coach has given points" in here.client.get("/desk/agreement", headers=PAGE).text
    place = take_of(here)
    mine = {"criterion": "paraphrase", "points": "40", "reason": "The feeling was missing."}
    page = here.client.post(f"{place}/overrides", data=mine)
    attempt = place.split("/")[2]
    [kept] = here.house.reviews.review(attempt).overrides
    [take] = here.house.store.get(attempt).takes
    assert take.score is not None
    machine = {one.criterion: one.points for one in take.score.criteria}
    assert (kept.points, kept.machine_points) == (40, machine[kept.criterion])
    assert f"the machine gave {kept.machine_points}" in page.text
    agreed = here.client.get("/desk/agreement", headers=PAGE).text
    assert "Paraphrase" in agreed
    assert "too few pairs" in agreed
    assert "looked at" in here.client.get("/desk", headers=PAGE).text
    wrong = here.client.post(f"{place}/overrides", data={**mine, "criterion": "hair"})
    assert wrong.json()["error"]["code"] == "override_unclear"
    assert here.client.post(f"{place}/overrides", data={**mine, "points": "101"}).status_code == 422


def test_a_dispute_comes_first_and_an_answer_settles_it(here: Site) -> None:
    take_of(here)
    place = take_of(here)
    theirs = place.replace("/desk/", "/attempts/")
    here.client.post(f"{theirs}/disputes", data={"item": "paraphrase", "text": "I did say it."})
    queue = here.client.get("/desk", headers=PAGE).text
    assert queue.index("1 dispute") < queue.index("/desk/", queue.index("1 dispute"))
    assert place in queue[: queue.index("</tr>", queue.index("1 dispute"))]
    [dispute] = here.house.reviews.review(place.split("/")[2]).open_disputes
    settled = here.client.post(f"{place}/answers", data={"dispute_id": dispute.id, "text": "You are right."})
    assert "You are right." in settled.text
    assert "1 dispute" not in here.client.get("/desk", headers=PAGE).text
    missing = here.client.post(f"{place}/answers", data={"dispute_id": "none", "text": "x"})
    assert missing.json()["error"]["code"] == "answer_unclear"


def test_what_one_wrote_oneself_can_be_taken_back(here: Site) -> None:
    place = take_of(here)
    here.client.post(f"{place}/comments", data={"text": "Too harsh."})
    attempt = place.split("/")[2]
    [comment] = here.house.reviews.review(attempt).comments
    page = here.client.post(f"{place}/remarks/{comment.id}/delete")
    assert "Too harsh." not in page.text
    assert here.house.reviews.review(attempt).remarks == ()
