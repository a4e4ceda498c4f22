"""Somebody leaves: everything held on them is erased, their account too, and a receipt is left."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.domain.account import Role
from voice_trainer.domain.audit import AuditEntry
from voice_trainer.errors import UsageError
from voice_trainer.ports import Clock
from voice_trainer.practice.person import Holdings, Receipt, erase_person
from voice_trainer.teams.policy import Action, Kind
from voice_trainer.teams.ports import AccountStore, AuditLog


@dataclass(frozen=True, slots=True)
class Registrar:
    """Erases people. Whether somebody may ask for it is the policy's matter, not this one's."""

    accounts: AccountStore
    audit: AuditLog
    holdings: Holdings
    clock: Clock

    def known(self, name: str) -> tuple[str, str]:
        """The person's id and the name they are known as: `name` is a sign-in name, an account's id, or on a
        machine without accounts the person itself."""
        found = self.accounts.account_by_login(name.strip().casefold())
        account = found[0] if found else self.accounts.account(name)
        return (account.id, account.login) if account else (name, name)

    def erase(self, name: str, *, by: str) -> Receipt:
        """Erase a person. `by` is the account that asked, or "system".

        Raises
        ------
        UsageError
            ``last_admin`` where nobody could look after the server any more.
        """
        person, known_as = self.known(name)
        admins = {one.id for one in self.accounts.accounts() if Role.ADMIN in one.roles and not one.disabled}
        if admins == {person}:
            raise UsageError(
                "last_admin", "This is the last admin.", remedy="Make somebody else an admin first."
            )
        receipt = erase_person(person, self.holdings, clock=self.clock, known_as=known_as)
        if self.accounts.accounts():
            actor = "erased" if by == person else by
            entry = AuditEntry(
                receipt.erased_at, actor, Action.DELETE.value, Kind.PERSON.value, receipt.person_sha256
            )
            self.audit.note(entry)
        return receipt
