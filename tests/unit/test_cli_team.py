"""What an operator does at the server's own machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_trainer.adapters.argon2 import Argon2Hasher
from voice_trainer.cli.main import main
from voice_trainer.errors import ExitStatus
from voice_trainer.settings import load_settings
from voice_trainer.wiring import House

PASSWORD = "four unrelated wet words"


@pytest.fixture
def data(tmp_path: Path) -> str:
    assert main(["team", "found", "boss", "--password", PASSWORD, "--data-dir", str(tmp_path)]) == 0
    return str(tmp_path)


def test_from_an_empty_folder_to_an_agent_who_signs_in(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["team", "add", "North", "--data-dir", data]) == 0
    assert main(["team", "add", "North", "--data-dir", data]) == 0  # the same one
    capsys.readouterr()
    invite = ["team", "invite", "dana", "--name", "Dana", "--in", "North", "--data-dir", data]
    assert main([*invite, "--address", "https://train.example.org/"]) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://train.example.org/invitation/")
    home = House(load_settings({"data_dir": data}))
    dana = home.reception.accept(link.rsplit("/", 1)[1], password=PASSWORD)
    assert main(["team", "list", "--data-dir", data]) == 0
    listed = capsys.readouterr().out
    assert f"{dana.id}  dana  Dana  agent  in North" in listed
    assert listed.count("North") == 2
    cookie = home.reception.sign_in(login="dana", password=PASSWORD, address="::1")
    assert main(["team", "disable", "dana", "--data-dir", data]) == 0
    assert home.reception.who(cookie) is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["found", "other", "--password", PASSWORD], "server_founded"),
        (["invite", "dana", "--in", "Nowhere"], "team_unknown"),
        (["invite", "dana", "--role", "hr", "--role", "coach"], "roles_wrong"),
        (["invite", "boss"], "login_taken"),
        (["disable", "nobody"], "account_unknown"),
        (["disable", "boss"], "last_admin"),
    ],
)
def test_faults_are_told(
    data: str, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    assert main(["team", *arguments, "--data-dir", data]) == ExitStatus.USAGE
    assert f"[{code}]" in capsys.readouterr().err


def test_a_stored_password_is_argon2(data: str) -> None:
    found = House(load_settings({"data_dir": data})).accounts.account_by_login("boss")
    assert found is not None
    assert found[1] is not None
    assert Argon2Hasher().verify(PASSWORD, stored=found[1])


def test_reports_and_records_of_an_empty_server(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["team", "report", "2026-10", "--data-dir", data]) == 0
    assert "not shown (under five people)" in capsys.readouterr().out
    table = tmp_path / "october.csv"
    assert main(["team", "report", "2026-10", "--csv", str(table), "--data-dir", data]) == 0
    assert table.read_bytes().startswith(b"\xef\xbb\xbfTeam,")
    capsys.readouterr()
    assert main(["team", "records", "--address", "https://train.example.org", "--data-dir", data]) == 0
    assert capsys.readouterr().out == ""
    assert main(["team", "report", "2026-10", "--csv", "/nowhere/x.csv", "--data-dir", data]) == 6
    assert main(["team", "report", "soon", "--data-dir", data]) == ExitStatus.USAGE
