"""When two writings of a name are one name, and what no name may hold that becomes public."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal

_COMPANY: Final = re.compile(
    r"\bcvr\b[-.: ]*(?:nr\b|nummer\b)?[.: ]*(?:dk)?[- ]?(?:\d{8}|\d\d(?: \d\d){3})(?!\d)", re.IGNORECASE
)
_MAILBOX: Final = re.compile(r"[^\s@]@[^\s@]+\.\w")
_PERSON: Final = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d ?[-–]? ?\d{4}(?!\d)")
_TELEPHONE: Final = re.compile(r"(?:\+|\b00)45[-. ]?\d|(?<!\d)(?:\d{8}|\d{4} \d{4}|\d\d([-. ])\d\d\1\d\d\1\d\d)(?!\d)")


def folded_name(name: str) -> str:
    """What writings of one name have in common: they differ in capitals and blanks alone.

    Unlike the key names are sorted by, it takes “Åby” and “Aaby” for two.
    """
    return " ".join(name.casefold().split())


def private_in_name(name: str) -> Refusal | None:
    """A party's name becomes public, so it holds no e-mail address, no telephone number and no CPR number.

    The eight figures of a company's number (CVR) are public, and so are years.
    """
    # Taken out first, for the eight figures of a company's number read like those of a telephone.
    words = _COMPANY.sub("", name)
    if _MAILBOX.search(words):
        text = _(
            "An e-mail address stands in the name, and the name can become public. Write the name alone, and the "
            "address in the field for it."
        )
        return Refusal("address_in_name", text)
    if _PERSON.search(words):
        text = _("A CPR number stands in the name, and the name can become public. Write the name without it.")
        return Refusal("cpr_in_name", text)
    if _TELEPHONE.search(words):
        text = _("A telephone number stands in the name, and the name can become public. Write the name without it.")
        return Refusal("telephone_in_name", text)
    return None
