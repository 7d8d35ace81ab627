"""The head of the record, mailed to those who keep it: whoever rewrites the record cannot rewrite their mailboxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, always_wanted, no_facts
from notifications.outbox import Letter
from notifications.rules import may_mail
from workflow.dates import COPENHAGEN, deadline_words
from workflow.models import AuditSeal, Office, User
from workflow.queries.offices import sender_facts

# Stands in the outbox, as do the keys: spelt otherwise, heads that were mailed would be mailed once more.
RECORD_HEAD: Final = "record_head"


def key_of_heads(office: Office) -> str:
    """With this the keys of all mails with a head to this office and its auditors begin; they rise with the seals."""
    return f"{RECORD_HEAD}:{office.public_id}:"


def number_in(key: str) -> int:
    """The number of the seal that a mail under this key holds."""
    return int(key.split(":")[2])


def head_letters(seal: AuditSeal, office: Office, auditors: Sequence[User]) -> list[Letter]:
    """To the office's mailbox and its auditors, as far as mail can reach them."""
    letters = [_letter(seal, office, office.reply_to, office.name, office.language, "")]
    letters += [_letter(seal, office, user.email, user.name, user.language, f":{user.public_id}") for user in auditors]
    return [letter for letter in letters if may_mail(letter.to) is None]


def _letter(seal: AuditSeal, office: Office, email: str, name: str, language: str, whose: str) -> Letter:
    facts = {"number": seal.number, "digest": seal.digest, **sender_facts(office)}
    facts["sealed_at"] = deadline_words(seal.sealed_at, COPENHAGEN, language)
    return Letter(
        kind=RECORD_HEAD,
        key=f"{key_of_heads(office)}{seal.number:012d}{whose}",
        to=email,
        to_name=name,
        language=language,
        subject_id=UUID(str(office.public_id)),
        reply_to=office.reply_to if may_mail(office.reply_to) is None else "",
        from_name=office.name,
        facts=facts,
        office_id=office.public_id,
    )


def register_kinds() -> None:
    """The kind of this file. It carries no secret, and nothing overtakes it."""
    title = _("The newest seal of the record")
    kinds.register(MailKind(RECORD_HEAD, f"mails/{RECORD_HEAD}", no_facts, always_wanted, title=title))
