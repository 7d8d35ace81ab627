"""How a party stands, in words: for the status board."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    "late": (_("Late, to be decided"), "warning"),
    "late_accepted": (_("Late, accepted"), "success"),
    "late_filed": (_("Late, filed only"), "neutral"),
    "declined": (_("Will not answer"), "neutral"),
    "withdrawn": (_("Asked no longer"), "neutral"),
}
"""State of a row of the board → words and the badge's tone."""
