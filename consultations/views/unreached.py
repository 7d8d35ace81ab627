"""Parties that mail cannot reach: settled in one press, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.unreached import contact_otherwise
from consultations.models import HearingRound, Invitation
from consultations.views.round_pages import party_page, round_page, round_url
from workflow.views.access import Visit
from workflow.views.deeds import do

NAMED: Final = 10
"""So many parties are named where mail cannot reach them; the others are found by the list's filter."""


@round_page("secretariat", "POST")
def round_contact_otherwise(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """All parties of the round that mail cannot reach are contacted otherwise than by mail."""
    return do(
        request,
        partial(contact_otherwise, hearing_round),
        done=_("They stay on the list and get no mail. Print each its letter from its own page."),
        to=round_url("round_parties", hearing_round),
    )


@party_page("secretariat", "POST")
def party_contact_otherwise(request: Visit, party: Invitation) -> HttpResponse:
    """One party is contacted otherwise than by mail from now on."""
    return do(
        request,
        partial(contact_otherwise, party.round, [party]),
        done=_("%(name)s gets no more mail. Print its letter from this page.") % {"name": party.name},
        to=round_url("party", party.round, party.public_id),
    )


def unreached_words(missing: int, bounced: int) -> str:
    """How many parties no mail can reach, and why, in one sentence; "" for none."""
    parts = []
    if missing:
        text = ngettext("%(count)d party has no address", "%(count)d parties have no address", missing)
        parts.append(text % {"count": missing})
    if bounced:
        text = ngettext(
            "the last mail to %(count)d party came back", "the last mail to %(count)d parties came back", bounced
        )
        parts.append(text % {"count": bounced})
    sentence = _(" and ").join(parts)
    return sentence[:1].upper() + sentence[1:]


def unreached_names(parties: Sequence[Invitation]) -> list[str]:
    """The first of the parties no mail can reach by name, and how many there are besides."""
    names = [party.name for party in parties[:NAMED]]
    more = len(parties) - len(names)
    return [*names, _("and %(count)d more") % {"count": more}] if more else names
