"""How the call went, in the terminal: the customer's temperature turn by turn, and why it moved."""

from __future__ import annotations

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from voice_trainer.cli.console import console
from voice_trainer.domain.attempt import Attempt
from voice_trainer.domain.call import CallSummary, follow_call
from voice_trainer.exports.course import explained, tenseness

_BLOCKS = "▁▂▃▄▅▆▇█"
_STYLES = ((45, "good"), (65, "middle"), (101, "bad"))


def strip(call: CallSummary) -> Text:
    """One block a turn, tall where the customer is tense, and the numbers below it; never colour alone."""
    line = Text(style="none")
    for temperature in call.temperatures:
        block = _BLOCKS[min(len(_BLOCKS) - 1, temperature * len(_BLOCKS) // 100)]
        style = next(style for limit, style in _STYLES if temperature < limit)
        line.append(f"{block * 3} ", style=style)
    first, last = (tenseness(t) for t in (call.temperatures[0], call.temperatures[-1]))
    return line.append(f" {first} → {last}" if first != last else f" {first} throughout")


def show_strip(attempt: Attempt) -> None:
    """One line after a reply: how tense the customer was so far, and is now."""
    call = follow_call(attempt)
    if call.steps:
        line = Text(f"{attempt.scenario.persona.name}  ", style="bold").append_text(strip(call))
        console().print(line)


def show_course(attempt: Attempt) -> None:
    """The strip, and for each turn how the customer took the reply."""
    call, out = follow_call(attempt), console()
    if not call.steps:
        return
    out.print(f"\n[head]{escape(attempt.scenario.persona.name)} over the call[/head]")
    out.print(Padding(strip(call), (0, 0, 0, 2)))
    out.print("  " + " ".join(f"{t:>3}" for t in call.temperatures), style="quiet", markup=False)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="quiet")
    grid.add_column(max_width=88)
    for number, step in enumerate(call.steps, start=1):
        said = step.turn.says.split()
        more = " ..." if len(said) > 12 else ""
        grid.add_row(str(number), escape(f"“{' '.join(said[:12])}{more}”"))
        grid.add_row("", escape(explained(step, attempt.scenario.persona)))
    out.print(Padding(grid, (1, 0, 0, 0)))
