"""What a user may set: defaults, then the settings file, then the environment; command options come last.

The file is ``settings.toml`` in the configuration folder; the environment variable of a setting is its
name in capitals with ``VOICE_TRAINER_`` before it. `docs/settings.md` lists them and a test compares.
"""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from voice_trainer.errors import UsageError

APP = "voice-trainer"
PREFIX = "VOICE_TRAINER_"


def login_name() -> str:
    """The name at the login, for want of a better one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "agent"


class Settings(BaseModel):
    """All settings, checked."""

    # A device may be given by its number: ``input_device = 3``.
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    person: str = Field(
        default_factory=login_name, min_length=1, max_length=80, description="Whose attempts these are."
    )
    data_dir: Path = Field(
        default_factory=lambda: user_data_path(APP, appauthor=False),
        description="Where attempts, recordings and models are kept.",
    )
    scenarios_dir: Path | None = Field(
        default=None,
        description="Your own calls; they lie over the built-in ones. Default: DATA_DIR/prompts.",
    )
    models_dir: Path | None = Field(
        default=None, description="Whisper's weights. Default: DATA_DIR/models, then ~/.cache/whisper."
    )
    input_device: str | None = Field(default=None, description="Microphone: part of its name, or its number.")
    output_device: str | None = Field(default=None, description="Headset: part of its name, or its number.")
    engine: str | None = Field(
        default=None, description="Recogniser: whisper or pocketsphinx; by itself if unset."
    )
    voice_engine: str = Field(
        default="pyttsx3",
        description="The customer's voice: pyttsx3, or an engine by plug-in (see `doctor`).",
    )
    line: Literal["clear", "telephone"] = Field(
        default="clear", description="How the customer's voice reaches you: clear, or as by telephone."
    )
    background: Literal["quiet", "office"] = Field(
        default="quiet", description="Around the customer's voice: quiet, or the babble of an office."
    )
    hold_music: bool = Field(default=False, description="In `practice`: music while you are put through.")
    clock_s: float | None = Field(
        default=None,
        ge=10,
        le=7200,
        description="In `practice`: a call clock against this many seconds of talk; none if unset.",
    )
    trailing_silence_s: float = Field(
        default=2.0, ge=0.5, le=10, description="Silence that ends a reply, seconds."
    )
    longest_take_s: float = Field(default=180.0, ge=5, le=3600, description="Longest reply, seconds.")
    longest_file_s: float = Field(default=300.0, ge=5, le=7200, description="Longest file to score, seconds.")
    name_feeling: bool = Field(
        default=False, description="In `practice`: name the customer's feeling before answering."
    )
    check_in: bool = Field(
        default=False, description="In `practice`: two taps on stress and confidence, before and after."
    )
    database_url: str | None = Field(
        default=None,
        description="PostgreSQL instead of SQLite: postgresql://USER:PASSWORD@HOST/NAME (or PGPASSWORD).",
    )
    blob_url: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9._/-]*)?$",
        description="S3-compatible store for recordings instead of files: s3://BUCKET/PREFIX; "
        "keys by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    )
    blob_endpoint: str | None = Field(
        default=None, description="Address of that store, where it is not Amazon's: https://HOST:PORT."
    )
    blob_region: str = Field(default="us-east-1", description="Region of that store.")
    workers: int = Field(
        default=1, ge=0, le=64, description="Judging processes beside `serve`; 0 leaves it to `worker`."
    )
    job_tries: int = Field(default=5, ge=1, le=20, description="Tries of a judgement before it is parked.")
    job_retry_s: float = Field(
        default=4.0,
        ge=0.1,
        le=3600,
        description="Seconds until the second try, then four times as long.",
    )
    job_stalled_s: float = Field(
        default=30.0, ge=1, le=3600, description="Seconds of silence after which a worker counts as dead."
    )
    oidc_issuer: str = Field(
        default="", description="Address of the provider people may sign in through (OpenID Connect)."
    )
    oidc_client_id: str = Field(default="", description="What the provider knows this server by.")
    oidc_client_secret: str = Field(
        default="", repr=False, description="The provider's secret; better in the environment."
    )
    oidc_name: str = Field(default="your company", description="What the provider is called on the page.")
    retention_days: int = Field(default=30, ge=1, le=3650, description="Days that recordings are kept.")

    @field_validator("data_dir", "scenarios_dir", "models_dir")
    @classmethod
    def _at_home(cls, path: Path | None) -> Path | None:
        """No shell unfolds ``~`` in a file or a variable."""
        try:
            return path.expanduser() if path is not None else None
        except RuntimeError as error:
            raise ValueError(str(error)) from error

    @field_validator("person")
    @classmethod
    def _named(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("a name is needed")
        return name.strip()

    @property
    def user_scenarios(self) -> Path:
        """Where the user's own calls are."""
        return self.scenarios_dir or self.data_dir / "prompts"

    @property
    def models(self) -> Path:
        """Where fetched weights go."""
        return self.models_dir or self.data_dir / "models"


def settings_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the settings file is looked for."""
    if named := environ.get(f"{PREFIX}SETTINGS"):
        return Path(named).expanduser()
    return user_config_path(APP, appauthor=False) / "settings.toml"


def load_settings(
    options: Mapping[str, object] | None = None, *, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from file, environment and command options; an option of None counts as not given.

    Raises
    ------
    UsageError
        ``settings_wrong`` for an unknown name or a value out of range, ``settings_unreadable``.
    """
    path = settings_file(environ)
    values: dict[str, object] = {}
    try:
        # A file that somebody named must be there; the usual place may be empty.
        if path.exists() or environ.get(f"{PREFIX}SETTINGS"):
            values.update(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            "settings_unreadable",
            f"The settings file {path} cannot be read: {error}.",
            remedy="Mend or remove it.",
        ) from error
    for name in Settings.model_fields:
        if text := environ.get(f"{PREFIX}{name.upper()}"):  # set to nothing counts as not set
            values[name] = text
    values.update({name: value for name, value in (options or {}).items() if value is not None})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            "settings_wrong",
            f"The setting {name} = {_shown(name, first.get('input'))} is wrong: {first['msg']}.",
            remedy=f"Known settings: {', '.join(Settings.model_fields)}. Settings file: {path}.",
        ) from error


def _shown(name: str, value: object) -> str:
    """A value for an error; a URL may hold a password."""
    return "..." if name.endswith("_url") else repr(value)
