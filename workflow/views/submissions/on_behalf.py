"""What an authority answered by another road than its link, recorded by an officer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflow.actions.submissions import acknowledge
from workflow.dates import clock_time, local_day
from workflow.forms.submissions import ReceiptOnBehalfForm, RulingForm
from workflow.policies import policy
from workflow.views.access import Visit
from workflow.views.deeds import do_with, key_of
from workflow.views.forecasts_outside import receipt_of, rulings_of
from workflow.views.submissions.reading import sent_of, show_deed_for, url_of
from workflow.views.submissions.ruling import take_ruling


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Record the authority's receipt when it came by another road; its time limit runs from it."""
    sent = sent_of(request, process_id, request_id, officers_only=True)
    zone = sent.stage.process.time_zone
    initial = {"received_on": local_day(request.now, zone), "received_clock": clock_time(request.now, zone)}
    form = ReceiptOnBehalfForm(request.POST or None, request.FILES or None, initial=initial, matter=sent)
    actor = request.actor.acting_for(sent.body.name)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: acknowledge(
                sent,
                received_at=form.received_at(zone),
                number=form.cleaned_data["number"],
                file=form.cleaned_data["file"],
                actor=actor,
                now=request.now,
                key=key_of(request),
            ),
            done=_("The receipt is recorded. Region, councils and committee are told."),
            to=url_of(sent),
        )
        if answer:
            return answer
    return show_deed_for(
        request, sent, form, _("Record the receipt"), _("Record the receipt"), [receipt_of(request, sent)]
    )


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ruling_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Record what the authority ruled when it came by another road."""
    sent = sent_of(request, process_id, request_id, officers_only=True)
    initial = {"ruled_on": local_day(request.now, sent.stage.process.time_zone)}
    form = RulingForm(request.POST or None, request.FILES or None, initial=initial, matter=sent)
    actor = request.actor.acting_for(sent.body.name)
    if request.method == "POST":
        done = _("The ruling is recorded. Region, councils and committee are told.")
        if answer := take_ruling(request, sent, form, actor, done=done, to=url_of(sent)):
            return answer
    return show_deed_for(request, sent, form, _("Record the ruling"), _("Record the ruling"), rulings_of(request, sent))
