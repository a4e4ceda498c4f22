"""Naming the customer's feeling before answering: asked, kept, and told only after the reply."""

from __future__ import annotations

from rich.markup import escape

from voice_trainer.cli.console import ask, console
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.domain.feeling import FeelingMatch, NamedFeeling
from voice_trainer.domain.scenario import Turn
from voice_trainer.listening.feelings import name_feeling
from voice_trainer.practice.session import PracticeSession

_WORDS = {
    FeelingMatch.RIGHT: ("good", "✓", "right"),
    FeelingMatch.NEAR: ("middle", "◐", "near"),
    FeelingMatch.OTHER: ("bad", "○", "another feeling"),
    FeelingMatch.UNKNOWN: ("quiet", "?", "not known as a feeling, so not scored"),
}


def hear_and_name(session: PracticeSession, turn: Turn, drawing: Drawing) -> NamedFeeling | None:
    """The customer speaks, then the agent says in a word what they seem to feel; Enter leaves it out."""
    try:
        with watching() as keys:
            session.stop_with(keys.stop_requested)
            session.hear(turn)
    finally:
        drawing.close()
    call = session.attempt.scenario
    said = ask(f"\nIn a word: what does {call.persona.name} seem to feel? (Enter skips)")
    return name_feeling(said, turn=turn, language=call.language) if said else None


def show_feeling(feeling: NamedFeeling | None) -> None:
    """How the word compares; after the reply, for before it would put words into the agent's mouth."""
    if feeling is None:
        return
    style, sign, word = _WORDS[feeling.match]
    said, declared = escape(feeling.said), escape(feeling.declared)
    told = "" if feeling.said.lower() == feeling.declared.lower() else f"; the call says “{declared}”"
    console().print(f"[head]You named[/head]  “{said}”: [{style}]{sign} {word}[/{style}]{told}.")
