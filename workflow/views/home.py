"""The front page: my work for who serves an office, its questions for a member of a body, else what is public."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from workflow.forms.mails import TO_MEND
from workflow.policies import policy
from workflow.queries.approvals import waiting_for
from workflow.queries.doors import doors
from workflow.queries.first_steps import unfinished
from workflow.queries.mails import mails_to_mend
from workflow.queries.overview import process_rows, processes_of
from workflow.queries.public import public_processes
from workflow.states import ProcessState
from workflow.views.access import Visit, turn_away
from workflow.views.duties import duties
from workflow.views.long_work import work_of
from workflow.views.process_board import board_of


@policy("anonymous")
@require_safe
def home(request: Visit) -> HttpResponseBase:
    """My work; without an account the processes everyone may follow, and where to type a code.

    Whoever works in an office and has no second factor yet is led to setting it up.
    """
    if not request.user.is_authenticated:
        context = {"processes": public_processes(), "doors": doors() if settings.DEMO else []}
        return render(request, "workflow/front.html", context)
    refused = turn_away("signed_in", request, {})
    if refused is not None:
        return refused
    if not request.places.reads_of:
        seats = request.places.member_of
        bodies = [body for _office, body in seats]
        asked = [row for row in waiting_for(bodies) if (row.stage.process.office, row.body) in seats]
        return render(request, "workflow/home_member.html", {"requests": asked, "bodies": bodies})
    offices = request.places.reads_of
    rows = process_rows(list(processes_of(offices).filter(state__in=[ProcessState.RUNNING, ProcessState.SUSPENDED])))
    waiting = duties(request.places.officer_of, request.now)
    overdue = sum(duty.is_overdue for duty in waiting)
    to_mend = mails_to_mend(offices).count()
    tiles = [
        {"value": len(rows), "label": _("Processes under way"), "url": reverse("processes")},
        {"value": len(waiting), "label": _("Waiting for you")},
        {"value": overdue, "label": _("Overdue"), "tone": "error" if overdue else ""},
        {
            "value": to_mend,
            "label": ngettext("mail that did not arrive", "mails that did not arrive", to_mend),
            "url": reverse("mail_log") + f"?undelivered={TO_MEND}",
            "tone": "warning" if to_mend else "",
        },
    ]
    context = {
        "first_steps": unfinished(request.places.admin_of),
        "duties": waiting,
        "work": work_of(offices, request.now),
        "tiles": tiles,
        "board": board_of(rows),
        "office_name": ", ".join(office.name for office in offices),
    }
    return render(request, "workflow/home.html", context)
