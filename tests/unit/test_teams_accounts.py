"""Coming in, going out, and the limit on guessing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voice_trainer.adapters.argon2 import Argon2Hasher
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.team_store import SqlAccountStore
from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.errors import AccessError, UsageError
from voice_trainer.teams import accounts
from voice_trainer.teams.accounts import Reception

PASSWORD = "four unrelated wet words"
AGENT = frozenset({Role.AGENT})


class HandClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()


class QuickHasher:
    """Says what it hashed; Argon2 is tried below."""

    def hash(self, password: str) -> str:
        return f"hashed {password}"

    def verify(self, password: str, *, stored: str) -> bool:
        return stored == f"hashed {password}"

    def outdated(self, stored: str) -> bool:
        del stored
        return False


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def reception(tmp_path: Path, clock: HandClock) -> Reception:
    return Reception(SqlAccountStore(Database(tmp_path / "store.sqlite3")), QuickHasher(), clock)


@pytest.fixture
def admin(reception: Reception) -> Account:
    return reception.found(login=" Boss@Example.org ", name="", password=PASSWORD)


def invited(reception: Reception, admin: Account, login: str = "dana@example.org") -> Account:
    secret = reception.invite(login=login, name="Dana", roles=AGENT, by=admin.id)
    return reception.accept(secret, password=PASSWORD)


def test_the_first_account_is_an_admin_and_there_is_one_first(reception: Reception, admin: Account) -> None:
    assert (admin.login, admin.name, admin.roles) == ("boss@example.org", "boss@example.org", {Role.ADMIN})
    with pytest.raises(UsageError, match="accounts already"):
        reception.found(login="other", name="", password=PASSWORD)


def test_an_invitation_makes_one_account_once(reception: Reception, admin: Account) -> None:
    secret = reception.invite(login="dana@example.org", name="Dana", roles=AGENT, by=admin.id)
    dana = reception.accept(secret, password=PASSWORD)
    assert (dana.name, dana.roles, dana.team_id) == ("Dana", AGENT, None)
    with pytest.raises(AccessError) as used:
        reception.accept(secret, password=PASSWORD)
    assert used.value.code == "invitation_over"


@pytest.mark.parametrize("secret", ["", "guess", "x" * 5000, "'; DROP TABLE accounts; --", "{{7*7}}"])
def test_no_other_link_opens(reception: Reception, admin: Account, secret: str) -> None:
    reception.invite(login="dana@example.org", name="Dana", roles=AGENT, by=admin.id)
    with pytest.raises(AccessError):
        reception.accept(secret, password=PASSWORD)


def test_an_invitation_runs_out(reception: Reception, admin: Account, clock: HandClock) -> None:
    secret = reception.invite(login="dana@example.org", name="Dana", roles=AGENT, by=admin.id)
    clock.time += timedelta(days=7)
    with pytest.raises(AccessError):
        reception.invitation(secret)
    assert reception.store.open_invitations(now=clock.now()) == []


def test_the_database_holds_no_secret(reception: Reception, admin: Account, tmp_path: Path) -> None:
    link = reception.invite(login="dana@example.org", name="Dana", roles=AGENT, by=admin.id)
    cookie = reception.sign_in(login="boss@example.org", password=PASSWORD, address="::1")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("store.sqlite3*") if path.is_file())
    assert link.encode() not in stored
    assert cookie.encode() not in stored
    assert accounts.digest(cookie).encode() in stored


def test_signing_in_and_out(reception: Reception, admin: Account) -> None:
    dana = invited(reception, admin)
    cookie = reception.sign_in(login="DANA@example.org", password=PASSWORD, address="::1", browser="Firefox")
    assert reception.who(cookie) == dana
    assert [one.browser for one in reception.store.sign_ins(dana.id)] == ["Firefox"]
    reception.sign_out(cookie)
    assert reception.who(cookie) is None
    reception.sign_out(cookie)  # a stolen cookie ends nothing either


def test_a_sign_in_ends_after_a_working_day(reception: Reception, admin: Account, clock: HandClock) -> None:
    cookie = reception.sign_in(login=admin.login, password=PASSWORD, address="::1")
    clock.time += timedelta(hours=12)
    assert reception.who(cookie) is None


@pytest.mark.parametrize(("login", "password"), [("dana@example.org", "wrong"), ("nobody", PASSWORD)])
def test_what_was_wrong_is_not_said(reception: Reception, admin: Account, login: str, password: str) -> None:
    invited(reception, admin)
    with pytest.raises(AccessError) as wrong:
        reception.sign_in(login=login, password=password, address="::1")
    assert (wrong.value.code, wrong.value.message) == (
        "sign_in_wrong",
        "The name or the password is wrong.",
    )


def test_guessing_is_limited_and_forgiven(reception: Reception, admin: Account, clock: HandClock) -> None:
    for number in range(accounts.FAILURES_MAX):
        with pytest.raises(AccessError, match="wrong"):
            reception.sign_in(login=admin.login, password=f"guess {number}", address=f"10.0.0.{number}")
    with pytest.raises(AccessError) as limited:
        reception.sign_in(login=admin.login, password=PASSWORD, address="10.1.1.1")
    assert limited.value.code == "too_many_tries"
    clock.time += accounts.FAILURES_WITHIN + timedelta(seconds=1)
    assert reception.who(reception.sign_in(login=admin.login, password=PASSWORD, address="10.1.1.1"))


def test_one_address_cannot_try_many_names(reception: Reception, admin: Account) -> None:
    for number in range(accounts.FAILURES_MAX):
        with pytest.raises(AccessError):
            reception.sign_in(login=f"name{number}", password="x", address="10.0.0.9")
    with pytest.raises(AccessError, match="times"):
        reception.sign_in(login=admin.login, password=PASSWORD, address="10.0.0.9")


def test_other_roles_end_the_sign_ins(reception: Reception, admin: Account) -> None:
    dana = invited(reception, admin)
    cookie = reception.sign_in(login=dana.login, password=PASSWORD, address="::1")
    reception.store.save_team(Team("north", "North"))
    coach = replace(dana, roles=frozenset({Role.COACH}), coached=frozenset({"north"}))
    reception.change(coach)
    assert reception.who(cookie) is None
    assert reception.store.account(dana.id) == coach


def test_a_disabled_account_opens_nothing(reception: Reception, admin: Account) -> None:
    dana = invited(reception, admin)
    reception.change(replace(dana, disabled=True))
    with pytest.raises(AccessError):
        reception.sign_in(login=dana.login, password=PASSWORD, address="::1")
    with pytest.raises(AccessError):
        reception.by_provider(login=dana.login)


def test_the_last_admin_stays(reception: Reception, admin: Account) -> None:
    for other in (replace(admin, roles=AGENT), replace(admin, disabled=True)):
        with pytest.raises(UsageError, match="last admin"):
            reception.change(other)


@pytest.mark.parametrize(
    ("roles", "team", "coached", "code"),
    [
        (frozenset({Role.HR, Role.COACH}), None, frozenset(), "roles_wrong"),
        (frozenset({Role.HR, Role.ADMIN}), None, frozenset(), "roles_wrong"),
        (frozenset(), None, frozenset(), "roles_wrong"),
        (AGENT, "nowhere", frozenset(), "team_unknown"),
        (AGENT, None, frozenset({"north"}), "roles_wrong"),
        (frozenset({Role.COACH}), None, frozenset({"nowhere"}), "team_unknown"),
    ],
)
def test_roles_that_do_not_go(
    reception: Reception,
    roles: frozenset[Role],
    team: str,
    coached: frozenset[str],
    code: str,
) -> None:
    reception.store.save_team(Team("north", "North"))
    with pytest.raises(UsageError) as wrong:
        reception.invite(login="x", name="X", roles=roles, by="p-1", team_id=team, coached=coached)
    assert wrong.value.code == code


@pytest.mark.parametrize("password", ["", "short", "boss@example.org 1", "x" * 257])
def test_weak_passwords(reception: Reception, password: str) -> None:
    with pytest.raises(UsageError) as weak:
        reception.found(login="boss@example.org", name="", password=password)
    assert weak.value.code == "password_weak"


def test_one_login_is_one_account(reception: Reception, admin: Account) -> None:
    invited(reception, admin)
    with pytest.raises(UsageError) as taken:
        reception.invite(login="Dana@Example.org", name="", roles=AGENT, by=admin.id)
    assert taken.value.code == "login_taken"
    with pytest.raises(UsageError):
        reception.store.add_account(replace(admin, id="p-2"), password_hash=None)


def test_argon2_tells_right_from_wrong() -> None:
    hasher = Argon2Hasher()
    stored = hasher.hash(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert hasher.verify(PASSWORD, stored=stored)
    assert not hasher.verify("other", stored=stored)
    assert not hasher.verify(PASSWORD, stored="no hash")
    assert not hasher.outdated(stored)
