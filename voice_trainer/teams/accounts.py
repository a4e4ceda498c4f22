"""Coming in: invitations, passwords, sign-ins that can be ended, and the limit on guessing.

Secrets (links, cookies) are 256 random bits; what is stored is their SHA-256, so a copy of the database
opens no door. Which part of a wrong sign-in was wrong is never said, and finding out takes equally long.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from voice_trainer.domain.account import Account, Invitation, Role, SignIn, roles_conflict
from voice_trainer.errors import AccessError, UsageError
from voice_trainer.ports import Clock
from voice_trainer.teams.ports import AccountStore, PasswordHasher

INVITATION_VALID = timedelta(days=7)
SIGN_IN_VALID = timedelta(hours=12)  # a working day
FAILURES_MAX = 8
FAILURES_WITHIN = timedelta(minutes=15)
PASSWORD_LENGTH_MIN = 12  # NIST SP 800-63B asks for length and against nothing else
PASSWORD_LENGTH_MAX = 256


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reception:
    """The use cases of coming in and going out."""

    store: AccountStore
    hasher: PasswordHasher
    clock: Clock

    def found(self, *, login: str, name: str, password: str) -> Account:
        """The first admin of a new server; `UsageError` ``server_founded`` where there is one."""
        if self.store.accounts():
            raise UsageError(
                "server_founded",
                "This server has accounts already.",
                remedy="Ask an admin for an invitation.",
            )
        return self._open_account(login=login, name=name, roles=frozenset({Role.ADMIN}), password=password)

    def invite(
        self,
        *,
        login: str,
        name: str,
        roles: frozenset[Role],
        by: str,
        team_id: str | None = None,
        coached: frozenset[str] = frozenset(),
    ) -> str:
        """The secret of a link that makes this account, once, within a week."""
        check_roles(roles, team_id=team_id, coached=coached, known={team.id for team in self.store.teams()})
        login = normal_login(login)
        if self.store.account_by_login(login) is not None:
            raise _taken(login)
        secret = secrets.token_urlsafe(32)
        now = self.clock.now()
        self.store.add_invitation(
            Invitation(
                digest(secret),
                login,
                name.strip() or login,
                roles,
                by,
                now,
                now + INVITATION_VALID,
                team_id,
                coached,
            )
        )
        return secret

    def invitation(self, secret: str) -> Invitation:
        """The invitation behind a link; raises `AccessError` ``invitation_over``."""
        found = self.store.invitation(digest(secret))
        if found is None or found.used_at is not None or found.expires_at <= self.clock.now():
            raise AccessError(
                "invitation_over",
                "This invitation is not valid: it was used, it ran out after seven days, or it is mistyped.",
                remedy="Ask whoever invited you for a new link.",
            )
        return found

    def accept(self, secret: str, *, password: str) -> Account:
        """Make the account of an invitation."""
        invitation = self.invitation(secret)
        check_password(password, login=invitation.login)
        if not self.store.use_invitation(invitation.secret_sha256, at=self.clock.now()):
            return self.accept(secret, password=password)  # somebody was quicker: told as used
        return self._open_account(
            login=invitation.login,
            name=invitation.name,
            roles=invitation.roles,
            password=password,
            team_id=invitation.team_id,
            coached=invitation.coached,
        )

    def sign_in(self, *, login: str, password: str, address: str, browser: str = "") -> str:
        """The secret for the cookie; raises `AccessError` ``sign_in_wrong`` or ``too_many_tries``.

        `address` is where the try comes from: guessing is limited for the login and for the address.
        """
        now = self.clock.now()
        keys = (f"login:{normal_login(login)}", f"address:{address}")
        if any(self.store.failures(key, since=now - FAILURES_WITHIN) >= FAILURES_MAX for key in keys):
            raise AccessError(
                "too_many_tries",
                f"Signing in failed {FAILURES_MAX} times within {FAILURES_WITHIN.seconds // 60} minutes.",
                remedy="Wait a quarter of an hour, or ask an admin for a new invitation.",
            )
        account = self._recognised(normal_login(login), password)
        if account is None:
            for key in keys:
                self.store.count_failure(key, at=now, since=now - FAILURES_WITHIN)
            raise AccessError(
                "sign_in_wrong", "The name or the password is wrong.", remedy="Check both and try again."
            )
        return self.begin(account, browser=browser)

    def begin(self, account: Account, *, browser: str = "") -> str:
        """The secret for the cookie of somebody who is known by now (password or provider)."""
        secret = secrets.token_urlsafe(32)
        now = self.clock.now()
        self.store.add_sign_in(SignIn(digest(secret), account.id, now, now + SIGN_IN_VALID, browser[:200]))
        return secret

    def who(self, secret: str) -> Account | None:
        """The account behind a cookie; None where it ended, ran out or was disabled."""
        found = self.store.sign_in(digest(secret))
        if found is None or found.expires_at <= self.clock.now():
            return None
        account = self.store.account(found.account_id)
        return None if account is None or account.disabled else account

    def sign_out(self, secret: str) -> None:
        """End this sign-in; the cookie opens nothing any more."""
        found = self.store.sign_in(digest(secret))
        if found is not None:
            self.store.end_sign_ins(found.account_id, only=found.secret_sha256)

    def change(self, account: Account) -> None:
        """New roles, team or name; ends its sign-ins, so that no page goes on under the old roles."""
        check_roles(
            account.roles,
            team_id=account.team_id,
            coached=account.coached,
            known={team.id for team in self.store.teams()},
        )
        before = self.store.account(account.id)
        losing = before is not None and Role.ADMIN in before.roles
        stays_admin = Role.ADMIN in account.roles and not account.disabled
        if losing and not stays_admin and self._admins() <= {account.id}:
            raise UsageError(
                "last_admin",
                f"{account.name} is the last admin.",
                remedy="Make somebody else an admin first.",
            )
        self.store.save_account(account)
        self.store.end_sign_ins(account.id)

    def by_provider(self, *, login: str) -> Account:
        """The account a sign-in provider vouches for; raises `AccessError` ``account_unknown``."""
        found = self.store.account_by_login(normal_login(login))
        if found is None or found[0].disabled:
            raise AccessError(
                "account_unknown",
                f"There is no account for {login}.",
                remedy="Ask an admin to invite you under this address.",
            )
        return found[0]

    def _admins(self) -> set[str]:
        return {one.id for one in self.store.accounts() if Role.ADMIN in one.roles and not one.disabled}

    def _recognised(self, login: str, password: str) -> Account | None:
        found = self.store.account_by_login(login)
        stored = found[1] if found is not None else None
        if found is None or stored is None:
            self.hasher.hash(password[:PASSWORD_LENGTH_MAX])  # takes as long as checking one
            return None
        account = found[0]
        if not self.hasher.verify(password[:PASSWORD_LENGTH_MAX], stored=stored) or account.disabled:
            return None
        if self.hasher.outdated(stored):
            self.store.set_password(account.id, self.hasher.hash(password))
        return account

    def _open_account(
        self,
        *,
        login: str,
        name: str,
        roles: frozenset[Role],
        password: str,
        team_id: str | None = None,
        coached: frozenset[str] = frozenset(),
    ) -> Account:
        login = normal_login(login)
        check_password(password, login=login)
        account = Account(
            f"p-{secrets.token_hex(8)}",
            login,
            name.strip() or login,
            roles,
            self.clock.now(),
            team_id,
            coached,
        )
        self.store.add_account(account, password_hash=self.hasher.hash(password))
        return account


def normal_login(login: str) -> str:
    """As it is compared: no space around, small letters; raises `UsageError` ``login_wrong``."""
    plain = login.strip().casefold()
    if not plain or len(plain) > 200 or not plain.isprintable():
        raise UsageError(
            "login_wrong", f"{login!r:.80} cannot be a sign-in name.", remedy="Give an e-mail address."
        )
    return plain


def check_password(password: str, *, login: str) -> None:
    """Raise `UsageError` ``password_weak`` for one that is too short, too long or holds the login."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        weak = f"The password has {len(password)} characters."
    elif login in password.casefold():
        weak = "The password holds the sign-in name."
    else:
        return
    raise UsageError(
        "password_weak",
        weak,
        remedy=f"Take {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters: three or four unrelated "
        "words do well.",
    )


def check_roles(
    roles: frozenset[Role], *, team_id: str | None, coached: frozenset[str], known: set[str]
) -> None:
    """Raise `UsageError` for roles that cannot stand together, or teams that do not exist."""
    if not roles or roles_conflict(roles):
        raise UsageError(
            "roles_wrong",
            f"An account cannot be {' and '.join(sorted(roles)) or 'without a role'}.",
            remedy="HR sees no recordings, so it does not go with coach or admin: make a second account.",
        )
    unknown = (({team_id} if team_id else set()) | coached) - known
    if unknown:
        raise UsageError(
            "team_unknown", f"There is no team {sorted(unknown)[0]!r}.", remedy="Make the team first."
        )
    if coached and Role.COACH not in roles:
        raise UsageError(
            "roles_wrong", "Only a coach has teams to listen to.", remedy="Add the role of coach."
        )


def _taken(login: str) -> UsageError:
    return UsageError(
        "login_taken", f"There is an account for {login} already.", remedy="Change that one instead."
    )
