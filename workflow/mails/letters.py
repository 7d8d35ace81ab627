"""What letters share: an address, a letter to it, and to those who are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from notifications.kinds import kind as registered_kind
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.render import PLACEHOLDERS, fill, write
from notifications.rules import folded_address, may_mail
from notifications.states import Priority
from workflow.models import Asked, Body, Contact, Office, Process
from workflow.rules.asked import is_reached
from workflow.states import Channel

Facts = Mapping[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a letter goes, as the columns of who is asked have it. `email` is "" for a body that is reached by other
    means, or by none that is known.

    bounced_at: since when mail to that address is known to come back (UTC).
    """

    email: str
    contact_name: str
    language: str
    channel: str = Channel.EMAIL
    bounced_at: datetime | None = None

    @classmethod
    def of(cls, asked: Asked) -> Address:
        """Where somebody is asked now."""
        return cls(asked.email, asked.contact_name, asked.language, asked.channel, asked.bounced_at)


def address_of(contact: Contact | None, body: Body) -> Address:
    """A body's address as the office knows it; without e-mail where there is none, or it is written to on paper."""
    if contact is None:
        return Address("", "", "da")
    email = contact.email if contact.channel == Channel.EMAIL and may_mail(contact.email) is None else ""
    return Address(email, contact.name, contact.language, contact.channel, contact.bounced_at if email else None)


def letter(
    kind: str,
    key: str,
    to: Address,
    to_name: str,
    subject_id: UUID,
    process: Process,
    facts: Mapping[str, object],
    priority: Priority = Priority.NORMAL,
) -> Letter:
    """A mail of a process to an address, from its office.

    key: unique among all mails; a second letter under the same key is never sent. facts: what the mail says, without
    links and codes.
    """
    return Letter(
        kind=kind,
        key=key,
        to=to.email,
        to_name=to.contact_name or to_name,
        language=to.language,
        subject_id=subject_id,
        process_id=process.public_id,
        case_number=process.case_number,
        reply_to=process.office.reply_to,
        from_name=process.office.name,
        facts=facts,
        priority=priority,
        office_id=process.office.public_id,
        copy_to=_copy_to(process.office, to.email),
    )


def _copy_to(office: Office, to: str) -> str:
    """The journal's mailbox; no copy of what the office sends to itself, and none to an address no mail can reach."""
    journal = office.journal_address
    if not journal or may_mail(journal) or folded_address(to) in map(folded_address, (journal, office.reply_to)):
        return ""
    return journal


def letter_to(
    kind: str,
    asked: Asked,
    process: Process,
    *,
    about: str = "",
    key: str = "",
    facts: Mapping[str, object] | None = None,
    priority: Priority = Priority.NORMAL,
    to: str = "",
    to_name: str = "",
) -> Letter:
    """A letter to who is asked, at the present address or at another that may have the link (`to`).

    about: tells it from their other letters of the kind. key: where something else is told of once, such as a decision.
    """
    address = Address(to or asked.email, to_name if to else asked.contact_name, asked.language)
    key = ":".join(filter(None, [kind, key or str(asked.public_id), about]))
    return letter(kind, key, address, asked.who, asked.public_id, process, facts or {}, priority)


def letters_to(
    kind: str,
    those_asked: Iterable[Asked],
    process: Process,
    *,
    about: str = "",
    key: str = "",
    facts: Mapping[str, object] | None = None,
    not_before: datetime | None = None,
) -> list[Letter]:
    """The same letter to each of them whom mail reaches. not_before: it leaves no earlier (UTC)."""
    return [
        replace(letter_to(kind, asked, process, about=about, key=key, facts=facts), not_before=not_before)
        for asked in those_asked
        if is_reached(asked)
    ]


def read_beforehand(letter: Letter, facts: Mapping[str, object]) -> tuple[str, str]:
    """Subject and text of a mail before it is put into the outbox, with words in brackets where the recipient reads its
    own link and code. facts: what its kind says of it."""
    mail = OutgoingMail(
        kind=letter.kind,
        to_address=letter.to,
        to_name=letter.to_name,
        language=letter.language,
        case_number=letter.case_number,
        reply_to=letter.reply_to,
        facts={},
    )
    written = write(mail, registered_kind(letter.kind), {**letter.facts, **facts}, dict.fromkeys(PLACEHOLDERS, ""))
    subject, text, _html = written.to_keep()
    return subject, fill(text, {"link": _("[the recipient's own link]"), "code": _("[the recipient's own code]")})
