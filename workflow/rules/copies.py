"""Who may get copies of what a body is asked. Actions and forms come in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from notifications.rules import folded_address, may_mail
from workflow.rules.refusals import Refusal

MOST_COPIES: Final = 3


def copy_addresses(written: str) -> list[str]:
    """The addresses that somebody wrote with commas, semicolons or spaces between them, each once."""
    addresses = re.split(r"[,;\s]+", written)
    return list({folded_address(address): address for address in reversed(addresses) if address}.values())[::-1]


def may_copy_to(addresses: Sequence[str], own: str) -> Refusal | None:
    """Why a body at the address `own` may not have copies sent there."""
    for address in addresses:
        if refusal := may_mail(address):
            return refusal
    if folded_address(own) in {folded_address(address) for address in addresses}:
        return Refusal("copy_is_contact", _("The body gets the mail itself at that address. Take it off the copies."))
    if len(addresses) > MOST_COPIES:
        text = _("Copies go to %(count)d addresses at most. Take some off, or use a shared mailbox.")
        return Refusal("copies_too_many", text % {"count": MOST_COPIES})
    return None
