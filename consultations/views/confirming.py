"""Confirming a provisional answer: by the party's own link, or entered by an officer."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _

from consultations.actions.answers import confirm_answer
from consultations.forms.answers import ConfirmForm
from consultations.models import Answer, Invitation
from consultations.queries.answers import standing_answer_of
from consultations.queries.parties import InvitationPage, publishes_answers
from consultations.queries.rounds import is_round_public
from consultations.rules.provisional import is_by_its_day
from consultations.views.replies import actor_of, frame, reply_page
from consultations.views.round_pages import party_form_page, party_page
from workflow.dates import local_day, weekday_date
from workflow.rules.asked import has_address
from workflow.views.access import Visit
from workflow.views.deeds import form_page, press_of


@reply_page("GET", "POST")
def reply_confirm(request: Visit, page: InvitationPage) -> HttpResponse:
    """The provisional answer that stands is final: the page shows it, the button says so."""
    heading = _("Make the answer final")
    head = frame(request, page, here=heading)
    answer = page.standing
    return form_page(
        request,
        {**head, "answer": answer, "link_id": request.link.public_id},
        Form(request.POST if request.method == "POST" else None),
        partial(confirm_answer, page.invitation, received_at=request.now),
        heading=heading,
        lead=" ".join(_said_to_party(page, answer, request.now)),
        submit=_("Confirm the answer"),
        done=_("Noted: the answer is final as it stands."),
        to=head["home"],
        template="consultations/reply_confirm.html",
        press=press_of(request, actor_of(request, page.invitation)),
    )


def _said_to_party(page: InvitationPage, answer: Answer | None, now: datetime) -> list[str]:
    """What the press does, and that it comes late where it does."""
    if answer is None or answer.provisional_on is None or not answer.is_provisional:
        return []
    lines = [_("You confirm the answer as it stands. You get a receipt, and are not reminded of it.")]
    if not page.is_in_time and not is_by_its_day(page.round, answer, now):
        text = _(
            "You had told us that it would be final by %(day)s. It is noted on the case that you confirm it later."
        )
        lines.append(text % {"day": weekday_date(answer.provisional_on)})
    if page.draft is not None:
        lines.append(
            _("A draft of a new answer is saved. It is not sent by this; send it instead if it is what holds.")
        )
    return lines


@party_page("secretariat", "GET", "POST")
def party_confirm(request: Visit, party: Invitation) -> HttpResponse:
    """Enter that a party has confirmed its provisional answer by another road, and when that reached us."""
    zone = ZoneInfo(party.process.time_zone)
    form = ConfirmForm(request.POST or None, initial={"received_on": local_day(request.now, party.process.time_zone)})
    return party_form_page(
        request,
        party,
        form,
        partial(confirm_answer, party),
        facts=lambda: form.facts(zone),
        heading=_("Enter that the answer of %(name)s is final"),
        lead=_lead(standing_answer_of(party)),
        follows=_follows(party, request.now),
        submit=_("Record the confirmation"),
        done=_("It is noted that the answer of %(name)s is final.") % {"name": party.name},
    )


def _lead(answer: Answer | None) -> str:
    if answer is None or answer.provisional_on is None:
        return ""
    text = _("It was to be final by %(day)s. Whether the confirmation is late is judged by the time it reached us.")
    return text % {"day": weekday_date(answer.provisional_on)}


def _follows(party: Invitation, now: datetime) -> list[str]:
    """Who hears of it, and what becomes public."""
    told = (
        _("A receipt goes to %(email)s at once.") % {"email": party.email}
        if has_address(party)
        else _("Nobody gets a mail: the party is not reached by mail.")
    )
    is_shown = is_round_public(party.round) and publishes_answers(party.round, now)
    public = (
        _("The public page no longer shows the answer as provisional.") if is_shown else _("Nothing becomes public.")
    )
    kept = _("The words of the answer stay as they are. The party is not asked to confirm it any more.")
    return [told, kept, public]
