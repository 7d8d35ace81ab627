"""A party's invitation on paper: a page to be printed, with the code that is typed instead of following a link."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consultations.actions.letters import write_letter
from consultations.views.round_pages import frame, party_of, round_of, round_url
from workflow.dates import in_language
from workflow.links import code_page
from workflow.policies import policy
from workflow.queries.bodies import contact_of
from workflow.rules import Refused
from workflow.views.access import Visit


@policy("secretariat")
@require_POST
def party_letter(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Write the letter in the party's language. By POST, for the code is taken out and that is recorded."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    party = party_of(found, invitation_id)
    back = round_url("party", found, party.public_id)
    try:
        secrets = write_letter(party, actor=request.actor, now=request.now)
    except Refused as refused:
        return render(request, "errors/409.html", {"refusal": refused.refusal, "back_url": back}, status=409)
    office = found.stage.process.office
    contact = contact_of(office, party.body) if party.body else None
    context = {
        **frame(request, found, "round_status", here=_("Letter")),
        "party": party,
        "office": office,
        "postal_address": contact.postal_address if contact else "",
        "written_on": request.now,
        "code": secrets["code"],
        "code_page": code_page(),
        "back_url": back,
        "language": party.language,
    }
    with in_language(party.language):
        return render(request, "consultations/letter.html", context)
