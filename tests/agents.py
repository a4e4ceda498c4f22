"""Agents without a browser: they speak to a running server over WebSockets as its page does."""

from __future__ import annotations

import asyncio
import hashlib
import json
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from voice_trainer.domain.attempt import Consent
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.practice.consent import CONSENT_VERSION
from voice_trainer.wiring import House

CUT_OFF_MAX = 5
PIECE_FRAMES = 3 * 4096  # as static/js/live.js sends them


def pcm(samples: FloatArray) -> bytes:
    """As a browser sends it: 16 bit, little-endian."""
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def pieces(sound: bytes) -> list[bytes]:
    """Numbered messages of a piece each."""
    step = 2 * PIECE_FRAMES
    parts = [sound[start : start + step] for start in range(0, len(sound), step)]
    return [struct.pack("<I", number) + part for number, part in enumerate(parts)]


@dataclass
class Spoken:
    """What one agent saw of one reply."""

    outcome: dict[str, Any] = field(default_factory=dict)
    ack_s: list[float] = field(default_factory=list)  # from a piece's sending to word that it is on disk
    behind_s: float = 0.0  # how far sending fell behind the microphone at worst
    cut_off: int = 0  # connections that were lost and made anew


def allowed_in(house: House, person: str) -> str:
    """The cookie of an account that has agreed to be recorded."""
    account = house.accounts.account(person)
    assert account is not None
    house.store.save_consent(Consent(person, CONSENT_VERSION, house.clock.now()))
    return f"voice-trainer={house.reception.begin(account)}"


async def speak(
    address: str, cookie: str, messages: list[bytes], *, call: str, rate_hz: int, real_time: bool = True
) -> Spoken:
    """One reply to a call's opening, at the pace of a microphone (or as fast as it goes).

    A connection that is lost is made anew and goes on where the server's word ended, as the page does.
    """
    seen = Spoken()
    opening = {"type": "begin", "kind": "take", "rate_hz": rate_hz, "call": call}
    headers = {"Cookie": cookie, "Origin": f"http://{address}"}
    began_s: float | None = None
    while not seen.outcome and seen.cut_off <= CUT_OFF_MAX:
        try:
            async with connect(
                f"ws://{address}/api/live", additional_headers=headers, open_timeout=60, ping_interval=None
            ) as socket:
                await socket.send(json.dumps(opening))
                begun = json.loads(await socket.recv())
                if begun["type"] != "begun":
                    seen.outcome = begun
                    return seen
                opening = {"type": "resume", "ticket": begun["ticket"]}
                began_s = began_s or time.monotonic()
                first = begun["acknowledged"] + 1
                paced_from_s = began_s if real_time else None
                await _go_on(socket, messages, seen, first=first, began_s=paced_from_s, rate_hz=rate_hz)
        except (ConnectionClosed, OSError, TimeoutError):
            seen.cut_off += 1
    return seen


async def _go_on(
    socket: ClientConnection,
    messages: list[bytes],
    seen: Spoken,
    *,
    first: int,
    began_s: float | None,
    rate_hz: int,
) -> None:
    """Send from `first` on and hear what the server says, until it tells the outcome."""
    sent_s: dict[int, float] = {}

    async def listen() -> None:
        acknowledged = first
        async for text in socket:
            said = json.loads(text)
            if said["type"] == "ack":
                now_s = time.monotonic()
                for number in range(acknowledged, said["number"] + 1):
                    if number in sent_s:
                        seen.ack_s.append(now_s - sent_s[number])
                acknowledged = said["number"] + 1
            elif said["type"] != "begun":
                seen.outcome = said

    listening = asyncio.create_task(listen())
    try:
        for number in range(first, len(messages)):
            if began_s is not None:
                due_s = began_s + (number + 1) * PIECE_FRAMES / rate_hz
                await asyncio.sleep(due_s - time.monotonic())
                seen.behind_s = max(seen.behind_s, time.monotonic() - due_s)
            if listening.done():
                break
            sent_s[number] = time.monotonic()
            await socket.send(messages[number])
        if not listening.done():
            await socket.send(json.dumps({"type": "end", "pieces": len(messages)}))
        await listening
    finally:
        listening.cancel()


def digest(sound: bytes) -> str:
    """By which a whole recording is compared."""
    return hashlib.sha256(sound).hexdigest()
