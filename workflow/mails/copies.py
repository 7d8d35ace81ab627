"""Copies of the mails that ask: to whom, what they say, and when one is no longer wanted.

A copy is written from the mail that it is a copy of, as that one is kept: where link and code stand in it, the copy
says so. They are never derived for a copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import kinds, render
from notifications.kinds import MailKind, OnEvent
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.rules import folded_address
from notifications.states import MailState, Priority
from workflow.mails.changes import CHANGES
from workflow.mails.letters import Facts
from workflow.models import CopyAddress

# Stands in the outbox: spelt otherwise, mails that were sent would be sent once more.
COPY: Final = "copy_of_mail"
_NAMES: Final = ("party", "body_name", "authority_name")


def copies_of(
    letters: Sequence[Letter],
    bodies: Mapping[UUID, int],
    copies: Mapping[tuple[UUID, int], Sequence[CopyAddress]],
) -> list[Letter]:
    """A copy of each letter to whoever gets copies of what its body is asked. bodies: by what letters are about, the
    key of the body. copies: as `copies_for` has them."""
    return [
        replace(
            letter,
            kind=COPY,
            key=f"{letter.key}:copy:{copy.public_id}",
            to=copy.email,
            to_name=copy.email,
            facts={"copied": letter.key, "copy": str(copy.public_id)},
            priority=Priority.NORMAL,
        )
        for letter in letters
        if letter.office_id and letter.subject_id in bodies
        for copy in copies.get((letter.office_id, bodies[letter.subject_id]), ())
        if folded_address(copy.email) != folded_address(letter.to)
    ]


class Originals:
    """The mails that these are copies of, by the copies' keys, and sorted by kind. One query."""

    def __init__(self, copies: Sequence[OutgoingMail]) -> None:
        keys = {str(copy.facts.get("copied")) for copy in copies}
        by_key = {mail.key: mail for mail in OutgoingMail.objects.filter(key__in=keys, erased_at=None)}
        found = {copy.pk: by_key.get(str(copy.facts.get("copied"))) for copy in copies}
        self.of = {pk: original for pk, original in found.items() if original is not None}
        self.by_kind: dict[str, list[OutgoingMail]] = {}
        for original in {mail.pk: mail for mail in self.of.values()}.values():
            self.by_kind.setdefault(original.kind, []).append(original)


def copy_facts(copies: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What was sent, word for word but for link and code and a list of changes, and to whom."""
    originals = Originals(copies)
    written: dict[int, dict[str, object]] = {}
    for key, mails in originals.by_kind.items():
        kind = kinds.kind(key)
        facts = kind.facts(mails, now)
        for mail in mails:
            names = {**mail.facts, **facts.get(mail.pk, {})}
            subject, text = mail.subject_sent, mail.text_sent
            if not text or names.get(CHANGES):
                # What has changed is read by whoever may read the documents, and a copy opens none.
                names[CHANGES] = []
                # Markers alone: what would stand in their place is not known here.
                subject, text, _html = render.write(mail, kind, names, dict.fromkeys(render.PLACEHOLDERS, "")).to_keep()
            said = render.to_read(text, mail.language).strip()
            written[mail.pk] = {
                "sent_to": next((str(names[name]) for name in _NAMES if names.get(name)), mail.to_name),
                "copied_subject": subject.removeprefix(f"[{mail.case_number}] "),
                "copied_text": "\n".join(f"> {line}".rstrip() for line in said.split("\n")),
                "office_name": mail.from_name,
            }
    return {pk: written[original.pk] for pk, original in originals.of.items()}


def copy_still_wanted(copies: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A copy goes as long as what it is a copy of does, and its address is to have copies. Two queries, and those of
    the kinds."""
    originals = Originals(copies)
    reasons: dict[int, str] = {}
    for key, mails in originals.by_kind.items():
        unwanted = kinds.kind(key).still_wanted(mails, now)
        withdrawn = {mail.pk: mail.withdrawn_reason for mail in mails if mail.state == MailState.WITHDRAWN}
        reasons |= {**unwanted, **withdrawn}
    named = {copy.facts.get("copy") for copy in copies} - {None}
    rows = CopyAddress.objects.filter(public_id__in=named, bounced_at=None, contact__erased_at=None)
    live = {str(public_id) for public_id in rows.values_list("public_id", flat=True)}
    codes = {}
    for copy in copies:
        original = originals.of.get(copy.pk)
        if original is None:
            codes[copy.pk] = "unknown"
        elif copy.facts.get("copy") not in live:
            codes[copy.pk] = "no_copies"
        elif original.pk in reasons:
            codes[copy.pk] = reasons[original.pk]
    return codes


def _concerns_nobody() -> Q:
    """A copy that did not arrive is seen among the mails, and is nobody's task."""
    return Q(kind=COPY)


def register_kinds(on_event: OnEvent) -> None:
    """The kind of this file; `on_event` takes in bounces."""
    kinds.register(
        MailKind(
            COPY,
            f"mails/{COPY}",
            copy_facts,
            copy_still_wanted,
            on_event=on_event,
            to_others=True,
            title=_("Copy for information, without the link"),
            over=_concerns_nobody,
        )
    )
