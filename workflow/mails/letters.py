"""What the letters of this floor share: an address, a letter to it, and link and code for whom its subject asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.rules import folded_address, may_mail
from notifications.statements import Read
from notifications.states import Priority
from workflow.links import mail_secrets
from workflow.models import ApprovalRequest, Body, Contact, ExternalRequest, Process
from workflow.states import Channel

Facts = Mapping[int, Mapping[str, object]]
Secrets = Mapping[int, Mapping[str, str] | None]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a letter goes. `email` is "" for a body that is reached by other means, or by none that is known.

    bounced_at: since when mail to that address is known to come back (UTC).
    """

    email: str
    name: str
    language: str
    channel: str = Channel.EMAIL
    bounced_at: datetime | None = None


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
        to_name=to.name or to_name,
        language=to.language,
        subject_id=subject_id,
        process_id=process.public_id,
        case_number=process.case_number,
        reply_to=process.office.reply_to,
        from_name=process.office.name,
        facts=facts,
        priority=priority,
        office_id=process.office.public_id,
    )


def subjects_of(mails: Sequence[OutgoingMail]) -> set[UUID]:
    """What the mails of a batch are about."""
    return {mail.subject_id for mail in mails}


def secrets_of(mails: Sequence[OutgoingMail], query: Read[Any]) -> Secrets:
    """Link and typed code for each mail to the address its subject has now; none for one to an address it had before.

    `query` gives the subjects with their links. One query.
    """
    subjects = {subject.public_id: subject for subject in query(subjects=subjects_of(mails))}
    return {
        # None withdraws the mail; one that is left out here would be tried again.
        mail.pk: None
        if may_not_have_link(subjects[mail.subject_id], mail)
        else mail_secrets(subjects[mail.subject_id].link)
        for mail in mails
        if mail.subject_id in subjects
    }


def may_not_have_link(request: ApprovalRequest | ExternalRequest, mail: OutgoingMail) -> bool:
    """The question has been given another address since the mail was queued."""
    return folded_address(mail.to_address) != folded_address(request.email)
