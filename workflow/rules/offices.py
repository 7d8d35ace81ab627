"""What an office and an account need before they are made."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal

NAME_LENGTH = 200
PREFIX_LENGTH = 12


def may_found(*, key: str, name: str, case_prefix: str, time_zone: str) -> Refusal | None:
    """An office has a key that can stand in commands, a name, a case prefix and a zone that the calendar knows."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key):
        return Refusal("key_wrong", _("Write the key with the letters a–z, digits and hyphens, at most 40 characters."))
    if not 0 < len(case_prefix.strip()) <= PREFIX_LENGTH:
        return Refusal("case_prefix_wrong", _("Give a case prefix of 1 to 12 characters, such as RS."))
    if time_zone not in available_timezones():
        return Refusal("time_zone_unknown", _("The time zone is not known. Write it as Europe/Copenhagen."))
    return must_have_name(name)


def must_have_name(name: str) -> Refusal | None:
    """A name that people recognise: it stands in mails and in the record."""
    if 0 < len(name.strip()) <= NAME_LENGTH:
        return None
    return Refusal("name_wrong", _("Give a name of 1 to 200 characters."))


def must_administer(is_administrator: bool) -> Refusal | None:
    """Who works in an office is for its administrators to say."""
    if is_administrator:
        return None
    return Refusal("not_an_administrator", _("Only an administrator of the office may do this."))
