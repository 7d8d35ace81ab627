"""What has changed in a text since a party was heard about it before."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from consultations.queries.parties import InvitationPage
from consultations.queries.supplementary import heard_before
from consultations.views.replies import reply_page
from workflow.reports.papers.changes import changes_of_sets
from workflow.views.access import Visit
from workflow.views.comparing import answer_compared, sets_heading


@reply_page("GET")
def reply_compared(request: Visit, page: InvitationPage) -> HttpResponseBase:
    """The text as it was heard before and as it is heard again; where nothing was heard before, the party's page."""
    process, after = page.round.stage.process, page.round.bundle
    before = heard_before(page.round) if page.documents else None
    if before is None or after is None:
        return redirect("reply", request.link.public_id)
    context = {
        "process": process,
        "office_name": process.office.name,
        "heading": sets_heading(before, after),
        "back_url": reverse("reply", args=[request.link.public_id]),
        "is_hidden": True,
    }
    return answer_compared(request, "workflow/compare_guest.html", changes_of_sets(before, after, process), context)
