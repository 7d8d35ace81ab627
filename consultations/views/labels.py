"""How a party and its answer stand, in words: for the status board and the list of answers."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Answer
from workflow.dates import short_date

STANDING: Final[dict[str, tuple[Promise, str]]] = {
    "listed": (_("Not sent yet"), "neutral"),
    "invited": (_("Not opened"), "neutral"),
    "informed": (_("For information"), "neutral"),
    "opened": (_("Opened"), "info"),
    "drafting": (_("Has begun to write"), "info"),
    "asks_for_extension": (_("Asks for more time"), "warning"),
    "no_address": (_("No address"), "error"),
    "bounced": (_("Mail came back"), "error"),
    "other_road": (_("Contacted otherwise than by mail"), "info"),
    "submitted": (_("Answered"), "success"),
    "no_remarks": (_("No remarks"), "success"),
    "provisional": (_("Provisional answer"), "warning"),
    "late": (_("Late, to be decided"), "warning"),
    "late_accepted": (_("Late, accepted"), "success"),
    "late_filed": (_("Late, filed only"), "neutral"),
    "declined": (_("Will not answer"), "neutral"),
    "withdrawn": (_("Asked no longer"), "neutral"),
}
"""State of a row of the board → words and the badge's tone."""


def provisional_words(answer: Answer, zone: str) -> str:
    """Until when a provisional answer is to be made final, or when it was; "" for one that was final from the start."""
    if answer.provisional_on is None:
        return ""
    if answer.confirmed_at is None:
        return gettext("to be confirmed by %(day)s") % {"day": short_date(answer.provisional_on)}
    words = gettext("confirmed late %(day)s") if answer.is_confirmed_late else gettext("confirmed %(day)s")
    return words % {"day": short_date(answer.confirmed_at, zone)}
