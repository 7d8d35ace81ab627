"""Whom mail can reach of those who are asked, and where it may carry their link. Actions, mails and pages come in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _

from notifications.rules import folded_address, may_mail
from workflow.rules.refusals import Refusal
from workflow.states import Channel

if TYPE_CHECKING:
    from workflow.models import Asked

Row = TypeVar("Row", bound="Asked")


def has_address(asked: Asked) -> bool:
    """Mail is their channel and can be sent to them."""
    return asked.channel == Channel.EMAIL and may_mail(asked.email) is None


def is_reached(asked: Asked) -> bool:
    """Mail is their channel, and none is known to come back from the address they have."""
    return has_address(asked) and asked.bounced_at is None


def why_unreached(asked: Asked) -> str:
    """The code of what keeps mail from who should get it: "contact_missing", "contact_bounced"; else "". Who is written
    to on paper, or reached otherwise, misses no mail."""
    if asked.channel != Channel.EMAIL:
        return ""
    if may_mail(asked.email) is not None:
        return "contact_missing"
    return "contact_bounced" if asked.bounced_at is not None else ""


def unreached_among(those_asked: Iterable[Row]) -> list[Row]:
    """Those who should get mail and cannot."""
    return [asked for asked in those_asked if why_unreached(asked)]


def may_have_link(asked: Asked, address: str, also_at: Collection[str] = ()) -> bool:
    """Whether link and code may leave to an address: the present one of who is asked, or one of `also_at` (as
    `folded_address` gives them)."""
    # An erased address is empty, and an empty one is nobody's.
    return folded_address(address) in {folded_address(asked.email), *also_at} - {""}


def may_note_call(text: str, next_on: date | None, today: date) -> Refusal | None:
    """A call is noted with its words; the day to call again is today or later."""
    if not text.strip():
        return Refusal("text_missing", _("Write what came of the call."))
    if next_on is not None and next_on < today:
        return Refusal("day_past", _("The day has already passed. Choose today or a later day."))
    return None
