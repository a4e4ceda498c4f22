"""Who is asking, on a server with accounts: the cookie, and the sign-in page for those without one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from voice_trainer.domain.account import Account, Role
from voice_trainer.errors import AccessError
from voice_trainer.teams.accounts import SIGN_IN_VALID, Reception, digest
from voice_trainer.teams.policy import Actor, actor_of
from voice_trainer.web.rendering import NavItem

# The page everybody lands on, by the first role that fits, and what the menu holds for it.
_MENU: tuple[tuple[Role, tuple[NavItem, ...]], ...] = (
    (
        Role.AGENT,
        (NavItem("/", "Practise"), NavItem("/attempts", "My calls"), NavItem("/progress", "Progress")),
    ),
    (
        Role.COACH,
        (
            NavItem("/team", "Team"),
            NavItem("/desk", "Desk"),
            NavItem("/calibration", "Calibration"),
            NavItem("/rubrics", "Rubrics"),
        ),
    ),
    (Role.HR, (NavItem("/reports", "Reports"),)),
    (Role.ADMIN, (NavItem("/admin", "Accounts"), NavItem("/jobs", "Jobs"))),
)
ME = NavItem("/me", "Me")


@dataclass(frozen=True, slots=True)
class Entrance:
    """Finds the account behind a request.

    `secure` says that the pages are reached by https: the cookie is then bound to this very host
    (``__Host-``) and never sent in the clear.
    """

    reception: Reception
    secure: bool

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return "__Host-voice-trainer" if self.secure else "voice-trainer"

    def secret(self, connection: HTTPConnection) -> str:
        """What the browser's cookie holds; empty without one."""
        return connection.cookies.get(self.cookie, "")

    def digest(self, connection: HTTPConnection) -> str:
        """What this browser's sign-in is listed under."""
        return digest(self.secret(connection))

    def account(self, connection: HTTPConnection) -> Account:
        """Who is signed in; raises `AccessError` ``sign_in_needed``."""
        secret = self.secret(connection)
        account = self.reception.who(secret) if secret else None
        if account is None:
            raise AccessError("sign_in_needed", "You are not signed in.", remedy="Sign in and try again.")
        return account

    def who(self, connection: HTTPConnection) -> Actor:
        """Who is asking, as the policy knows them."""
        return actor_of(self.account(connection))

    def let_in(self, secret: str, *, to: str) -> Response:
        """Answer with the cookie."""
        response = RedirectResponse(to, status_code=303)
        response.set_cookie(
            self.cookie,
            secret,
            max_age=round(SIGN_IN_VALID.total_seconds()),
            httponly=True,
            secure=self.secure,
            samesite="lax",
            path="/",
        )
        return response

    def show_out(self) -> Response:
        """Answer without the cookie."""
        return self.forgotten(RedirectResponse("/sign-in", status_code=303))

    def forgotten(self, response: Response) -> Response:
        """The same answer, telling the browser to drop the cookie."""
        response.delete_cookie(self.cookie, httponly=True, secure=self.secure, samesite="lax", path="/")
        return response


def menu(actor: Actor) -> tuple[NavItem, ...]:
    """The menu of somebody who is signed in."""
    items = [item for role, of_role in _MENU if role in actor.roles for item in of_role]
    return (*items, ME)


def landing(actor: Actor) -> str:
    """The page somebody comes to first."""
    return menu(actor)[0].href


def within(address: str, *, otherwise: str) -> str:
    """An address of this site, or `otherwise`: no link may send somebody elsewhere after signing in."""
    parts = urlsplit(address)
    inside = not parts.scheme and not parts.netloc and address.startswith("/")
    plain = "\\" not in address and not address.startswith("//") and address.isprintable()
    return address if inside and plain else otherwise
