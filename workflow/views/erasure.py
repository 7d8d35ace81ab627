"""The page on which the secretariat sets the day a matter forgets its people."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext as _

from workflow.actions.erasure.days import set_erasure_day
from workflow.forms.processes import ErasureDayForm
from workflow.models import Process
from workflow.views.access import Visit
from workflow.views.deeds import form_page
from workflow.views.overwriting import WrittenOver
from workflow.views.pages import frame, process_page, url_of_process


@process_page("secretariat", "GET", "POST")
def process_erasure(request: Visit, process: Process) -> HttpResponse:
    """Set, move or take back the day; what is said of it is what the parties read on their pages."""
    over = WrittenOver(process, {"day": "erase_on"})
    form = ErasureDayForm(request.POST or None, initial=over.stored())
    return form_page(
        request,
        frame(request, process, "process"),
        form,
        partial(set_erasure_day, process),
        heading=_("Day of erasure"),
        lead=_(
            "On this day names, addresses and what citizens wrote are erased for good from the process, its mails and "
            "its record. The documents, the decisions and what bodies answered stay. Nothing is erased while the "
            "process is under way, nor, once your office fetches parcels for the journal, before its parcel is noted "
            "as journalised."
        ),
        submit=_("Save the day"),
        done=lambda _process: (
            _("The day of erasure is set.") if form.cleaned_data["day"] else _("No day of erasure is set any more.")
        ),
        to=url_of_process(process),
        over=over,
    )
