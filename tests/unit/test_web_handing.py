"""What an agent is asked for, handing in, and what the machine gave up, as pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.unit.test_store_contract import take
from tests.unit.test_web_team import Server, furnish, furnished, server  # noqa: F401 - fixtures
from voice_trainer.domain.assignment import Assignment, Goal
from voice_trainer.domain.judging import Fault, JobState
from voice_trainer.domain.score import Criterion

CALL = "late-coffee-machine"


def assign(server: Server, name: str, days: int, person: str | None, **what: object) -> None:  # noqa: F811
    now = server.house.clock.now()
    due = (now + timedelta(days=days)).date()
    server.house.training.assign(Assignment(name, "north", "coach", now, due, person, **what))  # type: ignore[arg-type]


def test_what_is_asked_for_comes_first_and_overdue_is_said(server: Server) -> None:  # noqa: F811
    assert "Your coach asks for" not in server.browser("agent").get("/").text
    assign(server, "late", -2, "agent", drill=Criterion.PACE, note="<b>soon</b>")
    assign(server, "soon", 3, None, scenario_id=CALL, goal=Goal(Criterion.ORDER, 70))
    assign(server, "others", 1, "colleague", scenario_id="wrong-size-twice")
    page = server.browser("agent").get("/").text
    assert page.index("Your coach asks for") < page.index("Show</button>")
    asked = page.partition('id="assigned"')[2].partition("</section>")[0]
    assert "1 is overdue." in asked
    assert asked.index("2 days late") < asked.index(f"/calls/{CALL}")
    assert "goal: order 70" in asked
    assert "&lt;b&gt;soon" in asked
    assert "wrong-size-twice" not in asked
    assert "Your coach asks for" not in server.browser("stranger").get("/").text
    assert "Your coach asks for" not in server.browser("coach").get("/").text


def parked(server: Server) -> None:  # noqa: F811
    job = server.house.queue.submit("agent-draft", take("t1"), rubric="1")
    server.house.queue.begin(job.key)
    server.house.queue.put_off(job.key, Fault("odd", "Its sound is <odd>.", "Look."), delay_s=None)


def test_an_admin_sees_why_and_tries_again(server: Server) -> None:  # noqa: F811
    admin = server.browser("admin")
    assert "Nothing was given up." in admin.get("/jobs").text
    parked(server)
    page = admin.get("/jobs").text
    assert "Its sound is &lt;odd&gt;." in page
    assert "Agent" not in page  # ids, not people
    form = {"attempt_id": "agent-draft", "take_id": "t1", "rubric": "1", "revision": "1"}
    assert admin.post("/jobs/retry", data=form).status_code == 303
    assert server.house.queue.health().counts[JobState.WAITING] == 1
    twice = admin.post("/jobs/retry", data=form)
    assert (twice.status_code, "not parked" in twice.text) == (422, True)


def test_all_are_tried_again_at_once(server: Server) -> None:  # noqa: F811
    parked(server)
    assert server.browser("admin").post("/jobs/retry-all").status_code == 303
    counts = server.house.queue.health().counts
    assert (counts[JobState.WAITING], counts[JobState.PARKED]) == (1, 0)


def test_a_machine_without_accounts_has_no_assignments(tmp_path: Path) -> None:
    from tests.site import PAGE, site

    furnish(tmp_path)
    with site(tmp_path) as one:
        assert "Your coach asks for" not in one.client.get("/", headers=PAGE).text
