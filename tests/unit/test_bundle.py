"""A bundle from somebody else's machine is checked before anything in it is believed."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from voice_trainer import __version__, serialise
from voice_trainer.domain.attempt import Attempt, Consent, Take, TakeState
from voice_trainer.domain.review import Review
from voice_trainer.domain.scenario import CallKind, Scenario, Turn
from voice_trainer.errors import UsageError
from voice_trainer.exports import bundle
from voice_trainer.exports.bundle import read_bundle, write_bundle
from voice_trainer.testing.stores import MemoryBlobStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Scenario(
    "late", 1, "Late again", "retail", "en-GB", CallKind.COMPLAINT, 2, (Turn("opening", "Hello?"),)
)
TAKE = Take("t1", "opening", 1, NOON, TakeState.RECORDED, audio_key="one/t1")
ATTEMPT = Attempt("one", "ann", NOON, CALL, "ab" * 32, (TAKE,))
CONSENT = Consent("ann", "1", NOON)
AUDIO = b"fLaC and what follows"


@pytest.fixture
def blobs() -> MemoryBlobStore:
    store = MemoryBlobStore()
    store.put("one/t1", AUDIO)
    store.put("two/t1", b"another attempt's")
    return store


def forged(
    attempt: Attempt = ATTEMPT,
    *,
    extra: dict[str, bytes] | None = None,
    change: Callable[[dict[str, Any]], None] = lambda _: None,
    audio_key: str = "one/t1",
) -> bytes:
    """A bundle whose hashes are right and whose content is somebody's choice."""
    contents = {"attempt.json": serialise.ATTEMPT.dump(attempt).encode(), "audio/001.flac": AUDIO}
    manifest: dict[str, Any] = {
        "format": 1,
        "members": [
            {"name": name, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        ],
    }
    manifest["members"][1]["key"] = audio_key
    change(manifest)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in (contents | (extra or {})).items():
            archive.writestr(name, content)
    return file.getvalue()


def refusal(content: bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_bundle(content)
    return caught.value


def test_it_holds_the_recording_as_stored_with_hash_and_versions(blobs: MemoryBlobStore) -> None:
    content = write_bundle(ATTEMPT, blobs=blobs, consent=CONSENT)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("audio/001.flac") == AUDIO
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["format"] == 1
    assert manifest["program"] == __version__
    assert hashlib.sha256(AUDIO).hexdigest() in [member["sha256"] for member in manifest["members"]]
    assert read_bundle(content) == (ATTEMPT, {"one/t1": AUDIO}, CONSENT, Review())
    assert content == write_bundle(ATTEMPT, blobs=blobs, consent=CONSENT)


def test_a_recording_deleted_meanwhile_is_left_out(blobs: MemoryBlobStore) -> None:
    blobs.delete("one/t1")
    assert read_bundle(write_bundle(ATTEMPT, blobs=blobs, consent=None)) == (ATTEMPT, {}, None, Review())


def test_the_forger_of_these_tests_makes_whole_bundles() -> None:
    assert read_bundle(forged()).audio == {"one/t1": AUDIO}


def test_a_newer_format_is_told_from_a_broken_one() -> None:
    def newer(manifest: dict[str, Any]) -> None:
        manifest.clear()
        manifest.update(format=2, program="9.0", parts="otherwise")

    error = refusal(forged(change=newer))
    assert error.code == "bundle_newer"
    assert "9.0" in error.message


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "/etc/passwd", "a/../b", "C:\\x", "a//b", ".ssh", "a\n", ""]
)
def test_a_key_cannot_reach_elsewhere(key: str) -> None:
    take = replace(TAKE, audio_key=key)
    assert refusal(forged(replace(ATTEMPT, takes=(take,)), audio_key=key)).code == "bundle_broken"


@pytest.mark.parametrize("attempt_id", ["../one", "a/b", "", "x" * 65, "."])
def test_an_id_cannot_reach_elsewhere(attempt_id: str) -> None:
    assert refusal(forged(replace(ATTEMPT, id=attempt_id))).code == "bundle_broken"


def test_a_recording_no_take_names_is_refused() -> None:
    assert "no take names" in refusal(forged(audio_key="two/t1")).message


@pytest.mark.parametrize("key", ["two/t1", "one", "one-more/t1"])
def test_a_bundle_cannot_write_over_another_attempts_recording(key: str) -> None:
    take = replace(TAKE, audio_key=key)
    error = refusal(forged(replace(ATTEMPT, takes=(take,)), audio_key=key))
    assert "belongs to another attempt" in error.message


def test_a_member_that_is_not_listed_is_refused() -> None:
    assert "not those it lists" in refusal(forged(extra={"../../evil": b"x"})).message


def test_two_takes_of_one_id_are_refused() -> None:
    assert "same id" in refusal(forged(replace(ATTEMPT, takes=(TAKE, TAKE)))).message


def test_an_altered_recording_is_refused() -> None:
    def other(manifest: dict[str, Any]) -> None:
        manifest["members"][1]["sha256"] = "0" * 64

    assert "not what was exported" in refusal(forged(change=other)).message


def test_the_consent_of_somebody_else_is_refused(blobs: MemoryBlobStore) -> None:
    content = write_bundle(ATTEMPT, blobs=blobs, consent=replace(CONSENT, person="bob"))
    assert "'bob'" in refusal(content).message


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * (bundle.MAX_JSON_BYTES + 1))
    content = file.getvalue()
    tracemalloc.start()
    error = refusal(content)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than" in error.message
    assert peak_bytes < 2 << 20


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    content = forged(extra={})
    size = len(serialise.ATTEMPT.dump(ATTEMPT).encode())
    # The directory at the end says how long a member is once unpacked; a liar writes less.
    end = content.rindex(b"attempt.json") - 46
    assert content[end : end + 4] == b"PK\x01\x02"
    lying = bytearray(content)
    lying[end + 24 : end + 28] = (size - 10).to_bytes(4, "little")
    assert refusal(bytes(lying)).code == "bundle_broken"


def test_all_members_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = forged()
    monkeypatch.setattr(bundle, "MAX_BUNDLE_BYTES", len(content) + 1)  # the file fits, its content does not
    assert "unpacks to more" in refusal(content).message
    monkeypatch.setattr(bundle, "MAX_BUNDLE_BYTES", len(content) - 1)
    assert "larger than" in refusal(content).message


@pytest.mark.parametrize("content", [b"", b"PK", b"RIFF....WAVE", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    assert refusal(content).code == "bundle_broken"


def test_an_encrypted_member_is_refused() -> None:
    lying = bytearray(forged())
    first, entry = lying.index(b"PK\x03\x04"), lying.index(b"PK\x01\x02")
    lying[first + 6] |= 1
    lying[entry + 8] |= 1
    assert refusal(bytes(lying)).code == "bundle_broken"
