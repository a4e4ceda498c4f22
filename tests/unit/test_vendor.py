"""The page's third-party scripts: locked without an address, carried as one file, never half there."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from scripts import vendor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for one script, in a project whose lock is as it is."""
    folder = tmp_path / "static/vendor"
    monkeypatch.setattr(vendor, "SOURCES", {folder: {"one.js": "one/dist/one.js"}})
    monkeypatch.setattr(vendor, "_npm_ci", npm_stand_in)
    return folder


def npm_stand_in(folder: Path, *, tests: bool) -> None:
    (folder / "node_modules/one/dist").mkdir(parents=True)
    (folder / "node_modules/one/dist/one.js").write_text("1;")


def test_the_lock_names_what_is_declared_by_version_and_hash_alone() -> None:
    declared = json.loads((vendor.ASSETS / "package.json").read_text())
    lock = json.loads((vendor.ASSETS / vendor.LOCK).read_text())
    versions = declared["dependencies"] | declared["devDependencies"]
    locked = {name.removeprefix("node_modules/"): entry for name, entry in lock["packages"].items() if name}
    assert {name: entry["version"] for name, entry in locked.items()} == versions
    assert all(entry["integrity"].startswith("sha512-") for entry in locked.values())
    assert not [name for name, entry in locked.items() if "resolved" in entry]


def test_they_are_fetched_once(folder: Path) -> None:
    assert vendor.fetch()
    assert (folder / "one.js").read_text() == "1;"
    assert not vendor.fetch()


@pytest.mark.parametrize("spoiled", ["one.js", vendor.STAMP])
def test_what_is_missing_or_of_another_lock_is_fetched_again(folder: Path, spoiled: str) -> None:
    vendor.fetch()
    (folder / spoiled).unlink()
    assert vendor.fetch()
    assert vendor.is_there(folder)


def test_they_travel_as_one_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor.fetch()
    vendor.pack(tmp_path / "scripts.zip")
    (folder / "one.js").unlink()
    monkeypatch.setattr(vendor, "_npm_ci", None)
    assert vendor.fetch(archive=tmp_path / "scripts.zip")
    assert (folder / "one.js").read_text() == "1;"


def test_an_archive_of_other_versions_is_refused(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as file:
        file.writestr("vendor-static/one.js", "0;")
        file.writestr(f"vendor-static/{vendor.STAMP}", "ab" * 32)
    with pytest.raises(vendor.VendorError, match="other versions"):
        vendor.fetch(archive=tmp_path / "old.zip")
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_a_broken_archive_is_named(folder: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.zip").write_bytes(content)
    assert vendor.main(["--from", str(tmp_path / "broken.zip")]) == 1
    with pytest.raises(vendor.VendorError, match=r"broken\.zip"):
        vendor.fetch(archive=tmp_path / "broken.zip")
