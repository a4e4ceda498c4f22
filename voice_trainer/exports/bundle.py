"""One attempt as one file for the coach: a zip of JSON and the recordings exactly as stored.

::

    manifest.json    format and program version; name, size and SHA-256 of every other member, and the
                     key of each recording
    attempt.json     the attempt
    consent.json     the consent under which it was recorded, if there is one
    review.json      what coaches and agent added, if they did
    audio/001.wav    the recordings

A bundle comes from somebody else's machine. Reading trusts nothing in it: names, sizes, keys and hashes are
checked before a value is handed out, and nothing is ever unpacked to disk here.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice_trainer import __version__, serialise
from voice_trainer.domain.attempt import Attempt, Consent
from voice_trainer.domain.review import Review
from voice_trainer.errors import UsageError
from voice_trainer.ports import BlobStore
from voice_trainer.serialise import UnreadableError

FORMAT = 1
MAX_BUNDLE_BYTES = 1 << 30  # an hour of 48 kHz sound is a third of it
MAX_JSON_BYTES = 64 << 20
MAX_MEMBERS = 1000
_MANIFEST = "manifest.json"
_ATTEMPT = "attempt.json"
_CONSENT = "consent.json"
_REVIEW = "review.json"
_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_KEY = re.compile(r"(?!.{300})[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_MADE_AT = (1980, 1, 1, 0, 0, 0)  # the same attempt gives the same bytes
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Bundle(NamedTuple):
    """What a bundle holds; `audio` is by the key that the takes name."""

    attempt: Attempt
    audio: dict[str, bytes]
    consent: Consent | None
    review: Review = Review()


class _Member(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    size_bytes: int = Field(ge=0)
    sha256: str
    key: str | None = None  # of a recording


class _Format(BaseModel):
    model_config = ConfigDict(extra="ignore")

    format: int = Field(ge=1)
    program: str = ""


class _Manifest(_Format):
    members: list[_Member]


def write_bundle(
    attempt: Attempt, *, blobs: BlobStore, consent: Consent | None, review: Review | None = None
) -> bytes:
    """The attempt with its recordings; those deleted meanwhile (retention) are left out."""
    stored = set(blobs.keys())
    keys = dict.fromkeys(take.audio_key for take in attempt.takes if take.audio_key in stored)
    contents = {_ATTEMPT: serialise.ATTEMPT.dump(attempt).encode()}
    if consent is not None:
        contents[_CONSENT] = serialise.CONSENT.dump(consent).encode()
    if review is not None and review.remarks:
        contents[_REVIEW] = serialise.REVIEW.dump(review).encode()
    key_of: dict[str, str] = {}
    for number, key in enumerate((key for key in keys if key is not None), start=1):
        audio = blobs.get(key)
        name = f"audio/{number:03d}{_suffix(audio)}"
        contents[name] = audio
        key_of[name] = key
    members = [
        _Member(name=name, size_bytes=len(content), sha256=_sha256(content), key=key_of.get(name))
        for name, content in contents.items()
    ]
    manifest = _Manifest(format=FORMAT, program=__version__, members=members)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, _MANIFEST, manifest.model_dump_json(indent=1).encode())
        for name, content in contents.items():
            _add(archive, name, content)
    return file.getvalue()


def read_bundle(content: bytes) -> Bundle:
    """The attempt, its recordings and the consent.

    Raises `UsageError`: ``bundle_newer`` for a format this program does not know, ``bundle_broken`` for
    anything that is not a whole, unaltered bundle. Ids and keys stay as they were; whether the attempt is
    known already is for the caller to decide.
    """
    if len(content) > MAX_BUNDLE_BYTES:
        raise _broken(f"it is larger than {MAX_BUNDLE_BYTES >> 20} MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            contents, manifest = _checked_members(archive)
        attempt = serialise.ATTEMPT.load(contents[_ATTEMPT])
        consent = serialise.CONSENT.load(contents[_CONSENT]) if _CONSENT in contents else None
        review = serialise.REVIEW.load(contents[_REVIEW]) if _REVIEW in contents else Review()
    except UsageError:
        raise
    except UnreadableError as error:
        raise _broken(str(error)) from error
    except _ZIP_FAULTS as error:
        raise _broken(str(error) or type(error).__name__) from error
    audio = {member.key: contents[member.name] for member in manifest.members if member.key is not None}
    _check_names(attempt, audio, consent)
    _check_review(attempt, review)
    return Bundle(attempt, audio, consent, review)


def _checked_members(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], _Manifest]:
    infos = {info.filename: info for info in archive.infolist()}
    if len(infos) != len(archive.infolist()) or len(infos) > MAX_MEMBERS:
        raise _broken(f"{len(archive.infolist())} members, some twice or too many")
    if sum(info.file_size for info in infos.values()) > MAX_BUNDLE_BYTES:
        raise _broken(f"it unpacks to more than {MAX_BUNDLE_BYTES >> 20} MiB")
    manifest = _manifest(_read(archive, infos.get(_MANIFEST), _MANIFEST))
    listed = {member.name: member for member in manifest.members}
    if set(listed) != set(infos) - {_MANIFEST} or _ATTEMPT not in listed:
        raise _broken("its members are not those it lists")
    contents = {}
    for name, member in listed.items():
        contents[name] = _read(archive, infos[name], name)
        if len(contents[name]) != member.size_bytes or _sha256(contents[name]) != member.sha256:
            raise _broken(f"{name} is not what was exported")
    return contents, manifest


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None, name: str) -> bytes:
    """A member, never more of it than it declares: the declared sizes were added up and allowed."""
    if info is None:
        raise _broken(f"{name} is missing")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken(f"{name} is packed in an unknown way")
    if name.endswith(".json") and info.file_size > MAX_JSON_BYTES:
        raise _broken(f"{name} is larger than {MAX_JSON_BYTES >> 20} MiB")
    with archive.open(info) as member:
        content = member.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise _broken(f"{name} is not as long as it says")
    return content


def _manifest(content: bytes) -> _Manifest:
    try:
        # The format first: a newer one may look different altogether.
        version = _Format.model_validate_json(content)
        if version.format > FORMAT:
            raise UsageError(
                "bundle_newer",
                f"The file was exported by a newer voice-trainer ({version.program or 'unknown version'}, "
                f"format {version.format}; this program reads up to {FORMAT}).",
                remedy="Update voice-trainer and import it again.",
            )
        return _Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _broken(f"{_MANIFEST}: {first['msg']}") from error


def _check_names(attempt: Attempt, audio: dict[str, bytes], consent: Consent | None) -> None:
    """Names that will become rows and paths here must not reach anywhere else."""
    keys = {take.audio_key for take in attempt.takes if take.audio_key is not None}
    if not audio.keys() <= keys:
        raise _broken("it holds a recording that no take names")
    _require(_ID, [attempt.id, *(take.id for take in attempt.takes)], "id")
    _require(_KEY, keys, "recording")
    for key in sorted(keys):
        # An attempt's recordings lie under its id: one that is new here cannot write over another's.
        if not key.startswith(f"{attempt.id}/"):
            raise _broken(f"the recording {key!r} belongs to another attempt")
    if len({take.id for take in attempt.takes}) != len(attempt.takes):
        raise _broken("two takes have the same id")
    if consent is not None and consent.person != attempt.person:
        raise _broken(f"the consent is of {consent.person!r}, the attempt of {attempt.person!r}")


def _check_review(attempt: Attempt, review: Review) -> None:
    ids = [remark.id for remark in review.remarks]
    _require(_ID, ids, "remark")
    if len(set(ids)) != len(ids):
        raise _broken("two remarks have the same id")
    if {remark.take_id for remark in review.remarks} - {take.id for take in attempt.takes}:
        raise _broken("a remark is on a take that is not in it")


def _require(pattern: re.Pattern[str], names: Iterable[str], what: str) -> None:
    for name in names:
        if not pattern.fullmatch(name):
            raise _broken(f"{name[:80]!r} is not a safe {what} name")


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _MADE_AT)
    # Recordings are stored as they are: FLAC would not shrink.
    info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
    info.external_attr = 0o600 << 16
    archive.writestr(info, content)


def _suffix(audio: bytes) -> str:
    return {b"fLaC": ".flac", b"RIFF": ".wav", b"OggS": ".ogg"}.get(audio[:4], ".bin")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _broken(detail: str) -> UsageError:
    return UsageError(
        "bundle_broken",
        f"The file is not a whole voice-trainer attempt: {detail}.",
        remedy="Ask for it to be exported and sent again.",
    )
