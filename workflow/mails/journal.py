"""Copies of every mail to the journal's mailbox of an office that has one: word for word, without link and code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import COPY_TO_OFFICE, MailKind
from notifications.models import OutgoingMail
from notifications.rules import folded_address
from notifications.states import MailState
from workflow.mails.copies import COPY, Originals, copy_facts
from workflow.models import Office

NO_COPIES: Final = "no_copies"


def journal_still_wanted(copies: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A copy goes where the mail itself has gone, or goes now, and the address is still the journal's. Two queries, and
    those of the kinds."""
    originals = Originals(copies)
    reasons: dict[int, str] = {}
    for key, mails in originals.by_kind.items():
        # What has left is in the journal, whatever overtook it since.
        not_sent = [mail for mail in mails if mail.state != MailState.SENT]
        reasons |= kinds.kind(key).still_wanted(not_sent, now) if not_sent else {}
        reasons |= {mail.pk: mail.withdrawn_reason for mail in mails if mail.state == MailState.WITHDRAWN}
    offices = Office.objects.filter(public_id__in={copy.office_id for copy in copies})
    addresses = {public_id: folded_address(to) for public_id, to in offices.values_list("public_id", "journal_address")}
    codes = {}
    for copy in copies:
        original = originals.of.get(copy.pk)
        if original is None:
            codes[copy.pk] = "unknown"
        elif copy.office_id is None or addresses.get(copy.office_id) != folded_address(copy.to_address):
            codes[copy.pk] = NO_COPIES
        elif original.pk in reasons:
            codes[copy.pk] = reasons[original.pk]
    return codes


def _concerns_nobody() -> Q:
    """A copy that did not arrive is seen among the mails, and is nobody's task: the parcel holds the mail."""
    return Q(kind=COPY_TO_OFFICE)


def register_kinds() -> None:
    """The kind of this file."""
    kinds.register(
        MailKind(
            COPY_TO_OFFICE,
            f"mails/{COPY}",
            copy_facts,
            journal_still_wanted,
            to_others=True,
            title=_("Copy to the journal, without the link"),
            over=_concerns_nobody,
        )
    )
