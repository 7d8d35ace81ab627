"""Putting a question to a body once more, to another address, or anew."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from workflow.actions.approvals import add_party, ask_again, contact_bodies_otherwise, readdress_request
from workflow.dates import local_day
from workflow.forms.approvals import AddPartyForm, AskAgainForm
from workflow.models import ApprovalRequest, Stage
from workflow.queries.joining import bodies_to_add, replaced_by
from workflow.queries.processes import stage_spec
from workflow.rules.joining import may_add_parties
from workflow.states import RequestState, StageKindName
from workflow.views.access import Visit
from workflow.views.approvals.body_pages import body_page, show_form_for, url_of
from workflow.views.deeds import do, form_page, leave_reasons_for_later, look_at, press_form
from workflow.views.forecasts_outside import adding_of, asking_again_of, is_done, readdressing_of
from workflow.views.pages import frame, stage_page, trail_to
from workflow.views.readdressing import send_to_address

ASKED_OTHERWISE = _lazy("The question waits without mail and reminders. Record what is decided on the body's page.")


@body_page("secretariat", "POST")
def request_resend(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Send the question once more to the same address, under a new link; the old one stops working."""
    return do(
        request,
        partial(readdress_request, asked, email=asked.email, name=asked.contact_name),
        done=_("A mail with a new link is on its way. The old link no longer works."),
        to=url_of(asked),
    )


@body_page("secretariat", "GET", "POST")
def request_readdress(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Send the question to another address."""
    if asked.state == RequestState.LISTED:
        done = _("The question goes to the new address when the dispatch is sent.")
        lead = _("Nobody gets a mail by it: the body is asked when its dispatch is sent, and then at this address.")
    else:
        done = _("The question is on its way to the new address. The old link no longer works.")
        lead = _("The question is sent to the address you write, with a new link. The link sent before stops working.")
    form, answer = send_to_address(request, asked, readdress_request, done=done, to=url_of(asked))
    submit = _("Send to this address") if asked.state != RequestState.LISTED else _("Save the address")
    told = [readdressing_of(asked.body.name)] if asked.state != RequestState.LISTED else []
    return answer or show_form_for(request, asked, form, _("Another address"), submit, lead, told)


@body_page("secretariat", "POST")
def request_contact_otherwise(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """One body is asked otherwise than by mail."""
    deed = partial(contact_bodies_otherwise, asked.stage, [asked])
    return do(request, deed, done=str(ASKED_OTHERWISE), to=url_of(asked))


@stage_page("secretariat", "POST")
def approvals_contact_otherwise(request: Visit, stage: Stage) -> HttpResponse:
    """All bodies of a stage that mail cannot reach are asked otherwise than by mail."""
    back = reverse("approvals", args=[stage.process.public_id, stage.public_id])
    return do(request, partial(contact_bodies_otherwise, stage), done=str(ASKED_OTHERWISE), to=back)


@body_page("secretariat", "GET", "POST")
def request_ask_again(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Put the same text to a body again; to one that stands outside a sub-agreement the text in force."""
    form = AskAgainForm(request.POST or None, is_late=is_done(asked.stage))
    done = _("The body is asked again. Its earlier decision stands until it has made a new one.")
    lead = _("The body gets a mail and decides anew on the same documents.")
    return press_form(request, form, partial(ask_again, asked), done=done, to=url_of(asked)) or show_form_for(
        request, asked, form, _("Ask again"), _("Ask again"), lead, [asking_again_of(request, asked)]
    )


@stage_page("secretariat", "GET", "POST", kinds=(StageKindName.APPROVAL,))
def party_add(request: Visit, stage: Stage) -> HttpResponse:
    """Take a body in as a party of a sub-agreement, and ask it to join."""
    process = stage.process
    spec = stage_spec(stage)
    bodies = bodies_to_add(stage, local_day(request.now, process.time_zone))
    form = AddPartyForm(request.POST or None, bodies=bodies)
    leave_reasons_for_later(request, form)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    told = [adding_of(request, stage, chosen)]
    refusal = may_add_parties(stage, spec, replaced_by(stage))
    board = reverse("approvals", args=[process.public_id, stage.public_id])
    heading = _("Add a party to the agreement")
    return form_page(
        request,
        trail_to(frame(request, process, "process"), (str(spec.title), board), (heading, "")),
        form,
        partial(add_party, stage),
        heading=heading,
        lead=_("A sub-agreement takes in parties as long as the process lives, also when the stage is done."),
        warning=str(refusal.text) if refusal else "",
        submit=_("Add and ask the party"),
        consequences=lambda: told,
        look=look_at(request, told, str(chosen.get("body")), str(chosen.get("reply_by"))),
        done=lambda asked: _("%(body)s is asked to join.") % {"body": asked.body.name},
        to=board,
        facts=lambda: dict(form.cleaned_data),
    )
