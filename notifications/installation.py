"""Which installation this database may send mail for. A database copied or restored elsewhere mails nobody.

The identity lives outside the database (`INSTALLATION_ID`); the database remembers its digest. They part when a
backup is restored on another machine: then nothing is claimed until a person has said what is to happen with the
waiting mails.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from notifications.models import Installation, OutgoingMail
from notifications.rules import identity_digest
from notifications.statements import Read
from notifications.states import HOLD_RELEASED, MailState

log = logging.getLogger(__name__)

ANOTHER_INSTALLATION = "another_installation"
NO_IDENTITY = "no_identity"
NEVER_BOUND = "never_bound"

_ROW: Final = Read(lambda: Installation.objects.order_by("id")[:1])


@dataclass(frozen=True, slots=True)
class Hold:
    """Why no mail leaves: `another_installation`, `no_identity` or `never_bound`; since when; how many mails wait."""

    reason: str
    since: datetime | None
    waiting: int


def bind_if_fresh() -> None:
    """Bind a new database, one that has never held a mail, to this installation. Changes nothing otherwise."""
    if settings.INSTALLATION_ID and not Installation.objects.exists() and not OutgoingMail.objects.exists():
        # Two processes may start together; the primary key lets one of them in.
        Installation.objects.get_or_create(
            id=1, defaults={"identity_digest": identity_digest(settings.INSTALLATION_ID)}
        )


def _reason(row: Installation | None) -> str:
    if not settings.INSTALLATION_ID:
        return NO_IDENTITY
    if row is None:
        return NEVER_BOUND
    return "" if row.identity_digest == identity_digest(settings.INSTALLATION_ID) else ANOTHER_INSTALLATION


def hold() -> Hold | None:
    """Is all mail held, and why? None when mail may leave."""
    row = _ROW.first()
    reason = _reason(row)
    if not reason:
        return None
    count = OutgoingMail.objects.filter(state__in=(MailState.QUEUED, MailState.CLAIMED)).count()
    return Hold(reason, row.held_since if row else None, count)


def is_held(now: datetime) -> bool:
    """May nothing be claimed now? Notes in the database since when, and says so in the log the first time."""
    row = _ROW.first()
    if row is None:
        bind_if_fresh()
        row = _ROW.first()
    reason = _reason(row)
    if row is None:
        log.error("mail is held: %s; run `manage.py release_hold`", reason)
        return True
    if reason and row.held_since is None:
        Installation.objects.filter(id=1, held_since=None).update(held_since=now)
        log.error("mail is held: %s; run `manage.py release_hold`", reason)
    elif not reason and row.held_since is not None:
        Installation.objects.filter(id=1).update(held_since=None)
    return bool(reason)


def release(reason: str, now: datetime, *, withdraw_waiting: bool) -> int:
    """Let this installation send for this database from now on; a person has decided so and says why.

    `withdraw_waiting` withdraws every mail that has not been sent: right after a restore, when the original
    installation has sent, or will send, the same mails. Returns how many were withdrawn.
    Refuses, with ValueError, an empty reason and an installation without identity.
    """
    if not reason.strip():
        raise ValueError("say why the mail is released")
    if not settings.INSTALLATION_ID:
        raise ValueError("INSTALLATION_ID is not set: the mail stays held")
    with transaction.atomic():
        withdrawn = 0
        if withdraw_waiting:
            # Claimed ones too: their worker finds its claim gone just before it would send.
            withdrawn = OutgoingMail.objects.move("withdraw", withdrawn_at=now, withdrawn_reason=HOLD_RELEASED)
        Installation.objects.update_or_create(
            id=1,
            defaults={
                "identity_digest": identity_digest(settings.INSTALLATION_ID),
                "bound_at": now,
                "held_since": None,
                "released_at": now,
                "release_reason": reason.strip(),
            },
        )
    log.warning("mail is released, %s waiting mails withdrawn", withdrawn)
    return withdrawn
