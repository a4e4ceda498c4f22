"""Somebody with an account leaves: every table, every recording, every browser; others keep theirs."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.unit.test_person import furnished
from tests.unit.test_store_contract import NOON
from tests.unit.test_web_team import PASSWORD, Server
from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.domain.audit import AuditEntry
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.settings import Settings
from voice_trainer.wiring import House

LOGIN = {"ann": "ann.quince@example.org", "bob": "bob.medlar@example.org", "root": "root@example.org"}


def staffed(house: House) -> None:
    """Accounts for the two of `furnished` and an admin, with traces in every table of a server."""
    house.accounts.save_team(Team("north", "North"))
    hashed = house.reception.hasher.hash(PASSWORD)
    for name, roles in {"ann": {Role.AGENT, Role.COACH}, "bob": {Role.AGENT}, "root": {Role.ADMIN}}.items():
        team, coached = (None, frozenset[str]()) if name == "root" else ("north", frozenset({"north"}))
        coached = coached if Role.COACH in roles else frozenset()
        account = Account(name, LOGIN[name], name.title(), frozenset(roles), NOON, team, coached)
        house.accounts.add_account(account, password_hash=hashed)
        house.reception.begin(account, browser=f"browser of {name}")
    for person, other in (("ann", "bob"), ("bob", "ann")):
        house.training.submit(f"{person}1", at=NOON)
        house.training.score_blind(BlindScore(f"{other}1", "t", Criterion.PACE, 50, person, NOON))
        office = house.training_office
        office.assign(by=other, team_id="north", due_on=NOON.date(), person=person, drill=Criterion.PACE)
        house.audit.note(AuditEntry(NOON, other, "view", "attempt", f"{person}1", person))
    with pytest.raises(UsageError):
        house.reception.sign_in(login=LOGIN["ann"], password="wrong", address="127.0.0.1")


def traces(dump: str) -> list[str]:
    """Lines of a database's dump in which Ann is named."""
    return [
        line for line in dump.splitlines() if any(name in line for name in ("'ann", '"ann', "Ann", "ann1"))
    ]


def check(house: House) -> None:
    """Erase Ann and look at what the ports say."""
    receipt = house.registrar.erase(LOGIN["ann"], by="root")
    assert (receipt.accounts, receipt.sign_ins, receipt.assignments) == (1, 1, 1)
    assert (receipt.attempts, receipt.judgements, receipt.recordings) == (1, 1, 2)
    assert receipt.audit_entries >= 1
    assert house.accounts.account("ann") is None
    assert [one.person for one in house.training.assignments({"north"})] == ["bob"]
    assert {entry.actor for entry in house.audit.about("bob")} == {"erased"}
    assert house.training.blind_scores() == []  # Ann's points, and Bob's on what was Ann's
    assert house.blobs.keys() == ["a/bob1-t1", "baselines/bob"]
    assert house.training.handed_in({"north"}) == ["bob1"]
    again = house.registrar.erase(LOGIN["ann"], by="root")
    assert (again.person_sha256, again.accounts, again.attempts) == (receipt.person_sha256, 0, 0)


def test_erasure_reaches_accounts_and_training_on_sqlite(tmp_path: Path) -> None:
    house = furnished(tmp_path)
    staffed(house)
    check(house)
    with closing(sqlite3.connect(tmp_path / "attempts.sqlite3")) as connection:
        assert traces("\n".join(connection.iterdump())) == []
    for file in tmp_path.glob("attempts.sqlite3*"):
        if file.is_file():
            assert LOGIN["ann"].encode() not in file.read_bytes()


def test_the_last_admin_stays(tmp_path: Path) -> None:
    house = furnished(tmp_path)
    staffed(house)
    with pytest.raises(UsageError, match="last admin"):
        house.registrar.erase("root", by="root")
    assert house.accounts.account("root") is not None


def test_the_command_knows_people_by_their_sign_in_name(terminal: Terminal, tmp_path: Path) -> None:
    staffed(furnished(terminal.data))
    assert terminal.run("person", "export", LOGIN["ann"], tmp_path / "ann.zip").status == 0
    with zipfile.ZipFile(tmp_path / "ann.zip") as archive:
        about = json.loads(archive.read("person.json"))
    assert about["account"]["login"] == LOGIN["ann"]
    assert [len(about[name]) for name in ("sign_ins", "assignments", "submissions", "blind_scores")] == [
        1
    ] * 4
    assert "argon2" not in json.dumps(about)
    (receipt,) = terminal.run("person", "erase", LOGIN["ann"], "--yes").objects
    assert (receipt["accounts"], receipt["attempts"]) == (1, 1)


def served(folder: Path) -> Server:
    staffed(furnished(folder))
    return Server(folder)


def test_a_person_takes_all_of_it_away_and_erases_it(tmp_path: Path) -> None:
    server = served(tmp_path)
    client = server.browser("ann")
    taken = client.get("/me/export")
    assert (taken.status_code, int(taken.headers["content-length"])) == (200, len(taken.content))
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        assert "attempts/ann1.json" in archive.namelist()
        assert not any("bob" in name for name in archive.namelist())
    noted = [(entry.actor, entry.action) for entry in server.house.audit.about("ann")]
    assert ("ann", "export") in noted
    mistyped = client.post("/me/erase", data={"login": "somebody"})
    assert (mistyped.status_code, server.house.store.get("ann1").person) == (422, "ann")
    receipt = client.post("/me/erase", data={"login": LOGIN["ann"].upper()})
    assert (receipt.status_code, "Keep this receipt" in receipt.text) == (200, True)
    assert 'voice-trainer=""' in receipt.headers["set-cookie"]
    assert client.get("/me").status_code == 303
    assert House(Settings(data_dir=tmp_path)).store.summaries(person="ann") == []


def test_an_admin_erases_and_takes_nothing_away(tmp_path: Path) -> None:
    server = served(tmp_path)
    admin = server.browser("root")
    assert admin.post("/admin/accounts/nobody/erase", data={"login": "x"}).status_code == 404
    assert admin.post("/admin/accounts/ann/erase", data={"login": "bob"}).status_code == 422
    assert admin.post("/admin/accounts/root/erase", data={"login": LOGIN["root"]}).status_code == 422
    done = admin.post("/admin/accounts/ann/erase", data={"login": LOGIN["ann"]})
    assert (done.status_code, "/me/export" in done.text) == (200, False)
    assert server.house.accounts.account("ann") is None
    assert server.browser("bob").post("/admin/accounts/root/erase", data={"login": "x"}).status_code == 404
