"""Defaults, then the file, then the environment, then the command's options."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_trainer.errors import UsageError
from voice_trainer.settings import PREFIX, Settings, load_settings, login_name, settings_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def load(file: Path, text: str = "", options: dict[str, object] | None = None, **environ: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    given = {f"{PREFIX}{name.upper()}": value for name, value in environ.items()}
    return load_settings(options, environ={f"{PREFIX}SETTINGS": str(file), **given})


def test_defaults_are_as_the_issue_says(file: Path) -> None:
    settings = load(file)
    assert settings.trailing_silence_s == 2.0
    assert settings.retention_days == 30
    assert settings.person == login_name()
    assert settings.engine is None
    assert settings.models == settings.data_dir / "models"
    assert settings.user_scenarios == settings.data_dir / "prompts"


def test_later_places_win(file: Path) -> None:
    text = 'person = "from file"\nretention_days = 5\ntrailing_silence_s = 1.5'
    settings = load(file, text, {"person": "from option"}, person="from environment", retention_days="7")
    assert settings.person == "from option"
    assert settings.retention_days == 7
    assert settings.trailing_silence_s == 1.5


def test_an_option_not_given_changes_nothing(file: Path) -> None:
    assert load(file, 'person = "dana"', {"person": None}).person == "dana"


def test_a_variable_set_to_nothing_is_not_set(file: Path) -> None:
    assert load(file, engine="").engine is None
    assert load(file, person="").person == login_name()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("retention_days = 0", "retention_days = 0"),
        ('trailing_silence_s = "soon"', "trailing_silence_s = 'soon'"),
        ("longest_take_s = 1e9", "longest_take_s"),
        ("retentiondays = 5", "retentiondays"),
        ('person = ""', "person"),
        ('person = "   "', "person"),
    ],
)
def test_a_wrong_setting_names_itself_its_value_and_the_known_ones(file: Path, text: str, named: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(file, text)
    assert caught.value.code == "settings_wrong"
    assert named in caught.value.message
    assert "retention_days" in caught.value.remedy
    assert str(file) in caught.value.remedy


@pytest.mark.parametrize("content", [b"retention_days =", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_a_broken_file_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load_settings(environ={f"{PREFIX}SETTINGS": str(file)})
    assert caught.value.code == "settings_unreadable"
    assert str(file) in caught.value.message


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(environ={f"{PREFIX}SETTINGS": str(tmp_path)})


def test_a_file_that_somebody_named_must_be_there(file: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(environ={f"{PREFIX}SETTINGS": str(file)})
    assert caught.value.code == "settings_unreadable"


def test_the_usual_place_may_be_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("voice_trainer.settings.user_config_path", lambda *_, **__: tmp_path)
    assert settings_file({}) == tmp_path / "settings.toml"
    assert load_settings(environ={}).retention_days == 30


def test_a_folder_may_begin_at_home(file: Path) -> None:
    assert load(file, 'data_dir = "~/voices"').data_dir == Path.home() / "voices"
    assert load(file, models_dir="~/weights").models == Path.home() / "weights"


def test_a_device_may_be_named_by_its_number(file: Path) -> None:
    assert load(file, "input_device = 3").input_device == "3"
    assert load(file, output_device="2").output_device == "2"


def test_settings_are_frozen(file: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(file).person = "other"  # type: ignore[misc]


def test_a_login_without_a_name_is_an_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert login_name() == "agent"
