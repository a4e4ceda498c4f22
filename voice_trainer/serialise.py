"""Domain values as JSON and back: what the store's columns and the exported bundle hold.

It stands beside `errors.py`, under everything else, so that adapters and exports share one wording of a
value. pydantic reads the plain dataclasses of the domain; the domain does not know it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from voice_trainer.domain.attempt import Attempt, Consent, EngineVersions, Take
from voice_trainer.domain.delivery import Delivery, VoiceProfile
from voice_trainer.domain.feeling import NamedFeeling
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.review import Review
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.score import Score
from voice_trainer.domain.transcript import Transcript

T = TypeVar("T")


class UnreadableError(ValueError):
    """JSON that is not such a value; the store and the bundle turn it into their own errors."""


class Codec(Generic[T]):
    """JSON <-> one kind of domain value."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        # pydantic takes a configuration only for types without one of their own, hence the union.
        # Infinity and NaN are kept as strings: null would quietly turn them into "not measured".
        kind: Any = self.kind | None
        return TypeAdapter(kind, config=ConfigDict(ser_json_inf_nan="strings"))

    def dump(self, value: T) -> str:
        """The value as JSON text."""
        text: bytes = self._adapter.dump_json(value)
        return text.decode()

    def load(self, text: str | bytes) -> T:
        """The value; raises `UnreadableError` naming the first field that does not fit.

        Unknown keys are ignored and missing ones take the domain's default, so that a field can be
        added without rewriting what is stored.
        """
        try:
            value = self._adapter.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the whole value"
            raise UnreadableError(f"{self.kind.__name__}: {where}: {first['msg']}") from error
        if value is None:
            raise UnreadableError(f"{self.kind.__name__}: the whole value: null")
        return value  # type: ignore[no-any-return]


ATTEMPT = Codec(Attempt)
CONSENT = Codec(Consent)
DELIVERY = Codec(Delivery)
ENGINES = Codec(EngineVersions)
FEELING = Codec(NamedFeeling)
LISTENING = Codec(Listening)
PROFILE = Codec(VoiceProfile)
REVIEW = Codec(Review)
SCENARIO = Codec(Scenario)
SCORE = Codec(Score)
TAKE = Codec(Take)
TRANSCRIPT = Codec(Transcript)
