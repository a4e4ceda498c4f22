"""Signing in through a provider that runs here: a real OpenID Connect server on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import oidc_provider_mock
import pytest
from fastapi.testclient import TestClient

from voice_trainer.domain.account import Account, Role
from voice_trainer.settings import Settings
from voice_trainer.web.team import create_team_app
from voice_trainer.wiring import House

HERE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    users = (
        oidc_provider_mock.User(sub="dana", claims={"email": "Dana@example.org"}),
        oidc_provider_mock.User(sub="unknown", claims={"email": "unknown@example.org"}),
        oidc_provider_mock.User(
            sub="unverified", claims={"email": "dana@example.org", "email_verified": False}
        ),
        oidc_provider_mock.User(sub="nameless"),
    )
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def house(issuer: str, tmp_path: Path) -> House:
    settings = Settings(
        data_dir=tmp_path, oidc_issuer=issuer, oidc_client_id="here", oidc_client_secret="s", oidc_name="ACME"
    )
    house = House(settings)
    roles = frozenset({Role.COACH})
    dana = Account("p-dana", "dana@example.org", "Dana", roles, house.clock.now())
    house.accounts.add_account(dana, password_hash=None)
    return house


def browser(house: House) -> TestClient:
    return TestClient(create_team_app(house), base_url=HERE, follow_redirects=False)


def at_provider(client: TestClient, user: str, to: str = "/") -> str:
    """Go to the provider, sign in there, and return where it sends the browser back to."""
    there = client.get("/sign-in/provider", params={"to": to}).headers["location"]
    assert "code_challenge_method=S256" in there
    answer = httpx.post(there, data={"sub": user}, follow_redirects=False)
    return answer.headers["location"]


def test_there_and_back(house: House) -> None:
    client = browser(house)
    assert "Sign in with ACME" in client.get("/sign-in").text
    back = at_provider(client, "dana", to="/me")
    inside = client.get(back)
    assert (inside.status_code, inside.headers["location"]) == (303, "/me")
    assert "Dana" in client.get("/me", headers={"accept": "text/html"}).text


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("unknown", "There is no account for unknown@example.org"),
        ("unverified", "vouches for no e-mail"),
        ("nameless", "vouches for no e-mail"),
    ],
)
def test_who_has_no_account_or_no_address_stays_outside(house: House, user: str, told: str) -> None:
    client = browser(house)
    answer = client.get(at_provider(client, user))
    assert answer.status_code == 401
    assert told in answer.text
    assert client.get("/me").status_code == 401


def test_a_return_that_nobody_began_is_refused(house: House) -> None:
    back = at_provider(browser(house), "dana")
    stranger = browser(house)
    answer = stranger.get(back)
    assert answer.status_code == 401
    assert "did not sign you in" in answer.text


def test_a_return_counts_once(house: House) -> None:
    client = browser(house)
    back = at_provider(client, "dana")
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 401


def test_a_state_that_was_changed_is_refused(house: House) -> None:
    client = browser(house)
    back = re.sub(r"state=[^&]+", "state=forged", at_provider(client, "dana"))
    assert client.get(back).status_code == 401


def test_a_provider_that_is_gone_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, oidc_issuer="http://127.0.0.1:9", oidc_client_id="x")
    answer = browser(House(settings)).get("/sign-in/provider")
    assert answer.status_code == 401
    assert "sign in with a password" in answer.text
