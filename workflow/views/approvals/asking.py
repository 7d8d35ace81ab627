"""Putting a question to a body once more, to another address, or anew."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from workflow.actions.approvals import ask_again, contact_bodies_otherwise, readdress_request
from workflow.forms.processes import ReasonForm
from workflow.policies import policy
from workflow.views.access import Visit
from workflow.views.addresses import send_to_address
from workflow.views.approvals.reading import asked_of, show_deed_for, url_of
from workflow.views.deeds import do, do_with, key_of
from workflow.views.forecasts_outside import asking_again_of, sending_to_typed
from workflow.views.stages import stage_of

ASKED_OTHERWISE = _lazy("The question waits without mail and reminders. Record what is decided on the body's page.")


@policy("secretariat")
@require_POST
def request_resend(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Send the question once more to the same address, under a new link; the old one stops working."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    return do(
        request,
        lambda: readdress_request(
            asked,
            email=asked.email,
            name=asked.contact_name,
            actor=request.actor,
            now=request.now,
            key=key_of(request),
        ),
        done=_("A mail with a new link is on its way. The old link no longer works."),
        to=url_of(asked),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def request_readdress(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Send the question to another address."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    done = _("The question is on its way to the new address. The old link no longer works.")
    form, answer = send_to_address(request, asked, readdress_request, done=done, to=url_of(asked))
    lead = _("The question is sent to the address you write, with a new link. The link sent before stops working.")
    return answer or show_deed_for(
        request, asked, form, _("Another address"), _("Send to this address"), lead, [sending_to_typed(asked.body.name)]
    )


@policy("secretariat")
@require_POST
def request_contact_otherwise(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """One body is asked otherwise than by mail."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    return do(
        request,
        lambda: contact_bodies_otherwise(
            asked.stage, [asked], actor=request.actor, now=request.now, key=key_of(request)
        ),
        done=str(ASKED_OTHERWISE),
        to=url_of(asked),
    )


@policy("secretariat")
@require_POST
def approvals_contact_otherwise(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """All bodies of a stage that mail cannot reach are asked otherwise than by mail."""
    stage = stage_of(request, process_id, stage_id, officers_only=True)
    return do(
        request,
        lambda: contact_bodies_otherwise(stage, actor=request.actor, now=request.now, key=key_of(request)),
        done=str(ASKED_OTHERWISE),
        to=reverse("approvals", args=[process_id, stage_id]),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def request_ask_again(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Put the same text to a body again."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: ask_again(
                asked, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now, key=key_of(request)
            ),
            done=_("The body is asked again. Its earlier decision stands until it has made a new one."),
            to=url_of(asked),
        )
        if answer:
            return answer
    lead = _("The body gets a mail and decides anew on the same documents.")
    return show_deed_for(request, asked, form, _("Ask again"), _("Ask again"), lead, [asking_again_of(request, asked)])
