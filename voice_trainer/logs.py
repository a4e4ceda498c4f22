"""Logs for machines: one JSON object a line, without speech and without names.

A line holds when, how grave, who says it, a fixed sentence, and ids and codes given as `extra`. Errors appear
by their kind and place alone: their text may quote what was said.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_KEPT = ("code", "attempt", "take", "action", "count", "seconds")


class JsonLines(logging.Formatter):
    """The formatter."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        ours = record.name.startswith("voice_trainer")
        value: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            # Only our own sentences are known to hold nothing of anybody: others' tell where they are from.
            "says": record.getMessage() if ours else f"{record.module}.{record.funcName}",
        }
        value |= {name: getattr(record, name) for name in _KEPT if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            value["error"] = record.exc_info[0].__name__
        return json.dumps(value, ensure_ascii=False, default=str)


def log_as_json(level: int = logging.INFO) -> None:
    """Everything that is logged goes to stderr as JSON Lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
