"""A party's invitation on paper: a page to be printed, with the code that is typed instead of following a link."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consultations.actions.letters import write_letter
from consultations.models import Invitation
from consultations.views.round_pages import frame, party_page, round_url
from workflow.dates import in_language
from workflow.links import code_page
from workflow.queries.bodies import contact_of
from workflow.rules import Refused
from workflow.views.access import Visit, by_whom


@party_page("secretariat", "POST")
def party_letter(request: Visit, party: Invitation) -> HttpResponse:
    """Write the letter in the party's language. By POST, for the code is taken out and that is recorded."""
    back = round_url("party", party.round, party.public_id)
    try:
        secrets = write_letter(party, **by_whom(request))
    except Refused as refused:
        return render(request, "errors/409.html", {"refusal": refused.refusal, "back_url": back}, status=409)
    office = party.round.stage.process.office
    contact = contact_of(office, party.body) if party.body else None
    context = {
        **frame(request, party.round, "round_status", here=_("Letter")),
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
