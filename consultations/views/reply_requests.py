"""What a party may say besides answering: a day, a no, another person. By personal link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from consultations.actions.parties import claim, decline, forward, promise_answer, take_back
from consultations.forms.answers import ClaimForm, DeclineForm, ForwardForm, PromiseForm
from consultations.models import Invitation
from consultations.queries.parties import InvitationPage
from consultations.rules.parties import own_mailbox
from consultations.states import InvitationState
from consultations.views.replies import actor_of, frame, reply_page
from notifications.rules import folded_address
from workflow.actors import Actor
from workflow.dates import deadline_words, local_day, weekday_date
from workflow.rules import Refused
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import form_page, key_of, new_key, press_of


@reply_page("GET", "POST")
def reply_promise(request: Visit, page: InvitationPage) -> HttpResponse:
    """Say when the answer can be expected; a day after the deadline asks for more time."""
    party = page.invitation
    form = PromiseForm(request.POST or None, initial={"promised_on": party.promised_on})
    return _party_form_page(
        request,
        page,
        form,
        partial(promise_answer, party),
        heading=_("When will you answer?"),
        lead=_(
            "For example when your council meets. A day after the deadline is a wish for more time: the deadline "
            "stands until the secretariat has granted it."
        ),
        submit=_("Tell the secretariat"),
        done=lambda _party: _noted(page, form.cleaned_data["promised_on"]),
        press=by_whom(request, actor_of(request, party)),
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


@reply_page("GET", "POST")
def reply_decline(request: Visit, page: InvitationPage) -> HttpResponse:
    """We shall not answer, or we are the wrong ones to ask. It is not "no remarks"."""
    party = page.invitation
    return _party_form_page(
        request,
        page,
        DeclineForm(request.POST or None),
        partial(_decline, party),
        heading=_("We do not answer the consultation"),
        lead=_(
            "This is not the same as having no remarks: it stands that you have not taken part. You get no more "
            "reminders, and may still answer if you change your mind."
        ),
        submit=_("We do not answer the consultation"),
        done=_("Noted: you will not answer."),
        press=by_whom(request, actor_of(request, party)),
    )


def _decline(party: Invitation, *, reason: str, actor: Actor, now: datetime) -> None:
    """The same no said again is the no that stands; a button was pressed twice."""
    try:
        decline(party, reason=reason, actor=actor, now=now)
    except Refused:
        said = {"state": InvitationState.DECLINED, "declined_reason": reason.strip()}
        if not Invitation.objects.filter(pk=party.pk, **said).exists():
            raise


@reply_page("GET", "POST")
def reply_forward(request: Visit, page: InvitationPage) -> HttpResponse:
    """Pass the task on: the colleague gets the link, and mail follows."""
    form = ForwardForm(request.POST or None)
    return _party_form_page(
        request,
        page,
        form,
        partial(forward, page.invitation),
        facts=form.facts,
        heading=_("Pass it on to a colleague"),
        lead=_("Your colleague gets the same link by mail. Reminders and the receipt go there from now on. %(told)s")
        % {"told": _told_of_forward(page)},
        submit=_("Pass it on"),
        done=lambda _forward: _("The link is on its way to %(address)s.") % {"address": form.cleaned_data["email"]},
    )


def _told_of_forward(page: InvitationPage) -> str:
    """Which mailboxes are told that the task has gone on; one that mail comes back from is not."""
    party = page.invitation
    mailboxes = {own_mailbox(party, page.in_force), party.email} - {""}
    if party.bounced_at is not None:
        mailboxes = {address for address in mailboxes if folded_address(address) != folded_address(party.email)}
    if not mailboxes:
        return _("Nobody else is told; your link stays valid.")
    text = _("A mail about it, with a button to take it back, goes to: %(mailboxes)s. Your link stays valid.")
    return text % {"mailboxes": ", ".join(sorted(mailboxes))}


@reply_page("GET", "POST")
def reply_claim(request: Visit, page: InvitationPage) -> HttpResponse:
    """Somebody who reads a shared mailbox takes the task: reminders and receipt come to them."""
    form = ClaimForm(request.POST or None)
    return _party_form_page(
        request,
        page,
        form,
        partial(claim, page.invitation),
        heading=_("Take on the task yourself"),
        lead=_(
            "For whoever reads a mailbox that several share. You get the link by mail; reminders and the receipt come "
            "to you from now on. %(told)s"
        )
        % {"told": _told_of_forward(page)},
        submit=_("Take on the task"),
        done=lambda _forward: _("The link is on its way to %(address)s.") % {"address": form.cleaned_data["email"]},
    )


@reply_page("GET", "POST")
def reply_take_back(request: Visit, page: InvitationPage, forward_id: UUID) -> HttpResponse:
    """Take a task back that was passed on. Looking says what happens; only the button does it, and ends this link."""
    party = page.invitation
    forward_row = get_object_or_404(party.forwards, public_id=forward_id)
    context = frame(request, page, here=_("Take it back")) | {
        "forward": forward_row,
        "key": key_of(request) or new_key(),
    }
    context["mailboxes"] = sorted({own_mailbox(party, page.in_force), forward_row.from_email} - {""})
    status = 200
    if request.method == "POST":
        try:
            take_back(forward_row, **press_of(request, actor_of(request, party)))
        except Refused as refused:
            context["refusal"], status = refused.refusal, 409
        else:
            context["is_done"] = True
    return render(request, "consultations/reply_take_back.html", context, status=status)


def _party_form_page(
    request: Visit, page: InvitationPage, form: Form, deed: Callable[..., object], *, heading: str, **rest: Any
) -> HttpResponse:
    """A `form_page` of a party, back to its first page. rest: as `form_page` takes it."""
    head = frame(request, page, here=heading)
    return form_page(
        request,
        head,
        form,
        deed,
        heading=heading,
        to=head["home"],
        template="consultations/reply_deed.html",
        **{"press": press_of(request, actor_of(request, page.invitation)), **rest},
    )
