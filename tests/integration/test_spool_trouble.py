"""A disk that is full while somebody speaks, and a bucket that may not be written: what was said is kept."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.integration.test_s3 import bucket, endpoint, files  # noqa: F401 - fixtures
from tests.site import RATE_HZ, Site, site
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.judging import JobState
from voice_trainer.wiring import fixtures_folder

SOUND = load_audio(fixtures_folder() / "coffee-good-rms.flac").samples[: 20 * RATE_HZ]
ROOM = 480_000  # bytes a file may have: 15 s of sound, and more than the database needs


def store(endpoint: str) -> dict[str, str]:  # noqa: F811
    return {"blob_url": "s3://voices/training", "blob_endpoint": endpoint}


def spoken(one: Site) -> dict[str, object]:
    one.agree()
    return one.record(SOUND, call="late-coffee-machine")


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_disk_that_fills_while_somebody_speaks(endpoint: str, bucket: str, tmp_path: Path) -> None:  # noqa: F811
    with site(tmp_path, **store(endpoint)) as one:
        one.agree()
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
        try:
            outcome = spoken(one)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (outcome["type"], outcome["reason"]) == ("recorded", "fault")
        assert outcome["notice"]["code"] == "disk_full"  # type: ignore[index]
        (take,) = one.house.store.get(str(outcome["attempt"])).takes
        assert take.state is TakeState.RECORDED
        assert take.audio_key is not None
        kept = one.house.blobs.read(take.audio_key).samples
        assert len(kept) / RATE_HZ == pytest.approx(ROOM / 2 / RATE_HZ, abs=0.2)
        assert np.allclose(kept, SOUND[: len(kept)], atol=1e-3)
        assert one.house.queue.health().counts[JobState.WAITING] == 1


def test_a_bucket_that_may_not_be_written(
    endpoint: str,  # noqa: F811
    bucket: str,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import obstore
    from obstore.exceptions import PermissionDeniedError

    def refuse(*_: object) -> None:
        raise PermissionDeniedError("403 Forbidden")

    with site(tmp_path, **store(endpoint)) as one:
        with monkeypatch.context() as patch:
            patch.setattr(obstore, "put", refuse)
            outcome = spoken(one)
        assert outcome["type"] == "recorded"
        assert outcome["notice"]["code"] == "data_read_only"  # type: ignore[index]
        (take,) = one.house.store.get(str(outcome["attempt"])).takes
        assert take.audio_key is not None
        assert [path.suffix for path in files(tmp_path / "spool")] == [".wav"]
        assert len(one.house.blobs.read(take.audio_key).samples) == len(SOUND)
        one.judge(str(outcome["attempt"]), take.id)  # it is judged from the spool meanwhile
        assert one.house.blobs.upload() == 1  # type: ignore[attr-defined]
        assert files(tmp_path / "spool") == []
        assert len(one.house.blobs.read(take.audio_key).samples) == len(SOUND)
