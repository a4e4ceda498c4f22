"""Practising on the site: the list of calls, consent, the customer's voice, results, attempts as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site import PAGE, Site, site
from voice_trainer.domain.call import follow_call
from voice_trainer.domain.score import Criterion
from voice_trainer.practice.customer import sentence_to_try
from voice_trainer.testing.audio import tone

CALL = "late-coffee-machine"
SPEECH = tone(2.0).samples


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as started:
        started.agree()
        yield started


def stages(here: Site, attempt: str, take: str) -> list[dict[str, Any]]:
    answer = here.client.get(f"/api/attempts/{attempt}/takes/{take}/stages")
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]


def test_calls_are_listed_with_todays_and_narrowed(here: Site) -> None:
    page = here.client.get("/", headers=PAGE).text
    assert "Take this call" in page
    assert page.count('<li class="card">') == len(here.client.get("/api/calls").json())
    sales = here.client.get("/", params={"kind": "sales", "difficulty": "1"}, headers=PAGE).text
    known = here.client.get("/api/calls").json()
    expected = [call for call in known if call["kind"] == "sales" and call["difficulty"] == 1]
    assert sales.count('<li class="card">') == len(expected)
    assert "0 calls" in here.client.get("/", params={"words": "zebra"}, headers=PAGE).text


def test_what_was_typed_into_the_filter_is_shown_as_text(here: Site) -> None:
    page = here.client.get("/", params={"words": '"><script>alert(1)</script>'}, headers=PAGE).text
    assert "<script>alert" not in page


def test_the_page_of_a_call_asks_for_consent_once(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        assert 'data-consented="no"' in here.client.get(f"/calls/{CALL}", headers=PAGE).text
        consent = here.client.get("/api/consent").json()
        assert consent["given_at"] is None
        assert here.client.post("/api/consent", json={"version": "0"}).status_code == 409
        given = here.client.post("/api/consent", json={"version": consent["version"]})
        assert given.status_code == 201
        assert given.json()["given_at"] is not None
        assert 'data-consented="yes"' in here.client.get(f"/calls/{CALL}", headers=PAGE).text


@pytest.mark.parametrize("name", ["nowhere", "..%2f..%2fpyproject.toml", "%2fetc%2fpasswd"])
def test_a_call_is_found_by_its_name_alone(here: Site, name: str) -> None:
    assert here.client.get(f"/api/calls/{name}").status_code == 404


def test_the_customer_speaks_and_says_when_they_have_finished(here: Site) -> None:
    answer = here.client.get(f"/api/calls/{CALL}/voice")
    assert answer.content[:4] == b"RIFF"
    assert float(answer.headers["x-speech-ends-s"]) > 1
    part = here.client.get(f"/api/calls/{CALL}/voice", headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    size = len(answer.content)
    assert part.headers["content-range"] == f"bytes 0-3/{size}"
    beyond = here.client.get(f"/api/calls/{CALL}/voice", headers={"range": f"bytes={size}-"})
    assert beyond.status_code == 416


def test_from_a_reply_to_what_to_take_from_it(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    attempt, take = told["attempt"], told["take"]
    here.judge(attempt, take)
    assert stages(here, attempt, take)[-1] == {"stage": "scored"}
    judged = here.client.get(f"/api/attempts/{attempt}/takes/{take}").json()
    assert judged["score"]["feedback"]["strength"]
    part = here.client.get(f"/parts/attempts/{attempt}/takes/{take}", headers=PAGE).text
    assert "Change one thing" in part
    assert "<html" not in part
    call = here.client.get(f"/api/attempts/{attempt}/call").json()
    assert call["last_take"] == take
    assert 0 <= call["temperature"] <= 100
    assert call["turn"] not in (None, "opening")
    sound = here.client.get(f"/api/attempts/{attempt}/voice/{call['turn']}")
    assert sound.content[:4] == b"RIFF"


def test_the_sentence_to_try_is_spoken_by_another_than_the_customer(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    place = f"/api/attempts/{told['attempt']}/takes/{told['take']}/example"
    assert here.client.get(place).status_code == 404  # nothing is judged yet
    here.judge(told["attempt"], told["take"])
    assert here.client.get(place).content[:4] == b"RIFF"
    part = here.client.get(place.replace("/api", "/parts").removesuffix("/example"), headers=PAGE).text
    assert f'data-say="{place}"' in part
    scenario = here.house.store.get(told["attempt"]).scenario
    line = sentence_to_try(scenario, "That must be hard.")
    assert line.voice.gender is not scenario.persona.voice


def test_after_the_last_turn_the_whole_call_is_told_and_closed(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    attempt = told["attempt"]
    here.judge(attempt, told["take"])
    assert not here.house.store.get(attempt).closed
    while turn := here.client.get(f"/api/attempts/{attempt}/call").json()["turn"]:
        told = here.record(SPEECH, attempt=attempt, turn=turn)
        here.judge(attempt, told["take"])
    found = here.house.store.get(attempt)
    assert found.closed
    assert here.house.store.unfinished("jane") == []
    part = here.client.get(f"/parts/attempts/{attempt}/takes/{told['take']}", headers=PAGE).text
    steps = follow_call(found).steps
    assert part.count('<li><span class="badge">') == len(steps) + 1 >= 3
    assert "The call is over." in part
    best = max(range(len(steps)), key=lambda n: steps[n].decisive.score.listening_points)  # type: ignore[union-attr, arg-type, return-value]
    assert f"What worked (turn {best + 1})" in part
    result = here.client.get(f"/attempts/{attempt}", headers=PAGE).text
    assert "Go on with this call" not in result


def test_a_drill_is_one_turn_one_skill_and_again(here: Site) -> None:
    page = here.client.get("/drills/validation", headers=PAGE).text
    assert "Name the feeling" in page
    asked = dict(re.findall(r'data-(call|opening)="([^"]+)"', page))
    voice = here.client.get(f"/api/calls/{asked['call']}/voice", params={"turn": asked["opening"]})
    assert voice.content[:4] == b"RIFF"
    assert here.client.get(f"/api/calls/{asked['call']}/voice?turn=nowhere").status_code == 404
    told = here.record(SPEECH, call=asked["call"], turn=asked["opening"], drill="validation")
    attempt = told["attempt"]
    here.judge(attempt, told["take"])
    kept = here.house.store.get(attempt)
    assert kept.drill is Criterion.VALIDATION
    assert kept.takes[0].turn_id == asked["opening"]
    part = here.client.get(f"/parts/attempts/{attempt}/takes/{told['take']}", headers=PAGE).text
    assert "of 100" in part
    assert "Change one thing" not in part
    again = here.record(SPEECH, attempt=attempt, turn=asked["opening"])
    here.judge(attempt, again["take"])
    part = here.client.get(f"/parts/attempts/{attempt}/takes/{again['take']}", headers=PAGE).text
    assert "(+0)" in part
    result = here.client.get(f"/attempts/{attempt}", headers=PAGE).text
    assert 'href="/drills/validation">Again' in result
    assert "How the customer took it" not in result
    assert here.client.get("/drills/helpfulness", headers=PAGE).status_code == 404


def test_a_judgement_that_fails_says_why(here: Site) -> None:
    from voice_trainer.domain.judging import Fault

    told = here.record(SPEECH, call=CALL)
    job = here.house.queue.latest(told["attempt"], told["take"])
    assert job is not None
    here.house.queue.put_off(job.key, Fault("model_missing", "No weights.", "Fetch them."), delay_s=None)
    [last] = stages(here, told["attempt"], told["take"])
    assert last["fault"]["message"] == "No weights."
    again = here.client.post(f"/api/attempts/{told['attempt']}/takes/{told['take']}/judgement")
    assert again.status_code == 202
    here.judge(told["attempt"], told["take"])
    assert stages(here, told["attempt"], told["take"])[-1] == {"stage": "scored"}


def test_corrected_words_are_judged(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    here.judge(told["attempt"], told["take"])
    words = {"said": "I am sorry about your coffee machine."}
    path = f"/api/attempts/{told['attempt']}/takes/{told['take']}"
    assert here.client.post(f"{path}/words", json=words).status_code == 202
    here.judge(told["attempt"], told["take"])
    assert here.client.get(path).json()["score"]["transcript"]["text"] == words["said"]
    assert here.client.post(f"{path}/words", json={"said": "  "}).status_code == 422


def test_attempts_are_paged_and_deleted(here: Site) -> None:
    ids = [here.record(SPEECH, call=CALL)["attempt"] for _ in range(3)]
    first = here.client.get("/api/attempts", params={"limit": 2}).json()
    rest = here.client.get("/api/attempts", params={"limit": 2, "offset": first["following"]}).json()
    listed = [line["id"] for line in first["attempts"] + rest["attempts"]]
    assert sorted(listed) == sorted(ids)
    assert rest["following"] is None
    assert here.client.delete(f"/api/attempts/{ids[0]}").status_code == 204
    assert here.client.get(f"/api/attempts/{ids[0]}").status_code == 404
    assert not [key for key in here.house.blobs.keys() if key.startswith(ids[0])]  # noqa: SIM118


def test_the_recording_is_heard_until_the_take_is_thrown_away(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    path = f"/api/attempts/{told['attempt']}/takes/{told['take']}"
    assert here.client.get(f"{path}/sound").content[:4] == b"RIFF"
    assert here.client.delete(path).status_code == 204
    assert here.client.get(f"{path}/sound").status_code == 404
    assert here.client.post(f"{path}/judgement").status_code == 409


def test_an_attempt_needs_its_whole_id(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    assert here.client.get(f"/api/attempts/{told['attempt'][:-1]}").status_code == 404


def test_a_call_that_was_broken_off_goes_on(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    page = here.client.get(f"/calls/{CALL}", params={"attempt": told["attempt"]}, headers=PAGE)
    assert f'data-attempt="{told["attempt"]}"' in page.text
