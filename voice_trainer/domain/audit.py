"""Who did what to whose things: kept for the person concerned to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One view, export, override or deletion. It names ids and never holds content."""

    at: datetime
    actor: str  # account id; "system" for jobs
    action: str
    kind: str
    resource_id: str
    subject: str | None = None  # the person it is about; None for things that are about nobody
