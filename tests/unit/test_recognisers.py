from pathlib import Path

import pytest

from voice_trainer.adapters import recognisers, whisper_models
from voice_trainer.adapters.recognisers import choose
from voice_trainer.errors import ModelError, UsageError


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_pocketsphinx_where_there_are_no_weights(tmp_path: Path) -> None:
    transcriber, reason = choose(models_dir=tmp_path)
    assert transcriber.engine == "pocketsphinx"
    assert transcriber.model.startswith("en-us 5")
    assert "no Whisper weights" in reason
    assert "models fetch base.en" in reason
    assert "\n" not in reason


@pytest.mark.parametrize("folder", ["models", "cache/whisper"])
def test_whisper_where_its_weights_are(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "ours.pt").write_bytes(b"loaded later")
    transcriber, reason = choose(models_dir=tmp_path / "models")
    assert (transcriber.engine, transcriber.model) == ("whisper", "ours")
    assert "because its weights are here" in reason
    assert str(tmp_path / folder / "ours.pt") in reason


def test_the_engine_asked_for_wins(tmp_path: Path) -> None:
    (tmp_path / "ours.pt").write_bytes(b"loaded later")
    assert choose("pocketsphinx", models_dir=tmp_path)[0].engine == "pocketsphinx"
    assert choose("whisper", models_dir=tmp_path)[0].engine == "whisper"
    assert choose(model=tmp_path / "ours.pt")[1].startswith("Recogniser: Whisper ours, as asked for")


def test_damaged_weights_are_said_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "base.en.pt").write_bytes(b"half a download")
    with pytest.raises(ModelError) as caught:
        choose(models_dir=tmp_path)
    assert caught.value.code == "model_checksum"


def test_whisper_asked_for_without_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"base\.en") as caught:
        choose("whisper", models_dir=tmp_path)
    assert caught.value.code == "model_missing"


@pytest.mark.parametrize(
    ("engine", "model", "code"),
    [("siri", None, "engine_unknown"), ("pocketsphinx", "base.en", "engine_has_no_models")],
)
def test_what_cannot_be_asked(engine: str, model: str | None, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose(engine, model=model)
    assert caught.value.code == code


@pytest.mark.parametrize("absent", ["whisper", "torch"])
def test_without_whisper_the_offline_recogniser_serves_unless_whisper_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    (tmp_path / "ours.pt").write_bytes(b"x")
    real = recognisers.find_spec
    for module in (recognisers, whisper_models):
        monkeypatch.setattr(module, "find_spec", lambda name: None if name == absent else real(name))
    transcriber, reason = choose(models_dir=tmp_path)
    assert transcriber.engine == "pocketsphinx"
    assert "not installed" in reason
    with pytest.raises(ModelError) as caught:
        choose("whisper", models_dir=tmp_path)
    assert caught.value.code == "whisper_missing"
