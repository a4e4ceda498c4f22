"""The only place that joins ports to adapters. Nothing heavy is imported before it is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voice_trainer.errors import ModelError, UsageError
from voice_trainer.settings import Settings

if TYPE_CHECKING:
    from voice_trainer.adapters.sounddevice import SoundDevicePlayer, SoundDeviceRecorder
    from voice_trainer.adapters.sql.database import Database
    from voice_trainer.adapters.sql.growth_store import SqlGrowthStore
    from voice_trainer.adapters.sql.one_machine import OneMachine
    from voice_trainer.adapters.sql.procrastinate_queue import Procrastinate
    from voice_trainer.adapters.sql.review_store import SqlReviewStore
    from voice_trainer.adapters.sql.store import SqlAttemptStore
    from voice_trainer.domain.judging import QueueHealth
    from voice_trainer.domain.waveform import Waveform
    from voice_trainer.job_ports import JobQueue
    from voice_trainer.library.finding import ScenarioLibrary
    from voice_trainer.ports import (
        Aligner,
        BlobStore,
        Clock,
        Embedder,
        PersonRecords,
        SpeechDetector,
        Synthesizer,
        Transcriber,
    )
    from voice_trainer.practice.assess import Engines
    from voice_trainer.practice.judging import JudgingDesk
    from voice_trainer.practice.person import Holdings
    from voice_trainer.practice.upkeep import Upkeep
    from voice_trainer.practice.watching import Watch
    from voice_trainer.teams.access import Access
    from voice_trainer.teams.accounts import Reception
    from voice_trainer.teams.calibration import CalibrationOffice
    from voice_trainer.teams.departure import Registrar
    from voice_trainer.teams.ports import AccountStore, AuditLog, TrainingStore
    from voice_trainer.teams.reports import ReportOffice
    from voice_trainer.teams.rubrics import RubricOffice
    from voice_trainer.teams.training import TrainingOffice

AgentChannel = Literal["left", "right"]


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The current time, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()


@dataclass(frozen=True)
class House:
    """Everything, made when first asked for and kept.

    `engine` and `model` choose the recogniser; None leaves the choice to what is installed.
    """

    settings: Settings
    engine: str | None = None
    model: str | None = None

    @cached_property
    def clock(self) -> Clock:
        """The machine's time."""
        return SystemClock()

    @cached_property
    def library(self) -> ScenarioLibrary:
        """Built-in calls, the user's own over them."""
        from voice_trainer.library.finding import ScenarioLibrary, builtin_folder

        own = self.settings.user_scenarios
        if self.settings.scenarios_dir is not None and not own.is_dir():
            raise UsageError(
                "scenarios_folder_missing",
                f"There is no folder {own}.",
                remedy="Name a folder with practice calls, or leave the setting scenarios_dir out.",
            )
        return ScenarioLibrary([builtin_folder(), *([own] if own.is_dir() else [])])

    @cached_property
    def database(self) -> Database:
        """The data folder's database, on which every store stands."""
        from voice_trainer.adapters.sql.database import Database

        return Database(self.settings.database_url or self.settings.data_dir / "attempts.sqlite3")

    @cached_property
    def store(self) -> SqlAttemptStore:
        """Attempts in the data folder."""
        from voice_trainer.adapters.sql.store import SqlAttemptStore

        folder = self.settings.data_dir / "leases" if self.settings.database_url else None
        return SqlAttemptStore(self.database, lease_folder=folder)

    @cached_property
    def growth(self) -> SqlGrowthStore:
        """What the attempts add up to, check-ins, and when each skill is due."""
        from voice_trainer.adapters.sql.growth_store import SqlGrowthStore

        return SqlGrowthStore(self.database)

    @cached_property
    def reviews(self) -> SqlReviewStore:
        """What coaches and agents added to attempts."""
        from voice_trainer.adapters.sql.review_store import SqlReviewStore

        return SqlReviewStore(self.database)

    @cached_property
    def blobs(self) -> BlobStore:
        """Recordings: in the data folder, or in an object store by way of it."""
        if self.settings.blob_url is not None:
            from voice_trainer.adapters.s3 import S3BlobStore

            return S3BlobStore(
                self.settings.blob_url,
                spool=self.settings.data_dir / "spool",
                endpoint=self.settings.blob_endpoint,
                region=self.settings.blob_region,
            )
        from voice_trainer.adapters.files import FileBlobStore

        return FileBlobStore(self.settings.data_dir / "recordings")

    @cached_property
    def accounts(self) -> AccountStore:
        """Who can sign in, on a server."""
        from voice_trainer.adapters.sql.team_store import SqlAccountStore

        return SqlAccountStore(self.database)

    @cached_property
    def audit(self) -> AuditLog:
        """Who has seen whose things."""
        from voice_trainer.adapters.sql.team_store import SqlAuditLog

        return SqlAuditLog(self.database)

    @cached_property
    def training(self) -> TrainingStore:
        """What was handed in and assigned."""
        from voice_trainer.adapters.sql.training_store import SqlTrainingStore

        return SqlTrainingStore(self.database)

    @cached_property
    def reception(self) -> Reception:
        """Invitations and sign-ins."""
        from voice_trainer.adapters.argon2 import Argon2Hasher
        from voice_trainer.teams.accounts import Reception

        return Reception(self.accounts, Argon2Hasher(), self.clock)

    @cached_property
    def access(self) -> Access:
        """Asks the policy and notes what must be noted."""
        from voice_trainer.teams.access import Access

        return Access(self.accounts, self.training, self.audit, self.clock)

    @cached_property
    def dispatcher(self) -> OneMachine | Procrastinate:
        """Hands out what waits to be judged: on this machine, or to workers on any."""
        if self.database.file is None:
            from voice_trainer.adapters.sql.procrastinate_queue import Procrastinate

            return Procrastinate(self.database, stalled_after_s=self.settings.job_stalled_s)
        from voice_trainer.adapters.sql.one_machine import OneMachine

        return OneMachine(self.database, leases=self.store.leases)

    @cached_property
    def queue(self) -> JobQueue:
        """Judgements asked for."""
        from voice_trainer.adapters.sql.jobs import SqlJobQueue

        return SqlJobQueue(self.store, post=self.dispatcher)

    @cached_property
    def judging_desk(self) -> JudgingDesk:
        """What a worker judges with."""
        from voice_trainer.practice.judging import JudgingDesk, Retries

        retries = Retries(self.settings.job_tries, self.settings.job_retry_s)
        return JudgingDesk(self.queue, self.store, self.blobs, self.engines_for, retries)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What must be done now and then."""
        from voice_trainer.adapters.sql.chores import SqlChores
        from voice_trainer.practice.upkeep import Upkeep

        chores, days = SqlChores(self.database), self.settings.retention_days
        often_s = self.settings.job_stalled_s / 2
        return Upkeep(chores, self.queue, self.store, self.blobs, self.clock, days, rescue_every_s=often_s)

    @cached_property
    def person_records(self) -> PersonRecords:
        """What accounts, training and audit hold on a person."""
        from voice_trainer.adapters.sql.person_records import SqlPersonRecords

        return SqlPersonRecords(self.database)

    @cached_property
    def registrar(self) -> Registrar:
        """Erases whoever has or had an account here."""
        from voice_trainer.teams.departure import Registrar

        return Registrar(self.accounts, self.audit, self.holdings, self.clock)

    @cached_property
    def holdings(self) -> Holdings:
        """Where things of a person are kept."""
        from voice_trainer.practice.person import Holdings

        return Holdings(self.store, self.growth, self.blobs, self.queue, self.person_records)

    @cached_property
    def watch(self) -> Watch:
        """Looks at how it goes."""
        from voice_trainer.practice.watching import Watch

        return Watch(self.store, self.blobs, self.queue, self.settings.data_dir)

    def metrics(self) -> bytes:
        """Figures as Prometheus reads them."""
        from voice_trainer.adapters.prometheus import exposition

        return exposition(self._measured)

    def serve_metrics(self, port: int) -> int:
        """Answer Prometheus on a loopback port; returns it."""
        from voice_trainer.adapters.prometheus import serve

        return serve(self._measured, port=port)

    def _measured(self) -> tuple[QueueHealth, int, int]:
        figures = self.watch.figures()
        return figures.queue, figures.free_bytes, figures.total_bytes

    @cached_property
    def training_office(self) -> TrainingOffice:
        """Assignments and how far everybody is."""
        from voice_trainer.teams.training import TrainingOffice

        return TrainingOffice(self.accounts, self.training, self.growth, self.clock)

    @property
    def report_office(self) -> ReportOffice:
        """Group reports for HR, under the rubric of the day."""
        from voice_trainer.teams.reports import ReportOffice

        version = self.rubric_office.current_version()
        return ReportOffice(self.accounts, self.training, self.growth, self.clock, version)

    @cached_property
    def rubric_office(self) -> RubricOffice:
        """The program's rubrics and those coaches wrote."""
        from voice_trainer.teams.rubrics import RubricOffice

        return RubricOffice(self.training, self.store, self.clock)

    @cached_property
    def calibration_office(self) -> CalibrationOffice:
        """Blind scoring among coaches."""
        from voice_trainer.teams.calibration import CalibrationOffice

        return CalibrationOffice(self.training, self.store, self.clock)

    @cached_property
    def synthesizer(self) -> Synthesizer:
        """The customer's voice, with what is mixed around it; lines once spoken are kept."""
        from voice_trainer.adapters.synthesizers import choose_synthesizer

        wanted = self.settings
        voice = choose_synthesizer(wanted.voice_engine, cache_dir=wanted.data_dir / "cache" / "voice")
        if wanted.line == "clear" and wanted.background == "quiet":
            return voice
        from voice_trainer.practice.call_sound import CallSound

        return CallSound(voice, line=wanted.line, background=wanted.background)

    @cached_property
    def player(self) -> SoundDevicePlayer:
        """The output."""
        from voice_trainer.adapters.sounddevice import SoundDevicePlayer

        return SoundDevicePlayer(_device(self.settings.output_device))

    @cached_property
    def recorder(self) -> SoundDeviceRecorder:
        """The microphone."""
        from voice_trainer.adapters.sounddevice import SoundDeviceRecorder

        return SoundDeviceRecorder(_device(self.settings.input_device))

    @cached_property
    def detector(self) -> SpeechDetector:
        """Tells speech from other sound."""
        from voice_trainer.adapters.silero import SileroDetector

        return SileroDetector()

    @cached_property
    def recogniser(self) -> tuple[Transcriber, str]:
        """The recogniser, and one line that says which and why."""
        from voice_trainer.adapters.recognisers import choose

        return choose(self.engine or self.settings.engine, model=self.model, models_dir=self.settings.models)

    @cached_property
    def aligner(self) -> Aligner | None:
        """Times for words that a person typed; None where pocketsphinx is not installed."""
        from voice_trainer.adapters.pocketsphinx import PocketSphinxAligner

        try:
            return PocketSphinxAligner()
        except ModelError:
            return None

    @cached_property
    def embedder(self) -> Embedder | None:
        """Likeness of meaning; None where the weights are not installed: keys and words judge alone then."""
        from voice_trainer.adapters.minilm import MiniLmEmbedder

        try:
            return MiniLmEmbedder()
        except ModelError:
            return None

    @cached_property
    def engines(self) -> Engines:
        """All that judging needs."""
        from voice_trainer.practice.assess import Engines
        from voice_trainer.scoring import load_rubric

        return Engines(
            transcriber=self.recogniser[0],
            detector=self.detector,
            rubric=load_rubric(),
            aligner=self.aligner,
            embedder=self.embedder,
        )

    def engines_for(self, rubric: str) -> Engines:
        """The engines, judging under that version of the rubric."""
        return replace(self.engines, rubric=self.rubric_office.rubric(rubric))

    def loader(self, agent_channel: AgentChannel | None = None) -> Callable[[Path], Waveform]:
        """Reads recordings that exist already."""
        from voice_trainer.adapters.soundfile import load_audio

        def load(path: Path) -> Waveform:
            return load_audio(path, agent_channel=agent_channel, max_duration_s=self.settings.longest_file_s)

        return load


def fixtures_folder() -> Path:
    """The recordings of the demo: inside a wheel, beside the package in a checkout."""
    inside = Path(__file__).parent / "audio_fixtures"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "audio_fixtures"


def _device(named: str | None) -> str | int | None:
    """A device's number where only digits were given."""
    return int(named) if named is not None and named.isdigit() else named
