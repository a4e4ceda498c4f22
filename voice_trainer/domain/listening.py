"""What a reply gave back of the customer's words: facts, wish, feeling, order, and what bent them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice_trainer.domain.measurement import Heard, Measurement, NotScored


class FactStatus(StrEnum):
    """How one fact came back."""

    REFLECTED = "reflected"
    PARTLY = "partly"
    MISSED = "missed"
    CONTRADICTED = "contradicted"
    UNSURE = "unsure"  # the decisive word may have been misheard: asked back, costs nothing


@dataclass(frozen=True, slots=True)
class FactFinding:
    """One declared fact of the turn, and the words that gave it back."""

    fact_id: str
    status: FactStatus
    heard: Heard | None = None
    confidence: float = 1.0
    note: str = ""  # "we heard eight weeks; the customer said three"


@dataclass(frozen=True, slots=True)
class WishFinding:
    """What the customer wants; `status` is None where the turn declares no wish."""

    status: FactStatus | None
    heard: Heard | None = None


class EmotionStatus(StrEnum):
    """How the customer's feeling was answered."""

    NAMED = "named"  # the declared feeling, or one the scenario accepts
    GENERIC = "generic"  # a feeling recognised in general, or another one named
    NONE = "none"  # nothing, or a canned phrase


@dataclass(frozen=True, slots=True)
class EmotionFinding:
    """The validation of the customer's feeling."""

    status: EmotionStatus
    heard: Heard | None = None
    canned: bool = False


class MoveKind(StrEnum):
    """What a stretch of the reply does."""

    ACKNOWLEDGE = "acknowledge"
    PARAPHRASE = "paraphrase"
    CHECK = "check"
    QUESTION = "question"
    OFFER = "offer"
    POLICY = "policy"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Move:
    """One move of the reply, with its words and times."""

    kind: MoveKind
    heard: Heard


class MisstepKind(StrEnum):
    """What weakens a reply; each is shown with the words heard."""

    COPIED = "copied"
    WORD_LIST = "word_list"
    BLAME = "blame"
    CALM_DOWN = "calm_down"
    MINIMISING = "minimising"  # "at least"
    BUT_AFTER_VALIDATION = "but_after_validation"
    CANNED = "canned"
    POLICY_SHIELD = "policy_shield"
    SOLUTION_FIRST = "solution_first"
    QUESTIONS_ONLY = "questions_only"
    URGENCY = "urgency"
    EXAGGERATION = "exaggeration"
    FEATURE_LIST = "feature_list"
    UNFIT_OFFER = "unfit_offer"


@dataclass(frozen=True, slots=True)
class Misstep:
    """A weakness and the words that show it."""

    kind: MisstepKind
    heard: Heard | None = None


class HelpKind(StrEnum):
    """What makes a suggestion helpful and not salesy."""

    NEED_FIRST = "need_first"
    FITTING_OFFER = "fitting_offer"
    FEW_OPTIONS = "few_options"
    PERMISSION = "permission"
    EASY_NO = "easy_no"


@dataclass(frozen=True, slots=True)
class HelpFinding:
    """One sign of helpfulness: found, with its words, or not."""

    kind: HelpKind
    found: bool
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Listening:
    """All that was measured in the words of one take."""

    facts: tuple[FactFinding, ...]
    wish: WishFinding
    emotion: EmotionFinding
    moves: tuple[Move, ...]
    missteps: tuple[Misstep, ...]
    added: tuple[Heard, ...]  # claims the customer never made
    copied: tuple[Heard, ...]
    copied_share: Measurement  # 0..1 of the reply's words inside copied runs
    reflective_form: Measurement  # 0..1: second person, reflective stems, few questions, no advice
    help: tuple[HelpFinding, ...] = ()  # sales calls only
    indicative: bool = False  # judged without a scenario file
    withheld: NotScored | None = None
