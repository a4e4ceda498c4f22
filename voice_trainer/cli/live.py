"""Draws the events of a session: captions, the level meter, stages."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.live import Live
from rich.markup import escape
from rich.text import Text

from voice_trainer.cli.console import clock, console, is_live
from voice_trainer.domain.scenario import Scenario
from voice_trainer.practice.events import (
    CustomerSpeaking,
    Event,
    Level,
    ListeningNow,
    Notice,
    SpeechEnded,
    SpeechStarted,
    StopReason,
    Transcribing,
)

_METER_CELLS = 24
_FLOOR_DBFS = -60.0
_PLAIN_EVERY_S = 10.0
_WHY = {
    StopReason.SILENCE: "you fell silent",
    StopReason.ASKED: "you stopped",
    StopReason.MAXIMUM: "the longest reply was reached",
    StopReason.NOBODY_SPOKE: "nobody spoke",
    StopReason.FAULT: "the recording was interrupted",
}


@dataclass(slots=True)
class Drawing:
    """Draws one event after the other; the meter is one line that moves, or none.

    `clock_s` is the target of the call clock in seconds, None for no clock. The clock runs from the
    customer's first word to the end of the reply, turn after turn; reading the feedback takes no time.
    """

    scenario: Scenario | None = None
    clock_s: float | None = None
    now_s: Callable[[], float] = time.monotonic
    _talked_s: float = 0.0
    _since_s: float | None = None
    _live: Live | None = field(default=None, repr=False)
    _told_s: float = 0.0

    def __call__(self, event: Event) -> None:
        """Draw `event`; unknown ones draw nothing."""
        match event:
            case Level():
                self._level(event)
            case CustomerSpeaking():
                self._since_s = self.now_s() if self._since_s is None else self._since_s
                self._caption(event)
            case ListeningNow():
                self._told_s = 0.0
                console().print("\n[head]Speak now.[/head] Space or Enter ends the reply; so does silence.")
            case SpeechStarted() if not is_live():
                console().print("Listening ...")
            case SpeechEnded():
                self.close()
                console().print(f"Recorded {event.at_s:.1f} s ({_WHY[event.reason]}).")
                self._talked_s, self._since_s = self.call_s, None
                if self.clock_s is not None:
                    console().print(f"[head]Call clock[/head] {on_the_clock(self.call_s, self.clock_s)}")
            case Transcribing():
                console().print(
                    f"[quiet]Transcribing {event.duration_s:.0f} s with {event.engine} ...[/quiet]"
                )
            case Notice():
                self.close()
                console().print(
                    f"[middle]Note:[/middle] {escape(f'{event.message} {event.remedy}'.rstrip())}"
                )
            case _:
                pass

    @property
    def call_s(self) -> float:
        """Seconds the call has taken so far."""
        return self._talked_s + (self.now_s() - self._since_s if self._since_s is not None else 0.0)

    def close(self) -> None:
        """Take the meter off the screen."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _caption(self, event: CustomerSpeaking) -> None:
        name = self.scenario.persona.name if self.scenario else "The customer"
        sign = "says" if event.audible else "would say (no sound)"
        console().print(f"\n[head]{escape(name)}[/head] {sign}:")
        console().print(
            textwrap.indent(textwrap.fill((event.says or event.turn.says).strip(), 76), "  "), markup=False
        )

    def _level(self, event: Level) -> None:
        if not is_live():
            if event.elapsed_s - self._told_s >= _PLAIN_EVERY_S:
                self._told_s = event.elapsed_s
                told = f"{clock(event.elapsed_s)}, {event.level_dbfs:.0f} dB"
                if self.clock_s is not None:
                    told += f", call clock {on_the_clock(self.call_s, self.clock_s)}"
                console().print(told)
            return
        if self._live is None:
            self._live = Live(console=console(), refresh_per_second=12, transient=True)
            self._live.start()
        line = meter(event)
        if self.clock_s is not None:
            style = "bad" if self.call_s > self.clock_s else "quiet"
            line.append(f"  call {on_the_clock(self.call_s, self.clock_s)}", style=style)
        self._live.update(line)


def on_the_clock(elapsed_s: float, target_s: float) -> str:
    """1:20 of 4:00, and how much it is over."""
    over_s = elapsed_s - target_s
    return f"{clock(elapsed_s)} of {clock(target_s)}" + (f", {clock(over_s)} over" if over_s >= 1 else "")


def meter(event: Level) -> Text:
    """Elapsed time, a bar and its meaning in words."""
    share = (event.level_dbfs - _FLOOR_DBFS) / -_FLOOR_DBFS
    cells = round(_METER_CELLS * min(1.0, max(0.0, share)))
    word = "too loud" if event.clipped else "speaking" if event.speaking else "silence"
    style = "bad" if event.clipped else "good" if event.speaking else "quiet"
    line = Text(f"  {clock(event.elapsed_s)}  ")
    line.append("█" * cells + "·" * (_METER_CELLS - cells), style=style)
    return line.append(f"  {event.level_dbfs:4.0f} dB  {word}")
