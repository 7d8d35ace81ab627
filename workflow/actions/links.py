"""Personal links: opened by the start button, made anew, and found by typed code without being guessed.

Link holders come in with `open_link` and `check_code`; deeds that give somebody another address make the link anew with
`renew`. GET and HEAD change nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from notifications.statements import Given, Read
from workflow.actors import Actor
from workflow.audit import record
from workflow.links import code_digest, find_by_code, typed_code
from workflow.models import CodeFailure, PersonalLink
from workflow.rules import Refusal, Refused, insist
from workflow.states import Verb

WRONG_CODES = 10
"""So many wrong codes from one sender within `PERIOD`, and further ones are not even looked at."""

PERIOD = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


@transaction.atomic
def open_link(link: PersonalLink, *, actor: Actor, now: datetime) -> PersonalLink:
    """The first press of the start button: note when. Later presses change nothing.

    Refuses a link no longer in use, also one that was made anew since the holder's was read: what the holder has is the
    link before, and the new one is somebody else's.
    """
    # Read before the lock reads the row anew: this is the version that the holder's address was made with.
    version = link.version
    link = _lock_link(link)
    insist(_must_be_in_use(link, version))
    if link.opened_at is None:
        link.opened_at = now
        link.save(update_fields=["opened_at"])
        codes = {"purpose": link.purpose, "version": link.version}
        record(Verb.OPEN_LINK, link, actor=actor, now=now, office=link.office, codes=codes)
    return link


def check_code(code: str, *, origin: str, now: datetime) -> PersonalLink:
    """The link whose code was typed. `origin` is the sender's address; only a keyed digest of it is kept, for a day.

    Refuses a wrong code, and from the tenth wrong one within an hour every code from that sender, right or wrong.
    """
    digest = salted_hmac("samraad.code_failure", origin, secret=settings.CODE_KEY, algorithm="sha256").hexdigest()
    with transaction.atomic():
        refusal = _too_many(digest, now)
        link = find_by_code(code) if refusal is None else None
        if link is not None:
            return link
        if refusal is None:
            CodeFailure.objects.create(origin=digest, at=now)
    # After the commit: raised within, it would undo the count of wrong codes.
    raise Refused(
        refusal
        or Refusal("code_wrong", _("No matter belongs to this code. Compare it with the mail, letter by letter."))
    )


def forget_code_failures(now: datetime) -> int:
    """The sweep: wrong codes are forgotten after a day. Returns how many were."""
    return CodeFailure.objects.filter(at__lte=now - FORGOTTEN_AFTER).delete()[0]


def next_forgetting_due(now: datetime) -> datetime | None:
    """When the oldest wrong code is to be forgotten."""
    oldest = CodeFailure.objects.order_by("at").values_list("at", flat=True).first()
    return oldest + FORGOTTEN_AFTER if oldest else None


def renew(link: PersonalLink, now: datetime) -> None:
    """Raise the version of a link in the transaction of the deed that sends it anew."""
    # Addresses and codes are derived from it, so all that were sent before stop here.
    link.version += 1
    link.code_digest = code_digest(typed_code(link))
    link.opened_at = link.revoked_at = None
    link.save(update_fields=["version", "code_digest", "opened_at", "revoked_at"])


def _lock_link(link: PersonalLink) -> PersonalLink:
    return _LOCK.one(pk=link.pk)


_LOCK: Final = Read(
    lambda: PersonalLink.objects.select_for_update(of=("self",)).select_related("office").filter(pk=Given("pk"))
)


def _must_be_in_use(link: PersonalLink, version: int) -> Refusal | None:
    if link.revoked_at is None and link.version == version:
        return None
    return Refusal("link_revoked", _("This link is no longer in use. Write to the secretariat to get a new one."))


def _too_many(digest: str, now: datetime) -> Refusal | None:
    if CodeFailure.objects.filter(origin=digest, at__gt=now - PERIOD).count() < WRONG_CODES:
        return None
    return Refusal(
        "code_too_often",
        _("Too many wrong codes have come from here. Wait an hour, use the link in the mail, or call the secretariat."),
    )
