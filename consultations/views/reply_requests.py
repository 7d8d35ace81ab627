"""What a party may say besides answering: a day, a no, another person. By personal link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations.actions.parties import claim, decline, forward, promise_answer, take_back
from consultations.forms.answers import ClaimForm, DeclineForm, ForwardForm, PromiseForm
from consultations.models import Invitation
from consultations.queries.parties import InvitationPage
from consultations.rules.parties import own_mailbox
from consultations.states import InvitationState
from consultations.views.replies import actor_of, frame, read_page
from consultations.views.round_pages import form_status
from workflow.actors import Actor
from workflow.dates import deadline_words, local_day, weekday_date
from workflow.policies import policy
from workflow.rules import Refused
from workflow.views.access import Visit
from workflow.views.deeds import do_with, key_of, new_key


@policy("link_holder")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_promise(request: Visit, link_id: UUID) -> HttpResponse:
    """Say when the answer can be expected; a day after the deadline asks for more time."""
    page = read_page(request)
    form = PromiseForm(request.POST or None, initial={"promised_on": page.invitation.promised_on})
    return _do(
        request,
        page,
        form,
        lambda given, actor: promise_answer(
            page.invitation, promised_on=given["promised_on"], actor=actor, now=request.now
        ),
        heading=_("When will you answer?"),
        lead=_(
            "For example when your council meets. A day after the deadline is a wish for more time: the deadline "
            "stands until the secretariat has granted it."
        ),
        submit=_("Tell the secretariat"),
        done=lambda given: _noted(page, given["promised_on"]),
    )


def _noted(page: InvitationPage, day: date) -> str:
    """What a party is told that has named a day; one after its deadline is a wish and no more."""
    at, zone = page.invitation.reply_by_at, page.round.stage.process.time_zone
    if at is None or day <= local_day(at, zone):
        return _("Noted: you answer on %(day)s.") % {"day": weekday_date(day)}
    if not page.is_in_time:
        text = _("Noted: you wish to answer on %(day)s. The deadline passed on %(deadline)s.")
    else:
        text = _(
            "Noted as a wish: you would like to answer on %(day)s. The present deadline, %(deadline)s, holds until "
            "the secretariat has answered you."
        )
    return text % {"day": weekday_date(day), "deadline": deadline_words(at, zone)}


@policy("link_holder")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_decline(request: Visit, link_id: UUID) -> HttpResponse:
    """We shall not answer, or we are the wrong ones to ask. It is not "no remarks"."""
    page = read_page(request)
    form = DeclineForm(request.POST or None)
    return _do(
        request,
        page,
        form,
        lambda given, actor: _decline(page.invitation, given["reason"], actor, request.now),
        heading=_("We do not answer the consultation"),
        lead=_(
            "This is not the same as having no remarks: it stands that you have not taken part. You get no more "
            "reminders, and may still answer if you change your mind."
        ),
        submit=_("We do not answer the consultation"),
        done=lambda given: _("Noted: you will not answer."),
    )


def _decline(party: Invitation, reason: str, actor: Actor, now: datetime) -> None:
    """The same no said again is the no that stands; a button was pressed twice."""
    try:
        decline(party, reason=reason, actor=actor, now=now)
    except Refused:
        said = {"state": InvitationState.DECLINED, "declined_reason": reason.strip()}
        if not Invitation.objects.filter(pk=party.pk, **said).exists():
            raise


@policy("link_holder")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_forward(request: Visit, link_id: UUID) -> HttpResponse:
    """Pass the task on: the colleague gets the link, and mail follows."""
    page = read_page(request)
    form = ForwardForm(request.POST or None)
    return _do(
        request,
        page,
        form,
        lambda given, actor: forward(
            page.invitation,
            to_email=given["email"],
            to_name=given["name"],
            note=given["note"],
            actor=actor,
            now=request.now,
            key=key_of(request),
        ),
        heading=_("Pass it on to a colleague"),
        lead=_("Your colleague gets the same link by mail. Reminders and the receipt go there from now on. %(told)s")
        % {"told": _told_of_handing_on(page)},
        submit=_("Pass it on"),
        done=lambda given: _("The link is on its way to %(address)s.") % {"address": given["email"]},
    )


def _told_of_handing_on(page: InvitationPage) -> str:
    """Which mailboxes are told that the task has gone on; one that mail comes back from is not."""
    party = page.invitation
    mailboxes = {own_mailbox(party, page.in_force), party.email} - {""}
    if party.bounced_at is not None:
        mailboxes = {address for address in mailboxes if address.casefold() != party.email.casefold()}
    if not mailboxes:
        return _("Nobody else is told; your link stays valid.")
    text = _("A mail about it, with a button to take it back, goes to: %(mailboxes)s. Your link stays valid.")
    return text % {"mailboxes": ", ".join(sorted(mailboxes))}


@policy("link_holder")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_claim(request: Visit, link_id: UUID) -> HttpResponse:
    """Somebody who reads a shared mailbox takes the task: reminders and receipt come to them."""
    page = read_page(request)
    form = ClaimForm(request.POST or None)
    return _do(
        request,
        page,
        form,
        lambda given, actor: claim(
            page.invitation,
            email=given["email"],
            name=given["name"],
            actor=actor,
            now=request.now,
            key=key_of(request),
        ),
        heading=_("Take on the task yourself"),
        lead=_(
            "For whoever reads a mailbox that several share. You get the link by mail; reminders and the receipt come "
            "to you from now on. %(told)s"
        )
        % {"told": _told_of_handing_on(page)},
        submit=_("Take on the task"),
        done=lambda given: _("The link is on its way to %(address)s.") % {"address": given["email"]},
    )


@policy("link_holder")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_take_back(request: Visit, link_id: UUID, forward_id: UUID) -> HttpResponse:
    """Take a task back that was passed on. Looking says what happens; only the button does it, and ends this link."""
    page = read_page(request)
    handed = get_object_or_404(page.invitation.forwards, public_id=forward_id)
    context = frame(request, page, here=_("Take it back")) | {"forward": handed, "key": key_of(request) or new_key()}
    context["mailboxes"] = sorted({own_mailbox(page.invitation, page.in_force), handed.from_email} - {""})
    status = 200
    if request.method == "POST":
        try:
            actor = actor_of(request, page.invitation)
            take_back(handed, actor=actor, now=request.now, key=key_of(request))
        except Refused as refused:
            context["refusal"], status = refused.refusal, 409
        else:
            context["is_done"] = True
    return render(request, "consultations/reply_take_back.html", context, status=status)


def _do(
    request: Visit,
    page: InvitationPage,
    form: Any,
    deed: Callable[[dict[str, Any], Any], object],
    *,
    heading: str,
    lead: str,
    submit: str,
    done: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    context = frame(request, page, here=heading)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actor = actor_of(request, page.invitation)
        answer = do_with(request, form, lambda: deed(given, actor), done=done(given), to=context["home"])
        if answer:
            return answer
    context |= {
        "heading": heading,
        "lead": lead,
        "form": form,
        "submit": submit,
        "cancel_url": context["home"],
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/reply_deed.html", context, status=form_status(form))
