"""What the reader of `bootstrap.py` sees: calm progress, and a remedy when pip cannot go on."""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
import time

REMEDIES = (
    (
        r"No space left|Errno 28|not enough space",
        "The disk is full: free some space (3 GB is ample for a CPU).",
    ),
    (
        r"ProxyError|407 Proxy|Tunnel connection failed",
        "The proxy refused: set HTTPS_PROXY to your company's proxy, with name and password where it asks.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerification",
        "The network presents its own certificate: set PIP_CERT to your company's certificate file.",
    ),
    (
        r"Temporary failure in name|getaddrinfo|Name or service|NewConnectionError|NameResolutionError"
        r"|Network is unreachable|Connection refused|[Tt]imed out|ConnectionError|RemoteDisconnected",
        "There is no way to the package index: check the network, set HTTPS_PROXY, or install from a folder "
        "(bootstrap.py --wheels DIR).",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A package is not the one that was locked: it was altered, or broken on its way.",
    ),
    (
        r"No matching distribution|Could not find a version",
        "The package is not offered for this Python and machine; a --wheels folder must be filled on the "
        "same kind of machine (bootstrap.py --download DIR).",
    ),
    (
        r"Permission denied|Errno 13",
        "This folder cannot be written: change its owner, or copy the project elsewhere.",
    ),
)


class BootstrapError(Exception):
    """An expected end: one sentence, and the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(text: str) -> None:
    """Tell the reader; stdout belongs to the command that is run afterwards."""
    print(text, file=sys.stderr, flush=True)


class Progress:
    """One calm line that says what goes on; a terminal rewrites it, a log gets one now and then."""

    def __init__(self, title: str) -> None:
        self.title, self.detail, self.megabytes, self.packages = title, "", 0.0, 0
        self.began = time.monotonic()
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        say(self.title)
        self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._ticker.join()
        if self.live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _tick(self) -> None:
        while not self._over.wait(0.5 if self.live else 15.0):
            line = f"  {self.detail or 'working'} - {self.summary()}"
            if self.live:
                width = shutil.get_terminal_size().columns - 1
                print("\r\033[K" + line[:width], end="", file=sys.stderr, flush=True)
            else:
                say(line)

    def summary(self) -> str:
        """How much so far: packages, megabytes, seconds."""
        parts = [f"{self.packages} packages"] if self.packages else []
        parts += [f"{self.megabytes:.0f} MB downloaded"] if self.megabytes >= 0.5 else []
        return ", ".join([*parts, f"{time.monotonic() - self.began:.0f} s"])

    def read(self, line: str) -> None:
        """Take in a line of pip's output."""
        sized = re.match(r"\s*(Downloading|Using cached) (\S+) \(([\d.]+) ([kMG])B\)", line)
        if sized and not sized.group(2).endswith(".metadata"):
            size_mb = float(sized.group(3)) * {"k": 1e-3, "M": 1.0, "G": 1e3}[sized.group(4)]
            fresh = sized.group(1) == "Downloading"
            self.megabytes += size_mb if fresh else 0.0
            name = sized.group(2).rsplit("/", 1)[-1].split("-")[0]
            self.detail = f"{'downloading' if fresh else 'have'} {name}, {size_mb:.1f} MB"
        elif line.startswith(("Collecting ", "Processing ")):
            self.packages += 1
            self.detail = "looking for " + re.split(r"[=<>! ]", line.split()[1].rsplit("/", 1)[-1])[0]
        elif line.startswith("Installing collected"):
            self.detail = "unpacking"
        elif "Building wheel" in line or "Preparing metadata" in line:
            self.detail = "building"


def remedy(output: str) -> str:
    """What to do about a failed installation."""
    return next((advice for pattern, advice in REMEDIES if re.search(pattern, output)), "")
