"""What a route may ask for. Who is asking is found here and nowhere else, and so is what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.errors import UsageError
from voice_trainer.teams.policy import Action, Actor, Kind, Resource, not_found, require
from voice_trainer.web.entrance import Entrance, menu
from voice_trainer.web.live.recording import OpenRecordings
from voice_trainer.web.provider import Provider
from voice_trainer.web.rendering import Pages
from voice_trainer.web.voices import Voices
from voice_trainer.wiring import House

WhoIsAsking = Callable[[HTTPConnection], Actor]


class Access(Protocol):
    """The one question put before anything is shown or done; `teams.access.Access` asks it on a server."""

    def ask(self, actor: Actor, action: Action, resource: Resource, *, resource_id: str) -> None:
        """Raise `NotFoundError` unless permitted."""
        ...

    def attempt(self, attempt: Attempt, take: Take | None = None) -> Resource:
        """An attempt, or one take of it, as the policy sees it."""
        ...

    def of_person(self, kind: Kind, person: str) -> Resource:
        """Something that belongs to a person."""
        ...


class LocalAccess:
    """A machine without accounts: nobody else is there to be asked or told."""

    def ask(self, actor: Actor, action: Action, resource: Resource, *, resource_id: str) -> None:
        """The same policy as on a server; it lets the one local user do everything."""
        del resource_id
        require(actor, action, resource)

    def attempt(self, attempt: Attempt, take: Take | None = None) -> Resource:
        """Whose it is."""
        del take
        return Resource(Kind.ATTEMPT, attempt.person)

    def of_person(self, kind: Kind, person: str) -> Resource:
        """Whose it is."""
        return Resource(kind, person)


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the server does; at `app.state.services`."""

    house: House
    pages: Pages
    access: Access
    who: WhoIsAsking
    voices: Voices
    recordings: OpenRecordings
    entrance: Entrance | None = None  # on a server with accounts
    provider: Provider | None = None  # where people sign in through their company


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: who asks, and what they may reach."""

    services: Services
    actor: Actor

    @property
    def house(self) -> House:
        """Stores, engines, settings."""
        return self.services.house

    @property
    def person(self) -> str:
        """To whom what is recorded now will belong."""
        return self.actor.person

    def ask(self, action: Action, resource: Resource, *, resource_id: str = "") -> None:
        """Raise `NotFoundError` unless the one who asks may do this."""
        self.services.access.ask(self.actor, action, resource, resource_id=resource_id)

    def own(self, kind: Kind, action: Action = Action.VIEW) -> None:
        """Ask for something of the asking person's own."""
        self.ask(action, self.services.access.of_person(kind, self.person), resource_id=self.person)

    def attempt(self, attempt_id: str, action: Action = Action.VIEW) -> Attempt:
        """The attempt of exactly that id; what is missing and what is forbidden look the same."""
        try:
            attempt = self.house.store.get(attempt_id)
        except UsageError:
            raise not_found() from None
        if attempt.id != attempt_id:
            raise not_found()
        self.ask(action, self.services.access.attempt(attempt), resource_id=attempt.id)
        return attempt

    def take(self, attempt_id: str, take_id: str, action: Action = Action.VIEW) -> tuple[Attempt, Take]:
        """One take and its attempt."""
        attempt = self.attempt(attempt_id, action)
        take = next((one for one in attempt.takes if one.id == take_id), None)
        if take is None:
            raise not_found()
        self.ask(action, self.services.access.attempt(attempt, take), resource_id=attempt.id)
        return attempt, take

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Render a template."""
        if self.services.entrance is not None:
            values.setdefault("nav", menu(self.actor))
        name = self.actor.name or self.person
        return self.services.pages.page(request, template, status=status, person=name, **values)


def services_of(connection: HTTPConnection) -> Services:
    """The server's services."""
    services = connection.app.state.services
    assert isinstance(services, Services)
    return services


def current_person(connection: HTTPConnection) -> Actor:
    """Who is asking: the one user of this machine, or on a server the account that is signed in."""
    return services_of(connection).who(connection)


def _visit(connection: HTTPConnection, actor: Annotated[Actor, Depends(current_person)]) -> Visit:
    return Visit(services_of(connection), actor)


CurrentVisit = Annotated[Visit, Depends(_visit)]
