"""What an authority answered by another road than its link, recorded by an officer."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext as _

from workflow.actions.submissions import acknowledge, record_ruling
from workflow.dates import clock_time, local_day
from workflow.forms.submissions import ReceiptOnBehalfForm, RulingForm
from workflow.models import ExternalRequest
from workflow.views.access import Visit
from workflow.views.deeds import press_form, press_of
from workflow.views.forecasts_outside import receipt_of, rulings_of
from workflow.views.submissions.submission_pages import sent_page, show_form_for, url_of


@sent_page("secretariat", "GET", "POST", takes_files=True)
def receipt_on_behalf(request: Visit, sent: ExternalRequest) -> HttpResponse:
    """Record the authority's receipt when it came by another road; its time limit runs from it."""
    zone = sent.stage.process.time_zone
    initial = {"received_on": local_day(request.now, zone), "received_clock": clock_time(request.now, zone)}
    form = ReceiptOnBehalfForm(request.POST or None, request.FILES or None, initial=initial, matter=sent)
    answer = press_form(
        request,
        form,
        partial(acknowledge, sent),
        facts=lambda: form.facts(zone),
        press=press_of(request, request.actor.acting_for(sent.body.name)),
        done=_("The receipt is recorded. Region, councils and committee are told."),
        to=url_of(sent),
    )
    return answer or show_form_for(
        request, sent, form, _("Record the receipt"), _("Record the receipt"), [receipt_of(request, sent)]
    )


@sent_page("secretariat", "GET", "POST", takes_files=True)
def ruling_on_behalf(request: Visit, sent: ExternalRequest) -> HttpResponse:
    """Record what the authority ruled when it came by another road."""
    initial = {"ruled_on": local_day(request.now, sent.stage.process.time_zone)}
    form = RulingForm(request.POST or None, request.FILES or None, initial=initial, matter=sent)
    answer = press_form(
        request,
        form,
        partial(record_ruling, sent),
        facts=form.facts,
        press=press_of(request, request.actor.acting_for(sent.body.name)),
        done=_("The ruling is recorded. Region, councils and committee are told."),
        to=url_of(sent),
    )
    return answer or show_form_for(
        request, sent, form, _("Record the ruling"), _("Record the ruling"), rulings_of(request, sent)
    )
