"""An answer that came by another road, entered by an officer. Whatever is refused, no word and no file is lost."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.actions.answers import AnswerContent, record_answer_on_behalf
from consultations.forms.answers import BehalfForm
from consultations.models import HearingRound, Invitation
from consultations.views.framing import party_of, round_of, round_url
from consultations.views.parties import show_deed
from workflow.deadlines import instant, local_day
from workflow.policies import policy
from workflow.views.deeds import do_with, key_of
from workflow.views.visits import Visit


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def party_answer(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Enter an answer that came by mail, on paper or by telephone, with the file and when it reached us.

    Refused, the form comes back with its words and with the files that came with it.
    """
    found = round_of(request, process_id, stage_id, officers_only=True)
    party = party_of(found, invitation_id)
    initial = {"received_on": local_day(request.now, ZoneInfo(found.stage.process.time_zone)), "kind": "remarks"}
    form = BehalfForm(
        request.POST if request.method == "POST" else None, request.FILES or None, initial=initial, matter=party
    )
    if request.method == "POST" and form.is_valid() and (answer := _enter(request, found, party, form)):
        return answer
    lead = _("It is judged by the time it reached us, not by the time it is entered here.")
    return show_deed(request, found, party, form, _("Enter an answer of %(name)s"), _("Record the answer"), lead)


def _enter(request: Visit, round: HearingRound, party: Invitation, form: BehalfForm) -> HttpResponse | None:
    given = form.cleaned_data
    zone = ZoneInfo(round.stage.process.time_zone)
    return do_with(
        request,
        form,
        lambda: record_answer_on_behalf(
            party,
            AnswerContent(kind=given["kind"], text=given["text"], signed_by=given["signed_by"]),
            road=given["road"],
            received_at=instant(given["received_on"], given["received_clock"], zone),
            source=given["source"],
            files=given["attachments"],
            actor=request.actor,
            now=request.now,
            key=key_of(request),
        ),
        done=_("The answer of %(name)s is recorded.") % {"name": party.name},
        to=round_url("party", round, party.public_id),
    )
