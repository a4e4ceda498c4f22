"""The hash that says whether two attempts practised the very same call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from voice_trainer.domain.scenario import Scenario


def canonical_json(scenario: Scenario) -> str:
    """The scenario as JSON with sorted keys and no spaces: equal scenarios give equal text."""
    return json.dumps(
        asdict(scenario), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def sha256(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits; comments and layout of the file do not count."""
    return hashlib.sha256(canonical_json(scenario).encode()).hexdigest()
