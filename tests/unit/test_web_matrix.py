"""Every route of the site with accounts, asked by every role about everybody's things.

A route that is not in `TABLE` fails: whoever adds one says here who may use it. What is refused is answered
like what does not exist, so that nobody learns by asking.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route, WebSocketRoute

from tests.unit.test_web_team import HERE, PASSWORD, furnish
from voice_trainer.domain.assignment import Assignment
from voice_trainer.domain.attempt import Consent
from voice_trainer.practice.consent import CONSENT_VERSION
from voice_trainer.settings import Settings
from voice_trainer.testing.audio import FakeSynthesizer
from voice_trainer.web.team import create_team_app
from voice_trainer.wiring import House

EVERYBODY = ("agent", "coach", "hr", "admin")
NOBODY = "nobody"  # has not signed in
MISSING = "no-such-thing"
# Who owns what: `coach` coaches the team of `agent` and `colleague`; `stranger` is in another.
ATTEMPTS = (
    "agent-draft",
    "agent-given",
    "colleague-draft",
    "colleague-given",
    "stranger-draft",
    "stranger-given",
)


@dataclass(frozen=True)
class Row:
    """One route: what is asked with, and who may, by the thing it is asked about ("": about nothing)."""

    may: dict[str, tuple[str, ...]]
    data: dict[str, object] = field(default_factory=dict)
    json: dict[str, object] | None = None
    query: str = ""
    public: bool = False


def only(*roles: str, **asked: Any) -> Row:
    """A route about nobody in particular."""
    return Row({"": roles}, **asked)


def public(**asked: Any) -> Row:
    """A route for those who have not signed in too."""
    return Row({"": EVERYBODY}, public=True, **asked)


def own(**asked: Any) -> Row:
    """A route about an attempt, for the one whose it is."""
    return Row({one: ("agent",) if one.startswith("agent") else () for one in ATTEMPTS}, **asked)


def seen(**asked: Any) -> Row:
    """A route about an attempt, for the one whose it is and, once handed in, their coach."""
    mine = {"agent-draft": ("agent",), "agent-given": ("agent", "coach")}
    return Row(
        dict.fromkeys(ATTEMPTS, ()) | mine | {"colleague-given": ("coach",)},
        **asked,
    )


def handed_in(**asked: Any) -> Row:
    """A route about an attempt, for the coach of the one who handed it in."""
    return Row(
        dict.fromkeys(ATTEMPTS, ()) | {"agent-given": ("coach",), "colleague-given": ("coach",)}, **asked
    )


CALL = "late-coffee-machine"
TABLE: dict[tuple[str, str], Row] = {
    ("GET", "/api/openapi.json"): public(),
    ("GET", "/api/health"): public(),
    ("GET", "/healthz"): public(),
    ("GET", "/readyz"): public(),
    ("GET", "/metrics"): public(),
    ("GET", "/sign-in"): public(),
    ("POST", "/sign-in"): public(data={"login": "agent", "password": PASSWORD}),
    ("POST", "/sign-out"): public(),
    ("GET", "/sign-in/provider"): public(),
    ("GET", "/sign-in/provider/return"): public(),
    ("GET", "/invitation/{secret}"): Row({MISSING: EVERYBODY}, public=True),
    ("POST", "/invitation/{secret}"): Row(
        {MISSING: EVERYBODY}, public=True, data={"password": PASSWORD, "again": PASSWORD}
    ),
    # Practising.
    ("GET", "/"): only("agent", "coach"),
    ("GET", "/api/calls"): only("agent", "coach"),
    ("GET", "/api/calls/{call_id}"): Row({CALL: ("agent", "coach")}),
    ("GET", "/api/calls/{call_id}/voice"): Row({CALL: ("agent", "coach")}),
    ("GET", "/calls/{call_id}"): Row({CALL: ("agent",)}),
    ("GET", "/api/consent"): only(*EVERYBODY),
    ("POST", "/api/consent"): only("agent", json={"version": CONSENT_VERSION}),
    # Attempts.
    ("GET", "/api/attempts"): only("agent"),
    ("GET", "/api/attempts/{attempt_id}"): seen(),
    ("DELETE", "/api/attempts/{attempt_id}"): own(),
    ("GET", "/api/attempts/{attempt_id}/call"): seen(),
    ("GET", "/api/attempts/{attempt_id}/voice/{turn_id}"): seen(),
    ("GET", "/api/attempts/{attempt_id}/takes/{take_id}"): seen(),
    ("DELETE", "/api/attempts/{attempt_id}/takes/{take_id}"): own(),
    ("GET", "/api/attempts/{attempt_id}/takes/{take_id}/sound"): seen(),
    ("GET", "/api/attempts/{attempt_id}/takes/{take_id}/stages"): seen(),
    ("GET", "/api/attempts/{attempt_id}/takes/{take_id}/example"): seen(),
    ("POST", "/api/attempts/{attempt_id}/takes/{take_id}/judgement"): own(),
    ("POST", "/api/attempts/{attempt_id}/takes/{take_id}/words"): own(json={"said": "Hello."}),
    ("GET", "/parts/attempts/{attempt_id}/takes/{take_id}"): seen(),
    ("GET", "/attempts"): only("agent"),
    ("POST", "/attempts/delete"): only("agent", data={"words": "mistyped"}),
    ("GET", "/attempts/{attempt_id}"): seen(),
    ("POST", "/attempts/{attempt_id}/delete"): own(),
    ("GET", "/attempts/{attempt_id}/takes/{take_id}"): seen(),
    ("GET", "/attempts/{attempt_id}/takes/{take_id}/page"): seen(),
    ("POST", "/attempts/{attempt_id}/takes/{take_id}/words"): own(data={"said": "Hello."}),
    ("POST", "/attempts/{attempt_id}/takes/{take_id}/disputes"): own(data={"item": "pace", "text": "No."}),
    ("GET", "/progress"): only("agent"),
    ("POST", "/progress/check-ins"): only(
        "agent", data={"moment": "before", "stress": "2", "confidence": "4"}
    ),
    ("POST", "/progress/check-ins/delete"): only("agent"),
    ("GET", "/drills/{skill}"): Row({"validation": ("agent",)}),
    ("POST", "/attempts/{attempt_id}/submit"): own(),
    ("POST", "/attempts/{attempt_id}/take-back"): own(),
    ("WS", "/api/live"): own(),
    # What concerns oneself.
    ("GET", "/me"): only(*EVERYBODY),
    ("GET", "/me/export"): only(*EVERYBODY),
    ("POST", "/me/erase"): only(*EVERYBODY, data={"login": "mistyped"}),
    ("POST", "/me/sign-ins/{digest}/end"): Row({MISSING: EVERYBODY}),  # ends own ones alone
    # Coaches.
    ("GET", "/team"): only("coach"),
    ("POST", "/team/assignments"): only(
        "coach", data={"to": "team:north", "what": f"call:{CALL}", "due_on": "2027-01-01"}
    ),
    ("POST", "/team/assignments/{assignment_id}/delete"): Row({"for-north": ("coach",), "for-south": ()}),
    ("GET", "/calibration"): only("coach"),
    ("GET", "/calibration/{attempt_id}/{take_id}"): handed_in(),
    ("POST", "/calibration/{attempt_id}/{take_id}"): handed_in(data={"pace": "70"}),
    ("GET", "/rubrics"): only("coach"),
    ("POST", "/rubrics"): only("coach", data={"text": "version = 1"}),
    ("GET", "/rubrics/{version}"): Row({"1": ("coach",)}),
    ("POST", "/rubrics/{version}/live"): Row({"1": ("coach",)}),
    ("POST", "/rubrics/{version}/rescore"): Row({"1": ("coach",)}),
    ("GET", "/desk"): only("coach"),
    ("POST", "/desk/import"): only(),
    ("GET", "/api/desk"): only("coach"),
    ("GET", "/desk/agreement"): only("coach"),
    ("GET", "/desk/{attempt_id}"): handed_in(),
    ("GET", "/desk/{attempt_id}/next"): handed_in(),
    ("GET", "/desk/{attempt_id}/page"): handed_in(),
    ("GET", "/desk/{attempt_id}/bundle"): handed_in(),
    ("POST", "/desk/{attempt_id}/delete"): Row(dict.fromkeys(ATTEMPTS, ())),
    ("GET", "/desk/{attempt_id}/takes/{take_id}"): handed_in(),
    ("POST", "/desk/{attempt_id}/takes/{take_id}/comments"): handed_in(data={"text": "Well done."}),
    ("POST", "/desk/{attempt_id}/takes/{take_id}/overrides"): handed_in(
        data={"criterion": "pace", "points": 70, "reason": "It was slow."}
    ),
    ("POST", "/desk/{attempt_id}/takes/{take_id}/answers"): handed_in(
        data={"dispute_id": MISSING, "text": "You are right."}
    ),
    ("POST", "/desk/{attempt_id}/takes/{take_id}/remarks/{remark_id}/delete"): handed_in(),
    # HR.
    ("GET", "/reports"): only("hr"),
    ("GET", "/reports/{month}.csv"): Row({"2026-01": ("hr",)}),
    # Admins.
    ("GET", "/admin"): only("admin"),
    ("GET", "/jobs"): only("admin"),
    ("POST", "/jobs/retry"): only(
        "admin", data={"attempt_id": "a", "take_id": "t", "rubric": "1", "revision": 1}
    ),
    ("POST", "/jobs/retry-all"): only("admin"),
    ("POST", "/admin/teams"): only("admin", data={"name": "East"}),
    ("POST", "/admin/invitations"): only("admin", data={"login": "new@example.org", "roles": ["agent"]}),
    ("POST", "/admin/accounts/{account_id}"): Row({"stranger": ("admin",)}, data={"roles": ["agent"]}),
    ("POST", "/admin/accounts/{account_id}/erase"): Row({"stranger": ("admin",)}, data={"login": "mistyped"}),
}
_SECOND = {"take_id": "t1", "turn_id": "opening", "remark_id": MISSING}


def routes(app: Any) -> Iterator[tuple[str, str]]:
    """Every route there is, by method and path."""
    for one in app.routes:
        if isinstance(one, Route):
            yield from ((method, one.path) for method in sorted((one.methods or set()) - {"HEAD"}))
        elif isinstance(one, WebSocketRoute):
            yield "WS", one.path
        elif isinstance(one, Mount):
            assert one.path.startswith("/static/"), one.path
        else:  # a router that was included
            yield from routes(one.original_router)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix")
    furnish(folder)
    house = House(Settings(data_dir=folder))
    now = house.clock.now()
    for person in (*EVERYBODY, "colleague", "stranger"):
        house.store.save_consent(Consent(person, CONSENT_VERSION, now))
    for team in ("north", "south"):
        due = date(2027, 1, 1)
        house.training.assign(Assignment(f"for-{team}", team, "coach", now, due, scenario_id=CALL))
    house.database.close()
    return folder


class Site:
    """A server of its own for one test."""

    def __init__(self, folder: Path) -> None:
        provider = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "a", "oidc_client_secret": "b"}
        self.house = House(Settings.model_validate({"data_dir": folder, **provider}))
        self.house.__dict__["synthesizer"] = FakeSynthesizer()
        self.app = create_team_app(self.house)

    def ask(self, who: str, route: tuple[str, str], thing: str) -> tuple[int, str]:
        """Status and what is said: the fault's code, "" where there is none."""
        method, path = route
        row = TABLE[route]
        client = TestClient(self.app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)
        if who != NOBODY:
            account = self.house.accounts.account(who)
            assert account is not None
            client.cookies.set("voice-trainer", self.house.reception.begin(account))
        if method == "WS":
            return self._live(client, thing)
        address = _address(path, thing) + row.query
        answer = client.request(method, address, data=row.data or None, json=row.json)
        fault = ""
        if (
            answer.headers.get("content-type", "").startswith("application/json")
            and answer.status_code >= 400
        ):
            fault = answer.json()["error"]["code"]
        return answer.status_code, fault

    def _live(self, client: TestClient, attempt_id: str) -> tuple[int, str]:
        begin = {"type": "begin", "kind": "take", "rate_hz": 16000, "attempt": attempt_id, "turn": "opening"}
        try:
            with client.websocket_connect(
                "/api/live", headers={"host": "127.0.0.1:8765", "origin": HERE}
            ) as socket:
                socket.send_text(json.dumps(begin))
                said = socket.receive_json()
        except Exception as error:  # closed before it was open
            return 401, type(error).__name__
        return (404 if said.get("code") == "not_found" else 200), said.get("code", "")


def _address(path: str, thing: str) -> str:
    """The path with the first id being `thing`, and those after it ids that fit."""
    parts = []
    for part in path.split("/"):
        name = part[part.find("{") + 1 : part.find("}")] if "{" in part else ""
        value = part if not name else part.replace(f"{{{name}}}", _SECOND.get(name, thing))
        parts.append(value)
    return "/".join(parts)


def test_every_route_is_decided(furnished: Path, tmp_path: Path) -> None:
    shutil.copytree(furnished, tmp_path / "data")
    there = set(routes(Site(tmp_path / "data").app))
    assert there - set(TABLE) == set(), "say in TABLE who may use it"
    assert set(TABLE) - there == set()


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_no_access_beyond_the_policy(furnished: Path, tmp_path: Path, route: tuple[str, str]) -> None:
    shutil.copytree(furnished, tmp_path / "data")
    site = Site(tmp_path / "data")
    row = TABLE[route]
    refusals = set()
    for thing, allowed in row.may.items():
        status, fault = site.ask(NOBODY, route, thing)
        assert (status in (303, 401)) is (not row.public) or route[1].startswith("/sign-"), (status, fault)
        for who in sorted(EVERYBODY, key=lambda one: one in allowed):  # those who may change it come last
            status, fault = site.ask(who, route, thing)
            if who in allowed:
                assert (status, fault) not in {(404, "not_found"), (401, "sign_in_needed")}, (who, thing)
                assert status < 500 or route[1] == "/readyz", (who, thing, status, fault)
            else:
                assert (status, fault) == (404, "not_found"), (who, thing)
                refusals.add((status, fault))
    if "{" in route[1] and not row.public and MISSING not in row.may:
        for who in EVERYBODY:
            missing = site.ask(who, route, MISSING)
            assert missing[0] in (404, 422), (who, missing)
            assert who in {one for allowed in row.may.values() for one in allowed} or missing in refusals


def test_refused_and_missing_read_the_same(furnished: Path, tmp_path: Path) -> None:
    shutil.copytree(furnished, tmp_path / "data")
    site = Site(tmp_path / "data")
    client = TestClient(site.app, base_url=HERE, raise_server_exceptions=False)
    account = site.house.accounts.account("agent")
    assert account is not None
    client.cookies.set("voice-trainer", site.house.reception.begin(account))
    for accept in ("application/json", "text/html"):
        client.headers["accept"] = accept
        others = client.get("/parts/attempts/stranger-given/takes/t1")
        missing = client.get(f"/parts/attempts/{MISSING}/takes/t1")
        assert (others.status_code, others.text) == (missing.status_code, missing.text) == (404, others.text)


def test_no_list_names_what_may_not_be_opened(furnished: Path, tmp_path: Path) -> None:
    shutil.copytree(furnished, tmp_path / "data")
    site = Site(tmp_path / "data")
    client = TestClient(site.app, base_url=HERE, raise_server_exceptions=False)
    account = site.house.accounts.account("coach")
    assert account is not None
    client.cookies.set("voice-trainer", site.house.reception.begin(account))
    for path in ("/desk", "/desk/agreement", "/team", "/calibration"):
        page = client.get(path, headers={"accept": "text/html"})
        assert page.status_code == 200, path
        hidden = [
            one for one in ATTEMPTS if one not in ("agent-given", "colleague-given") and one in page.text
        ]
        assert hidden == [], path
    assert "agent-given" in client.get("/desk").text
