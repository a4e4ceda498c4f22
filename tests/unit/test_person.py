"""Everything of a person: taken away whole, erased from everywhere."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.terminal import Terminal
from tests.unit.test_store_contract import NOON, VOICE, attempt, take
from voice_trainer.domain.attempt import Baseline, Consent
from voice_trainer.domain.checkin import CheckIn, Moment
from voice_trainer.settings import Settings
from voice_trainer.wiring import House

SECRET = "xylophone-quokka"


def furnished(data: Path, database_url: str | None = None) -> House:
    """Two people with recordings, baselines, consents, check-ins and judgements that wait."""
    house = House(Settings(data_dir=data, database_url=database_url))
    for person in ("ann", "bob"):
        identity = f"{person}1"
        house.store.save(attempt(identity, person=person))
        house.blobs.put(f"a/{identity}-t1.wav", b"RIFF" + SECRET.encode())
        spoken = take(f"{identity}-t1")
        assert spoken.audio_key == f"a/{identity}-t1"
        house.queue.submit(identity, spoken, rubric="1", said=f"{SECRET} {person}")
        house.store.save_baseline(Baseline(f"b{person}", person, "desk", NOON, VOICE, f"baselines/{person}"))
        house.blobs.put(f"baselines/{person}.wav", b"RIFF")
        house.store.save_consent(Consent(person, "1", NOON))
        house.growth.save_check_in(CheckIn(person, NOON, Moment.BEFORE, 3, 4, identity))
    return house


def test_erasure_reaches_everything_of_one_person_and_nothing_of_another(terminal: Terminal) -> None:
    house = furnished(terminal.data)
    ran = terminal.run("person", "erase", "ann", "--yes")
    (receipt,) = ran.objects
    assert [receipt[name] for name in ("attempts", "takes", "judgements", "baselines", "consents")] == [1] * 5
    assert (receipt["recordings"], receipt["check_ins"]) == (2, 1)
    assert "ann" not in ran.out
    assert datetime.fromisoformat(receipt["erased_at"]).tzinfo == UTC
    assert house.store.summaries(person="ann") == []
    assert house.blobs.keys() == ["a/bob1-t1", "baselines/bob"]
    assert (house.store.consents("ann"), house.growth.check_ins("ann"), house.store.baselines("ann")) == (
        [],
        [],
        [],
    )
    assert [one.key.attempt_id for one in house.queue.listed()] == ["bob1"]
    with closing(sqlite3.connect(terminal.data / "attempts.sqlite3")) as connection:
        assert "ann" not in "".join(connection.iterdump())
    again = terminal.run("person", "erase", "ann", "--yes").objects[0]
    assert again["attempts"] == 0


def test_export_holds_all_of_one_person(terminal: Terminal, tmp_path: Path) -> None:
    furnished(terminal.data)
    target = tmp_path / "ann.zip"
    assert terminal.run("person", "export", "ann", target).status == 0
    with zipfile.ZipFile(target) as archive:
        names = set(archive.namelist())
        about = json.loads(archive.read("person.json"))
        assert names == {
            "person.json",
            "attempts/ann1.json",
            "audio/a/ann1-t1.wav",
            "audio/baselines/ann.wav",
        }
        assert archive.read("audio/a/ann1-t1.wav").endswith(SECRET.encode())
    assert [len(about[name]) for name in ("consents", "baselines", "check_ins")] == [1, 1, 1]
    refused = terminal.run("person", "export", "ann", target)
    assert (refused.status, "file_exists" in refused.err) == (2, True)
