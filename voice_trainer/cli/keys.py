"""Single keys while something else goes on. Without a terminal there are none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

STOP_KEYS = frozenset({" ", "\r", "\n"})


class Keys:
    """Keys pressed since the last look."""

    def __init__(self, *, interactive: bool) -> None:
        self._interactive = interactive

    def stop_requested(self) -> bool:
        """Whether Space or Enter was pressed since the last call."""
        return any(key in STOP_KEYS for key in self.pressed())

    def pressed(self) -> list[str]:
        """All keys pressed since the last call; never waits."""
        if not self._interactive:
            return []
        return _pressed_windows() if sys.platform == "win32" else _pressed_posix()


@contextmanager
def watching() -> Iterator[Keys]:
    """Receive keys one by one, unechoed; the terminal is put back however the block ends."""
    if not sys.stdin.isatty():
        yield Keys(interactive=False)
    elif sys.platform == "win32":
        yield Keys(interactive=True)
    else:
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin)
        try:
            tty.setcbreak(sys.stdin)
            yield Keys(interactive=True)
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _pressed_posix() -> list[str]:
    import os
    import select

    keys: list[str] = []
    while select.select([sys.stdin], [], [], 0)[0]:
        if not (typed := os.read(sys.stdin.fileno(), 64)):
            break
        keys.extend(typed.decode(errors="ignore"))
    return keys


def _pressed_windows() -> list[str]:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    keys: list[str] = []
    while msvcrt.kbhit():
        keys.append(msvcrt.getwch())
    return keys
