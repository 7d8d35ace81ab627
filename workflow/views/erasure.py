"""The page on which the secretariat sets the day a matter forgets its people."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflow.actions.erasure.days import set_erasure_day
from workflow.forms.processes import ErasureDayForm
from workflow.policies import policy
from workflow.views.access import Visit
from workflow.views.beside import beside, seen_in
from workflow.views.deeds import do_with, key_of, show_deed
from workflow.views.processes import frame, process_of


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def process_erasure(request: Visit, process_id: UUID) -> HttpResponse:
    """Set, move or take back the day; what is said of it is what the parties read on their pages."""
    found = process_of(request, process_id, officers_only=True)
    form = ErasureDayForm(request.POST or None, initial={"day": found.erase_on})
    back = reverse("process", args=[process_id])
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        answer = do_with(
            request,
            form,
            lambda: set_erasure_day(
                found,
                day,
                shown_digest=seen_in(request, ["day"]),
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=_("The day of erasure is set.") if day else _("No day of erasure is set any more."),
            to=back,
        )
        if answer:
            return answer
        found.refresh_from_db(fields=["erase_on"])
    return show_deed(
        request,
        {**frame(request, found, "process"), **beside(form, {"day": found.erase_on}, request)},
        form,
        heading=_("Day of erasure"),
        lead=_(
            "On this day names, addresses and what citizens wrote are erased for good from the process, its mails and "
            "its record. The documents, the decisions and what bodies answered stay. Nothing is erased while the "
            "process is under way."
        ),
        submit=_("Save the day"),
        cancel_url=back,
    )
