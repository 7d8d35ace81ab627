"""Who does a deed. Every action takes one; it is stored with the deed and outlives the person's account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID

if TYPE_CHECKING:
    from workflow.models import PersonalLink, User

ActorKind = Literal["user", "link", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One person or program acting.

    kind: "user" has an account, "link" came by a personal link, "system" is a sweep or a command.
    public_id: the account's or the link's public id; None for the system.
    label: the name a reader of the record is shown; personal text, erasable.
    on_behalf_of: the body or person for whom an officer records the deed, else "".
    caused_by: of the system only: the public id of the record's entry of the deed that this follows from, if any did.
    """

    kind: ActorKind
    public_id: UUID | None
    label: str
    on_behalf_of: str = ""
    caused_by: UUID | None = None

    @classmethod
    def of_user(cls, user: User) -> Actor:
        return cls("user", user.public_id, user.name or user.email)

    @classmethod
    def of_link(cls, link: PersonalLink, label: str) -> Actor:
        return cls("link", link.public_id, label)

    def signed(self, name: str, position: str) -> Actor:
        """The same actor with the name and position of whoever presses: "Ida Berg, byrådssekretær (Solrød Byråd)"."""
        signature = ", ".join(words for words in (name.strip(), position.strip()) if words)
        return replace(self, label=f"{signature} ({self.label})") if signature else self

    def acting_for(self, name: str) -> Actor:
        """The same actor, recording for `name` what came by another road (mail, paper, telephone)."""
        return replace(self, on_behalf_of=name)


SYSTEM: Final = Actor("system", None, "Samråd")
"""The clock, a sweep, a command."""
