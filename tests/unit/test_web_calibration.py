"""Coaches score blind and change the rubric, as pages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk import GOOD, POOR, FakeDesk
from tests.unit.test_web_team import PASSWORD, Server, furnish
from voice_trainer.domain.account import Account, Role
from voice_trainer.domain.attempt import Attempt
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.scoring.rubric import rubric_text
from voice_trainer.settings import Settings
from voice_trainer.wiring import House


def judged(*script: str) -> Attempt:
    """One attempt of a real judgement."""
    desk = FakeDesk(list(script))
    session = desk.session(person="agent")
    turn = session.upcoming
    assert turn is not None
    session.judge(session.play_turn(turn))
    return desk.store.get(session.attempt.id)


@pytest.fixture(scope="module")
def scored() -> tuple[Attempt, Attempt]:
    return judged(GOOD), judged(POOR)


@pytest.fixture
def server(tmp_path: Path, scored: tuple[Attempt, Attempt]) -> Server:
    furnish(tmp_path)
    house = House(Settings(data_dir=tmp_path))
    coach = house.accounts.account("coach")
    assert coach is not None
    for name in ("second", "third"):
        account = Account(
            name, name, name.title(), frozenset({Role.COACH}), coach.created_at, None, coach.coached
        )
        house.accounts.add_account(account, password_hash=house.reception.hasher.hash(PASSWORD))
    for number, attempt in enumerate(scored):
        house.store.save(replace(attempt, id=f"real{number}"))
        house.training.submit(f"real{number}", at=house.clock.now())
    house.database.close()
    return Server(tmp_path)


def test_points_of_others_are_seen_only_after_ones_own(
    server: Server, scored: tuple[Attempt, Attempt]
) -> None:
    take = scored[0].takes[0]
    path = f"/calibration/real0/{take.id}"
    first, second = server.browser("coach"), server.browser("second")
    machine = {one.criterion.value: one.points for one in take.score.criteria} if take.score else {}
    assert first.post(path, data={"paraphrase": "83", "validation": "41", "pace": ""}).status_code == 303
    page = second.get(path).text
    assert ("<td>83</td>" in page, "<td>41</td>" in page) == (False, False)
    assert f"<td>{machine['paraphrase']}</td>" not in page
    assert second.post(path, data={"pace": "101"}).status_code == 422
    assert second.post(path, data={}).status_code == 422
    assert second.post(path, data={"paraphrase": "37"}).status_code == 303
    page = second.get(path).text
    assert (
        page.index("<td>37</td>")
        < page.index("<td>83</td>")
        < page.index(f"<td>{machine['paraphrase']}</td>")
    )
    again = second.post(path, data={"paraphrase": "83"})
    assert (again.status_code, "seen the others" in again.text) == (422, True)
    assert "Second" not in first.get(path).text  # coaches are numbered, not named
    assert {(s.coach, s.criterion) for s in server.house.training.blind_scores()} == {
        ("coach", Criterion.PARAPHRASE),
        ("coach", Criterion.VALIDATION),
        ("second", Criterion.PARAPHRASE),
    }


def test_the_skill_coaches_disagree_on_is_named_with_an_interval(server: Server) -> None:
    now = server.house.clock.now()
    for number in range(6):
        server.house.store.save(replace(server.house.store.get("real0"), id=f"more{number}"))
        for coach, points in (("coach", 90), ("second", 20 if number < 3 else 90)):
            for criterion, value in ((Criterion.ORDER, points), (Criterion.PACE, 70)):
                score = BlindScore(f"more{number}", "t", criterion, value, coach, now)
                server.house.training.score_blind(score)
    page = server.browser("coach").get("/calibration").text
    assert re.search(r"too little on <strong>order</strong>", page)
    row = page.partition('<th scope="row">order</th>')[2].partition("</tr>")[0]
    assert "<td>6</td>" in row
    assert "50% (19% to 81%)" in row
    assert "missed" in row
    assert "reached" in page.partition('<th scope="row">pace</th>')[2].partition("</tr>")[0]


NEW = (
    rubric_text("1")
    .replace('version = "1"', 'version = "2.north"')
    .replace("numbers.no_paraphrase = 35", "numbers.no_paraphrase = 90")
)


def test_a_rubric_is_tried_put_to_use_and_scored_again(
    server: Server, scored: tuple[Attempt, Attempt]
) -> None:
    coach = server.browser("coach")
    assert "version = &#34;1&#34;" in coach.get("/rubrics").text
    kept = coach.post("/rubrics", data={"text": NEW.replace("\n", "\r\n")})
    assert (kept.status_code, kept.headers.get("location")) == (303, "/rubrics/2.north")
    page = coach.get("/rubrics/2.north").text
    row = page.partition('<th scope="row">order</th>')[2].partition("</tr>")[0]
    assert re.search(r"<td>-\d", row), row
    office = server.house.rubric_office
    before = [take.score for take in server.house.store.get("real1").takes]
    assert (office.current_version(), before[0] == scored[1].takes[0].score) == ("1", True)
    assert coach.post("/rubrics/2.north/live").status_code == 303
    assert office.current_version() == "2.north"
    assert server.house.report_office.rubric_version == "2.north"
    done = coach.post("/rubrics/2.north/rescore").text
    assert "2 takes were scored again." in done
    assert "What it does beside 1" in done
    take = server.house.store.get("real1").takes[0]
    assert take.score is not None
    assert take.score.rubric_version == "2.north"
    old = before[0].criterion(Criterion.ORDER) if before[0] else None
    new = take.score.criterion(Criterion.ORDER)
    assert old is not None
    assert new is not None
    assert (new.points or 0) < (old.points or 0)
    assert "0 takes were scored again." in coach.post("/rubrics/2.north/rescore").text
    assert coach.post("/rubrics/2.north/live").status_code == 422
    assert coach.post("/rubrics", data={"text": NEW}).status_code == 422  # live: it never changes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "version is missing"),
        ("version = [", "cannot be used"),
        ("a = " + "[" * 5000, "cannot be used"),
        (rubric_text("1"), "comes with the program"),
        (NEW.replace("2.north", "<script>"), "small letters"),
        (NEW.replace("numbers.no_paraphrase = 90\n", ""), "order.numbers"),
        (NEW.replace("numbers.no_paraphrase = 90", "numbers.no_paraphrase = nan"), "not finite"),
        (NEW.replace("reliability_min = 0.5", "reliability_min = 5"), "between 0 and 1"),
        (NEW + "#" * 70_000, "longer than"),
    ],
)
def test_a_rubric_that_cannot_be_used_is_not_kept(server: Server, text: str, said: str) -> None:
    answer = server.browser("coach").post("/rubrics", data={"text": text})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "<script>" not in answer.text.partition("<main")[2]
    assert server.house.rubric_office.written() == []


def test_an_unknown_rubric_is_not_there(server: Server) -> None:
    assert server.browser("coach").get("/rubrics/9").status_code == 404
    with pytest.raises(UsageError):
        server.house.rubric_office.go_live("9")
