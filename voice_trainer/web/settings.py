"""Where the server listens and how it answers; the rest is in the settings that all faces share."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages are served.

    `host` is the address that is listened on. `names` are further host names under which browsers may ask.
    `language` is that of the pages, as in ``en`` or ``he``; it decides their direction too.
    """

    host: str = "127.0.0.1"
    names: frozenset[str] = field(default_factory=frozenset)
    language: str = "en"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return "rtl" if self.language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"

    def serves(self, name: str) -> bool:
        """Whether a browser may ask under this host name.

        A page elsewhere can have its own name lead here (DNS rebinding) and would then count as this
        origin; a name that is not ours is therefore refused. An address cannot be rebound.
        """
        name = name.lower().strip("[]")
        if name in LOOPBACK_NAMES or name in self.names or name == self.host.lower():
            return True
        return not self.loopback and _is_address(name)


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ip_address(host).is_loopback


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
