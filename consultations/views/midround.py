"""Pages of a round under way: another party, one let go, a letter to the parties. Each shows who gets mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.invitation_list import PartyEntry, entry_for
from consultations.actions.midround import (
    Joining,
    invite_party,
    invited_by_key,
    joining,
    release_party,
    why_not_invited,
    write_to_parties,
)
from consultations.forms.midround import InviteForm, MessageForm, ReleaseForm
from consultations.mails import letters as mails
from consultations.mails.facts import as_it_will_read, message_words
from consultations.models import HearingRound, Invitation
from consultations.queries.midround import Addressees, addressees, bodies_on_list, messages_of
from consultations.queries.rounds import is_round_public
from consultations.rules.midround import must_be_running
from consultations.states import InvitationState, RoundForm
from consultations.views.forecasts import told_of_release
from consultations.views.round_pages import form_status, frame, party_page, round_page, round_url
from workflow.dates import deadline_words
from workflow.queries.bodies import bodies_with_contacts
from workflow.rules import Refusal
from workflow.rules.asked import is_reached
from workflow.rules.overwriting import digest_of_words
from workflow.rules.processes import may_act
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import form_page, key_of, new_key, press_form


def _refused(hearing_round: HearingRound, now: datetime) -> Refusal | None:
    """Why nothing can be done to the list now: what the deed itself would say."""
    return may_act(hearing_round.stage.process) or must_be_running(hearing_round, now)


# ── Another party ─────────────────────────────────────────────────────────────────────────────────────────────
@round_page("secretariat", "GET", "POST")
def round_invite(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Ask another party while the round is under way. Looking shows the mail and the deadline; only then it is sent."""
    before = invited_by_key(hearing_round, key_of(request))
    listed = bodies_on_list(hearing_round) - ({before.body_id} if before else set())
    bodies = [body for body in bodies_with_contacts([hearing_round.stage.process.office]) if body.pk not in listed]
    has_deadline = hearing_round.form == RoundForm.FULL and hearing_round.closes_at is not None
    form = InviteForm(request.POST or None, bodies=bodies, has_deadline=has_deadline)
    refusal = None if before else _refused(hearing_round, request.now)
    shown = _look(request, hearing_round, form, refusal, is_repeated=before is not None)
    is_moved = False
    if shown is not None and request.POST.get("do") == "send":
        is_moved = before is None and request.POST.get("shown", "") != shown["digest"]
        done = _("The party is asked. The mail is on its way.") if shown["by_mail"] else _("The party is asked.")
        to = round_url("round_status", hearing_round)
        answer = None if is_moved else press_form(request, form, partial(invite_party, hearing_round), done=done, to=to)
        if answer:
            return answer
    context = {
        **frame(request, hearing_round, "round_status", here=_("Another party")),
        "form": form,
        "refusal": refusal,
        "shown": shown,
        "is_moved": is_moved,
        "is_public": is_round_public(hearing_round),
        "key": key_of(request) or new_key(),
    }
    status = 422 if is_moved else form_status(form)
    return render(request, "consultations/invite.html", context, status=status)


def _look(
    request: Visit, hearing_round: HearingRound, form: InviteForm, refusal: Refusal | None, *, is_repeated: bool
) -> dict[str, Any] | None:
    """What the press would do; None while nothing is pressed, or it would be refused, with the reason in the form.

    is_repeated: the button was pressed before; the deed knows it again by its key.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    if refusal is not None:
        form.add_error(None, str(refusal.text))
        return None
    entry, plan = _as_given(request, hearing_round, form)
    body, reason = form.cleaned_data.get("body"), form.cleaned_data["reason"]
    refused = why_not_invited(hearing_round, body, entry, plan, reason, **by_whom(request))
    # Warnings are shown with all the rest, and the reason for going on is written in the same form.
    if not is_repeated and refused is not None and refused.code != "warnings_need_reason":
        form.add_error(None, str(refused.text))
        return None
    return _invited(request, hearing_round, entry, plan)


def _as_given(request: Visit, hearing_round: HearingRound, form: InviteForm) -> tuple[PartyEntry, Joining]:
    """The party as it would stand on the list, and by when it would answer."""
    fields = form.cleaned_data
    words = {name: fields.get(name) or "" for name in ("name", "contact_name", "email", "language", "channel")}
    entry = entry_for(hearing_round.stage.process.office, fields.get("body"), **words)
    return entry, joining(hearing_round, fields.get("own_on"), fields.get("own_clock"), request.now)


def _invited(request: Visit, hearing_round: HearingRound, entry: PartyEntry, plan: Joining) -> dict[str, Any]:
    """What would happen: to whom which mail goes, by when it must answer, and what to think of first."""
    party = Invitation(
        round=hearing_round,
        name=entry.name,
        contact_name=entry.contact_name,
        email=entry.email,
        language=entry.language,
        channel=entry.channel,
        reply_by_at=plan.answers_by,
    )
    by_mail = is_reached(party)
    subject, text = "", ""
    if by_mail:
        kind = mails.invitation_kind(hearing_round)
        subject, text = as_it_will_read(kind, party, hearing_round.stage.process, {}, request.now)
    zone = hearing_round.stage.process.time_zone
    return {
        "party": party,
        "by_mail": by_mail,
        "language": party.language,
        "subject": subject,
        "text": text,
        "deadline": _until(plan, zone),
        "warnings": [warning.text for warning in plan.warnings],
        "digest": digest_of_words(entry.name, entry.email, entry.channel, entry.language, str(plan.answers_by)),
    }


def _until(plan: Joining, zone: str) -> str:
    if plan.answers_by is None:
        return _("No deadline")
    words = deadline_words(plan.answers_by, zone)
    if plan.days is None:
        return words
    days = ngettext("%(days)d day", "%(days)d days", plan.days) % {"days": plan.days}
    return _("%(deadline)s (%(days)s, both ends counted)") % {"deadline": words, "days": days}


# ── One let go ────────────────────────────────────────────────────────────────────────────────────────────────
@party_page("secretariat", "GET", "POST")
def party_release(request: Visit, party: Invitation) -> HttpResponse:
    """Ask a party no longer, with a reason it is told."""
    hearing_round, back = party.round, round_url("party", party.round, party.public_id)
    refusal = _refused(hearing_round, request.now)
    if refusal is not None and request.method != "POST":
        return render(request, "errors/409.html", {"refusal": refusal, "back_url": back}, status=409)
    follows = _what_follows(hearing_round, party, told_of_release(request, party))
    return form_page(
        request,
        {**frame(request, hearing_round, "round_status", here=_("Ask no longer")), "follows": follows},
        ReleaseForm(request.POST or None, is_reached=is_reached(party)),
        partial(release_party, party),
        heading=_("Ask no longer: %(name)s") % {"name": party.name},
        submit=_("Ask the party no longer"),
        done=_("%(name)s is not asked any more.") % {"name": party.name},
        to=back,
    )


def _what_follows(hearing_round: HearingRound, party: Invitation, addresses: Sequence[str]) -> list[str]:
    """Who gets mail (`addresses`), what stays, and what the public sees, before anything is pressed."""
    if addresses:
        text = _("%(email)s gets a mail with your reason; nobody else is told.")
        lines = [text % {"email": ", ".join(addresses)}]
    else:
        lines = [_("No mail reaches the party, so nobody is told; write or call.")]
    lines.append(_("Its link then says so, and it is reminded no more."))
    has_answered = party.state == InvitationState.ANSWERED
    if has_answered:
        lines.append(_("Its answer is kept and counts as before."))
    if is_round_public(hearing_round):
        lines.append(
            _("The public page goes on naming it among those consulted.")
            if has_answered
            else _("The public page names it no longer in this round. Other rounds of the process stay as they are.")
        )
    if has_answered:
        lines.append(_("This cannot be undone."))
    elif party.body_id is not None:
        lines.append(
            _("It cannot be undone, but the body can be asked again under “Ask another party”, with a new link.")
        )
    else:
        lines.append(
            _("It cannot be undone, but the party can be added again under “Ask another party”, with a new link.")
        )
    return lines


# ── A letter to the parties ───────────────────────────────────────────────────────────────────────────────────
@round_page("secretariat", "GET", "POST")
def round_write(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Write to the parties in mid-round. Looking shows the mail and everybody it goes to; only then it is sent."""
    form = MessageForm(request.POST or None)
    shown: dict[str, Any] | None = None
    is_moved = False
    refusal = _refused(hearing_round, request.now)
    if request.method == "POST" and form.is_valid() and refusal is not None:
        form.add_error(None, str(refusal.text))
    elif request.method == "POST" and form.is_valid():
        people = addressees(hearing_round, form.cleaned_data["to"])
        shown = _letter(request, hearing_round, people, form.cleaned_data)
        is_sent = request.POST.get("do") == "send"
        is_moved = is_sent and request.POST.get("shown", "") != shown["digest"]
        if is_sent and not is_moved:
            number = len(people.reached)
            done = ngettext(
                "The letter is on its way to %(count)d party.", "The letter is on its way to %(count)d parties.", number
            )
            deed = partial(write_to_parties, hearing_round, shown_digest=people.digest)
            to = round_url("round_status", hearing_round)
            if answer := press_form(request, form, deed, done=done % {"count": number}, to=to):
                return answer
    context = {
        **frame(request, hearing_round, "round_status", here=_("Write to the parties")),
        "form": form,
        "refusal": refusal,
        "shown": shown,
        "is_moved": is_moved,
        "letters": messages_of(hearing_round),
        "key": key_of(request) or new_key(),
    }
    status = 422 if is_moved else form_status(form)
    return render(request, "consultations/write.html", context, status=status)


def _letter(request: Visit, hearing_round: HearingRound, people: Addressees, given: dict[str, Any]) -> dict[str, Any]:
    """The mail as the first of them will read it, and all it goes to."""
    subject, text = "", ""
    if people.reached:
        words = message_words(given["subject"], given["text"])
        first = people.reached[0]
        first.round = hearing_round
        subject, text = as_it_will_read(mails.MESSAGE, first, hearing_round.stage.process, words, request.now)
    return {
        "people": people,
        "first": people.reached[0] if people.reached else None,
        "language": people.reached[0].language if people.reached else "",
        "subject": subject,
        "text": text,
        "digest": digest_of_words(people.digest, given["to"], given["subject"], given["text"]),
    }
