"""An answer that came by another road, entered by an officer. Whatever is refused, no word and no file is lost."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consultations.actions.answers import record_answer_on_behalf
from consultations.forms.answers import BehalfForm
from consultations.models import HearingRound, Invitation
from consultations.queries.parties import publishes_answers
from consultations.queries.rounds import is_round_public
from consultations.states import InvitationState, Publication, RoundState
from consultations.views.round_pages import party_form_page, party_page
from workflow.dates import deadline_words
from workflow.deadlines import local_day
from workflow.rules.asked import has_address
from workflow.rules.processes import now_or_suspended_at
from workflow.views.access import Visit


@party_page("secretariat", "GET", "POST", takes_files=True)
def party_answer(request: Visit, party: Invitation) -> HttpResponse:
    """Enter an answer that came by mail, on paper or by telephone, with the file and when it reached us.

    Refused, the form comes back with its words and with the files that came with it.
    """
    hearing_round, zone = party.round, party.round.stage.process.time_zone
    initial = {"received_on": local_day(request.now, ZoneInfo(zone)), "kind": "remarks"}
    form = BehalfForm(
        request.POST if request.method == "POST" else None, request.FILES or None, initial=initial, matter=party
    )
    follows = [
        *_mailed(hearing_round, party, request.now),
        *_unreminded(party),
        *_made_public(hearing_round, request.now),
        str(_KEPT),
    ]
    return party_form_page(
        request,
        party,
        form,
        partial(record_answer_on_behalf, party),
        facts=lambda: form.facts(zone),
        heading=_("Enter an answer of %(name)s"),
        lead=_("It is judged by the time it reached us, not by the time it is entered here."),
        follows=follows,
        submit=_("Record the answer"),
        done=_("The answer of %(name)s is recorded.") % {"name": party.name},
    )


def _mailed(hearing_round: HearingRound, party: Invitation, now: datetime) -> list[str]:
    """Who gets the receipt, and what can be done by the link in it."""
    if not has_address(party):
        return [_("Nobody gets a mail: the party is not reached by mail. Give it the receipt number yourself.")]
    lines = [
        _("A receipt goes to %(email)s at once. By the link in it the answer can be read and replaced.")
        % {"email": party.email}
    ]
    if party.bounced_at is not None:
        lines.append(_("The last mail to that address came back, so the receipt may not arrive."))
    if party.reply_by_at is None:
        lines.append(_("A replacement counts until the round is closed."))
    elif party.reply_by_at > now_or_suspended_at(hearing_round.stage.process, now):
        until = deadline_words(party.reply_by_at, hearing_round.stage.process.time_zone)
        lines.append(_("A replacement is in time until %(deadline)s.") % {"deadline": until})
    else:
        lines.append(_("The deadline has passed: a replacement is late, and you decide whether it counts."))
    return lines


def _unreminded(party: Invitation) -> list[str]:
    return [_("The party is reminded no more.")] if party.state == InvitationState.INVITED else []


def _made_public(hearing_round: HearingRound, now: datetime) -> list[str]:
    """What anyone sees of an answer: that it was given, where the policy of the round says so."""
    if hearing_round.publication == Publication.NEVER or not is_round_public(hearing_round):
        return [_("Nothing becomes public.")]
    if publishes_answers(hearing_round, now):
        return [_("It becomes public at once that the party has answered. Words and files do not.")]
    if hearing_round.state == RoundState.CANCELLED:
        return [_("Nothing becomes public.")]
    if hearing_round.publication == Publication.AFTER_DEADLINE:
        return [_("After the deadline everyone can see that the party has answered. Words and files are not shown.")]
    words = _(
        "When the final text is issued everyone can see that the party has answered. Words and files are not shown."
    )
    return [words]


_KEPT: Final = _lazy(
    "The answer cannot be deleted. What is wrong is corrected by entering it anew; the version before is kept."
)
