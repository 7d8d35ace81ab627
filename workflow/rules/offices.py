"""What an office and an account need before they are made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from workflow.models import User

NAME_LENGTH = 200
PREFIX_LENGTH = 12
MOST_MINUTES = 120
LINKS_A_DAY = 5
BETWEEN_LINKS = timedelta(minutes=10)


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


def may_take_back_within(minutes: int) -> Refusal | None:
    """How long what a set put forward asks waits in the office: from not at all to two hours."""
    if 0 <= minutes <= MOST_MINUTES:
        return None
    text = _("Give from 0 to {most} minutes. With 0 the mails leave at once and nothing can be taken back.")
    return Refusal("minutes_wrong", format_lazy(text, most=MOST_MINUTES))


def must_be_open(user: User) -> Refusal | None:
    """What is done for an account needs one that is open."""
    if user.is_active and user.erased_at is None:
        return None
    return Refusal("account_closed", _("This account is closed. Have it reopened first."))


def must_not_be_held(user: User, place: str, *, is_held: bool) -> Refusal | None:
    """A place is given to somebody who has not got it."""
    if not is_held:
        return None
    text = _("{name} has this place already: {place}. Change its days on the person's page.")
    return Refusal("place_held", format_lazy(text, name=user, place=place))


def must_have_no_other_place(user: User, offices: Sequence[str]) -> Refusal | None:
    """What ends or changes an account is not for one office where the person works in another too. offices: those."""
    if not offices:
        return None
    text = _(
        "{name} also has a place at {offices}, so this is not for your office alone. You can send a link to a new "
        "password, or take back the places here; ask the administrator there for the rest."
    )
    return Refusal("place_elsewhere", format_lazy(text, name=user, offices=", ".join(offices)))


def must_keep_a_place(user: User, *, has_another: bool) -> Refusal | None:
    """An open account is found by its places."""
    if has_another or not user.is_active:
        return None
    text = _("This is the only place of {name}. Close the account instead: then the person is out, and stays here.")
    return Refusal("only_place", format_lazy(text, name=user))


def must_not_be_used(*, is_undone: bool) -> Refusal | None:
    """A form that comes once more says that it is done only while it still is."""
    if not is_undone:
        return None
    return Refusal("undone_since", _("This was done before and has been undone since. Open the page anew."))


def may_send_password_link(sent_at: Sequence[datetime], now: datetime) -> bool:
    """Whether one more link goes to an account whose owner asks at the sign-in page. sent_at: of those of the last day
    (UTC)."""
    return len(sent_at) < LINKS_A_DAY and all(at <= now - BETWEEN_LINKS for at in sent_at)


def must_hold_token(is_good: bool) -> Refusal | None:
    """A password is chosen by a link that has not run out and has not been used."""
    if is_good:
        return None
    text = _("The link has run out or has been used. Ask for a new one under “Forgotten password” on the sign-in page.")
    return Refusal("link_used", text)


def must_administer(is_administrator: bool) -> Refusal | None:
    """Who works in an office is for its administrators to say."""
    if is_administrator:
        return None
    return Refusal("not_an_administrator", _("Only an administrator of the office may do this."))
