"""Results on the site: the page of a reply, the list of calls, progress, disputes, deletion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import PAGE, Site, site
from voice_trainer.practice.drill import DRILLS
from voice_trainer.testing.audio import tone

CALL = "late-coffee-machine"
SPEECH = tone(2.0).samples


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as started:
        started.agree()
        yield started


def judged(here: Site) -> str:
    """The address of a judged take."""
    told = here.record(SPEECH, call=CALL)
    here.judge(told["attempt"], told["take"])
    return f"/attempts/{told['attempt']}/takes/{told['take']}"


def test_the_page_shows_the_judgement_with_its_evidence(here: Site) -> None:
    place = judged(here)
    page = here.client.get(place, headers=PAGE)
    assert page.status_code == 200
    for expected in ("What worked", "Change one thing", "What came back to the customer", "Points and why"):
        assert expected in page.text
    assert f'src="/api{place}/sound"' in page.text
    assert "data-at=" in page.text
    assert here.client.get(place.rsplit("/takes", 1)[0], headers=PAGE).url.path == place


def test_what_the_page_needs_is_served(here: Site) -> None:
    page = here.client.get(judged(here), headers=PAGE).text
    wanted = [piece.split('"')[0] for piece in page.split('="') if piece.startswith("/static/")]
    assert len(wanted) >= 4
    assert {here.client.get(one).status_code for one in wanted} == {200}


def test_before_it_is_judged_the_page_says_so(here: Site) -> None:
    told = here.record(SPEECH, call=CALL)
    page = here.client.get(f"/attempts/{told['attempt']}/takes/{told['take']}", headers=PAGE)
    assert page.status_code == 200
    assert "not scored" in page.text


def test_two_takes_stand_side_by_side(here: Site) -> None:
    first = judged(here)
    attempt = first.split("/")[2]
    told = here.record(SPEECH, call=CALL, attempt=attempt, turn="opening")
    here.judge(attempt, told["take"])
    page = here.client.get(first, params={"beside": told["take"]}, headers=PAGE).text
    assert page.count('<article class="panel"') == 2
    assert 'id="in-step"' in page
    assert 'id="in-step"' not in here.client.get(first, headers=PAGE).text
    assert here.client.get(first, params={"beside": "nothing"}, headers=PAGE).status_code == 404


def test_a_file_to_hand_on_holds_everything(here: Site) -> None:
    answer = here.client.get(f"{judged(here)}/page")
    assert "attachment" in answer.headers["content-disposition"]
    assert "base64," in answer.text
    assert "/static/" not in answer.text


def test_words_are_corrected_without_script_too(here: Site) -> None:
    place = judged(here)
    page = here.client.post(f"{place}/words", data={"said": "That must be hard."}, headers=PAGE)
    assert page.url.path == place
    assert "being judged" in page.text
    here.judge(*place.split("/")[2::2])
    after = here.client.get(place, headers=PAGE).text
    assert "being judged" not in after
    assert "That must be hard." in after


def test_a_dispute_is_kept_and_shown(here: Site) -> None:
    place = judged(here)
    sent = {"item": "paraphrase", "text": "I said <b>three</b> weeks."}
    after = here.client.post(f"{place}/disputes", data=sent)
    assert after.status_code == 200
    assert "I said &lt;b&gt;three&lt;/b&gt; weeks." in after.text
    [kept] = here.house.reviews.review(place.split("/")[2]).disputes
    assert (kept.item, kept.author) == ("paraphrase", "jane")
    assert here.client.post(f"{place}/disputes", data={"item": "hair", "text": "x"}).status_code == 422


def test_the_list_and_deletion(here: Site) -> None:
    assert "Nothing is here yet" in here.client.get("/attempts", headers=PAGE).text
    first, second = judged(here), judged(here)
    assert here.client.get("/attempts", headers=PAGE).text.count("<tr>") == 3
    gone = here.client.post(f"{first.rsplit('/takes', 1)[0]}/delete", headers=PAGE)
    assert gone.text.count("<tr>") == 2
    assert here.client.get(first, headers=PAGE).status_code == 404
    unsure = here.client.post("/attempts/delete", data={"words": "yes"}, headers=PAGE)
    assert unsure.status_code == 422
    assert here.client.get(second, headers=PAGE).status_code == 200
    here.client.post("/attempts/delete", data={"words": "Delete all"}, headers=PAGE)
    assert here.client.get(second, headers=PAGE).status_code == 404
    assert here.house.blobs.keys() == []


def test_progress_claims_nothing_before_three_takes(here: Site) -> None:
    assert "No take was judged yet" in here.client.get("/progress", headers=PAGE).text
    judged(here)
    page = here.client.get("/progress", headers=PAGE).text
    assert "Paraphrase" in page
    assert "1 call and 0 drills" in page


def test_progress_offers_drills_and_says_what_is_kept(here: Site) -> None:
    page = here.client.get("/progress", headers=PAGE).text
    assert page.count('href="/drills/') == len(DRILLS)
    assert page.count("due next") == 1
    assert "deleted 30 days after" in page


def test_check_ins_are_told_paired_and_deleted(here: Site) -> None:
    for moment, stress in (("before", 4), ("after", 2)):
        sent = {"moment": moment, "stress": stress, "confidence": 3}
        page = here.client.post("/progress/check-ins", data=sent, headers=PAGE).text
    assert "Stress: on average 4.0 before, 2.0 after (1 session)." in page
    before, after = here.house.growth.check_ins("jane")
    assert before.session == after.session
    wrong = {"moment": "before", "stress": 9, "confidence": 3}
    assert here.client.post("/progress/check-ins", data=wrong, headers=PAGE).status_code == 422
    page = here.client.post("/progress/check-ins/delete", headers=PAGE).text
    assert "on average" not in page
    assert here.house.growth.check_ins("jane") == []
