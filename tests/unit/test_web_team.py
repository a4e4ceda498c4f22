"""The site with accounts: who comes in, who sees which page, and that ids of others are not there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from tests.unit.test_store_contract import attempt, take
from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.settings import Settings
from voice_trainer.web.entrance import within
from voice_trainer.web.team import create_team_app
from voice_trainer.wiring import House

HERE = "http://127.0.0.1:8765"
PAGE = {"accept": "text/html"}
PASSWORD = "four unrelated wet words"


def furnish(folder: Path) -> None:
    """One account of each role, and two agents more, in two teams, each with a draft and a hand-in."""
    house = House(Settings(data_dir=folder))
    now = house.clock.now()
    hashed = house.reception.hasher.hash(PASSWORD)
    for team in ("north", "south"):
        house.accounts.save_team(Team(team, team.title()))
    teams = {"agent": "north", "colleague": "north", "stranger": "south"}
    for name in (*teams, "coach", "hr", "admin"):
        role = Role.AGENT if name in teams else Role(name)
        coached = frozenset({"north"}) if role is Role.COACH else frozenset()
        account = Account(name, name, name.title(), frozenset({role}), now, teams.get(name), coached)
        house.accounts.add_account(account, password_hash=hashed)
    for person in teams:
        for name in ("draft", "given"):
            house.store.save(attempt(f"{person}-{name}", take("t1", points=(70, 80)), person=person))
        house.training.submit(f"{person}-given", at=now)
    house.database.close()


class Server:
    """A server on a furnished folder."""

    def __init__(self, folder: Path) -> None:
        self.house = House(Settings(data_dir=folder))
        self.app: FastAPI = create_team_app(self.house)

    def browser(self, name: str | None = None) -> TestClient:
        client = TestClient(self.app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)
        client.headers.update(PAGE)
        if name is not None:
            account = self.house.accounts.account(name)
            assert account is not None
            client.cookies.set("voice-trainer", self.house.reception.begin(account))
        return client


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.fixture
def server(furnished: Path, tmp_path: Path) -> Server:
    shutil.copytree(furnished, tmp_path / "data")
    return Server(tmp_path / "data")


def sign_in(client: TestClient, login: str, password: str = PASSWORD, to: str = "/") -> Response:
    return client.post("/sign-in", data={"login": login, "password": password, "to": to})


def test_without_a_sign_in_every_page_leads_to_the_entrance(server: Server) -> None:
    client = server.browser()
    for path in ("/", "/team", "/reports", "/admin", "/me"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/sign-in?to={path.replace('/', '%2F')}",
        )
    part = client.get("/team", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in?to=%2Fteam")
    program = client.get("/team", headers={"accept": "application/json"})
    assert (program.status_code, program.json()["error"]["code"]) == (401, "sign_in_needed")


@pytest.mark.parametrize(
    ("login", "page"), [("agent", "/"), ("coach", "/team"), ("hr", "/reports"), ("admin", "/admin")]
)
def test_everybody_lands_on_their_own_page(server: Server, login: str, page: str) -> None:
    client = server.browser()
    answer = sign_in(client, login)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    shown = client.get(page)
    assert shown.status_code == 200
    assert login.title() in shown.text


def test_over_https_the_cookie_is_bound_to_this_host(server: Server) -> None:
    secure = create_team_app(server.house, secure=True)
    client = TestClient(secure, base_url="https://127.0.0.1", follow_redirects=False)
    cookie = sign_in(client, "agent").headers["set-cookie"]
    assert cookie.startswith("__Host-voice-trainer=")
    assert "; secure" in cookie.lower()


def test_a_stolen_cookie_opens_nothing_after_sign_out(server: Server) -> None:
    client = server.browser("agent")
    stolen = dict(client.cookies)
    assert client.get("/me").status_code == 200
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    thief = server.browser()
    thief.cookies.update(stolen)
    assert thief.get("/me").status_code == 303


def test_one_browser_signs_another_out(server: Server) -> None:
    here, there = server.browser("agent"), server.browser("agent")
    listed = server.house.accounts.sign_ins("agent")
    other = next(
        one for one in listed if one.secret_sha256 != server.house.reception.store.sign_ins("agent")[0]
    )
    assert other is not None
    for one in listed:
        here.post(f"/me/sign-ins/{one.secret_sha256}/end")
    assert there.get("/me").status_code == 303


def test_nobody_ends_anothers_sign_in(server: Server) -> None:
    victim = server.browser("colleague")
    digest = server.house.accounts.sign_ins("colleague")[0].secret_sha256
    server.browser("agent").post(f"/me/sign-ins/{digest}/end")
    assert victim.get("/me").status_code == 200


def test_guessing_is_told_and_then_stopped(server: Server) -> None:
    client = server.browser()
    answers = [sign_in(client, "agent", "wrong").status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]
    assert sign_in(client, "agent").status_code == 429


def test_an_invitation_from_the_admin_to_the_first_page(server: Server) -> None:
    admin = server.browser("admin")
    form = {"login": "new@example.org", "name": "<b>New</b>", "roles": ["agent"], "team_id": "north"}
    page = admin.post("/admin/invitations", data=form)
    assert page.status_code == 201
    link = page.text.partition(f"{HERE}/invitation/")[2].partition("<")[0]
    guest = server.browser()
    welcome = guest.get(f"/invitation/{link}")
    assert "&lt;b&gt;New&lt;/b&gt;" in welcome.text
    differ = guest.post(f"/invitation/{link}", data={"password": PASSWORD, "again": "x" * 12})
    assert (differ.status_code, "differ" in differ.text) == (422, True)
    inside = guest.post(f"/invitation/{link}", data={"password": PASSWORD, "again": PASSWORD})
    assert (inside.status_code, inside.headers["location"]) == (303, "/")
    used = server.browser().get(f"/invitation/{link}")
    assert used.status_code == 410
    account = server.house.accounts.account_by_login("new@example.org")
    assert account is not None
    assert (account[0].team_id, account[0].roles) == ("north", {Role.AGENT})


PAGES = {
    "/": {"agent", "coach"},
    "/team": {"coach"},
    "/reports": {"hr"},
    "/admin": {"admin"},
    "/me": {"agent", "coach", "hr", "admin"},
}


@pytest.mark.parametrize("login", ["agent", "coach", "hr", "admin"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_of_other_roles_are_not_there(server: Server, login: str, page: str) -> None:
    expected = 200 if login in PAGES[page] else 404
    assert server.browser(login).get(page).status_code == expected


@pytest.mark.parametrize(
    ("login", "path", "data"),
    [
        ("agent", "/attempts/colleague-given/submit", {}),
        ("agent", "/attempts/stranger-draft/take-back", {}),
        ("coach", "/attempts/agent-given/take-back", {}),
        ("agent", "/admin/teams", {"name": "x"}),
        ("hr", "/admin/invitations", {"login": "x"}),
        ("coach", "/admin/accounts/agent", {"roles": ["admin"]}),
        ("admin", "/attempts/agent-given/submit", {}),
        ("coach", "/team/assignments", {"to": "team:south", "what": "call:x", "due_on": "2027-01-01"}),
        ("coach", "/team/assignments", {"to": "person:stranger", "what": "call:x", "due_on": "2027-01-01"}),
        ("agent", "/team/assignments", {"to": "team:north", "what": "call:x", "due_on": "2027-01-01"}),
    ],
)
def test_what_others_may_not_do_is_answered_as_not_there(
    server: Server, login: str, path: str, data: dict[str, object]
) -> None:
    answer = server.browser(login).post(path, data=data)
    nowhere = server.browser(login).post("/attempts/no-such-thing/submit")
    assert (answer.status_code, nowhere.status_code) == (404, 404)


def test_handing_in_and_taking_back(server: Server) -> None:
    agent, coach = server.browser("agent"), server.browser("coach")
    assert "agent-draft" not in coach.get("/team").text
    assert agent.post("/attempts/agent-draft/submit").status_code == 303
    shown = coach.get("/team").text
    assert "/desk/agent-draft" in shown
    assert "stranger-given" not in shown
    agent.post("/attempts/agent-draft/take-back")
    assert "agent-draft" not in coach.get("/team").text


def test_an_assignment_and_its_standing(server: Server) -> None:
    coach = server.browser("coach")
    form = {"to": "person:agent", "what": "call:late-coffee-machine", "due_on": "2027-01-01", "goal": "order"}
    assert coach.post("/team/assignments", data=form).status_code == 303
    page = coach.get("/team").text
    assert "late-coffee-machine" in page
    assert "open" in page
    wrong = coach.post("/team/assignments", data=form | {"what": "drill:juggling"})
    assert (wrong.status_code, "juggling" in wrong.text) == (422, True)
    (assignment,) = server.house.training.assignments({"north"})
    coach.post(f"/team/assignments/{assignment.id}/delete")
    assert server.house.training.assignments({"north"}) == []


def test_the_report_names_nobody(server: Server) -> None:
    hr = server.browser("hr")
    page = hr.get("/reports")
    table = hr.get("/reports/2026-10.csv")
    for text in (page.text, table.text):
        assert not any(name in text for name in ("Agent", "Colleague", "Stranger"))
    assert not any(word in table.text.lower() for word in ("tone", "steadiness", "pace", "calm", "delivery"))
    assert table.headers["content-disposition"].endswith('practice-2026-10.csv"')
    assert hr.get("/reports?month=../../etc/passwd").status_code == 422


def test_other_roles_end_the_pages_of_before(server: Server) -> None:
    agent, admin = server.browser("agent"), server.browser("admin")
    admin.post("/admin/accounts/agent", data={"roles": ["coach"], "coached": ["south"]})
    assert agent.get("/").status_code == 303
    last = admin.post("/admin/accounts/admin", data={"roles": ["agent"]})
    assert (last.status_code, "last admin" in last.text) == (422, True)


def test_a_disabled_account_is_out_at_once(server: Server) -> None:
    agent = server.browser("agent")
    account = server.house.accounts.account("agent")
    assert account is not None
    server.house.reception.change(replace(account, disabled=True))
    assert agent.get("/me").status_code == 303


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "x", ""]
)
def test_signing_in_leads_nowhere_else(server: Server, elsewhere: str) -> None:
    assert within(elsewhere, otherwise="/") == "/"
    assert sign_in(server.browser(), "agent", to=elsewhere).headers["location"] == "/"


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE accounts; --", "{{ 7*7 }}", "<script>alert(1)</script>", "\u202e"]
)
def test_hostile_text_stays_text(server: Server, text: str) -> None:
    admin = server.browser("admin")
    admin.post("/admin/teams", data={"name": text})
    page = admin.get("/admin").text
    assert "<script>alert" not in page
    assert server.house.accounts.accounts()
    assert text in {team.name for team in server.house.accounts.teams()}


def test_on_a_server_consent_says_who_else_is_there(server: Server) -> None:
    """The text of one machine would be untrue here."""
    text = server.browser("agent").get("/api/consent").json()["text"]
    assert "server of your company" in text
    assert "hand the call in" in text
