"""A round on its way out: its letter, its deadline with all that follows from it, and the button that sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.rounds import (
    advice_before_launch,
    launch_round,
    prepare_round,
    public_with_launch,
    warnings_before_launch,
)
from consultations.forms.rounds import DeadlineForm, LaunchForm, PrepareForm
from consultations.mails import letters as mails
from consultations.mails.facts import as_it_will_read
from consultations.models import HearingRound, Invitation
from consultations.queries.board import unreached_parties
from consultations.queries.rounds import text_to_send
from consultations.rules.rounds import may_launch
from consultations.states import ListFilter, Publication, RoundForm
from consultations.views.round_pages import form_status, frame, round_page, round_url
from consultations.views.unreached import NAMED, unreached_names
from workflow.dates import weekday_date
from workflow.deadlines import (
    NORM_DAYS,
    days_inclusive,
    instant,
    last_day_before,
    local_day,
    next_working_day,
    planned_party_reminders,
)
from workflow.definitions import BundleUse, ConsultationTerms
from workflow.models import Bundle
from workflow.queries.copies import copies_to_parties
from workflow.queries.documents import versions_in
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.queries.publication import texts_in, title_of_text
from workflow.rules.asked import is_reached, why_unreached
from workflow.rules.processes import may_act
from workflow.states import PublicThing
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import form_page, is_only_looking, key_of, new_key, press_form
from workflow.views.overwriting import WrittenOver


@round_page("secretariat", "GET", "POST")
def round_prepare(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Title, letter and publication of a round in preparation."""
    over = WrittenOver(hearing_round, {name: name for name in ("title", "letter", "publication")})
    return form_page(
        request,
        frame(request, hearing_round, "round_prepare"),
        PrepareForm(request.POST or None, initial=over.stored()),
        partial(prepare_round, hearing_round),
        heading=_("The letter and what the public sees"),
        submit=_("Save"),
        done=_("The round is saved."),
        to=round_url("round_status", hearing_round),
        over=over,
        press=by_whom(request),
    )


@round_page("secretariat", "GET", "POST")
def round_launch(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """The deadline with all that follows from it, and the button that sends the round. Looking changes nothing.

    It is sent with the deadline that stands in the field, and only when what follows from that one has been shown.
    """
    asked = request.POST if request.method == "POST" else request.GET
    deadline_form = DeadlineForm(
        asked if "closes_on" in asked else None,
        is_required=hearing_round.form == RoundForm.FULL,
        initial=_first(hearing_round, request),
    )
    plan = plan_from(request, hearing_round, deadline_form)
    has_warnings = bool(plan and plan["warnings"])
    is_sent = request.method == "POST" and not is_only_looking(request)
    is_moved = is_sent and deadline_form.is_valid() and request.POST.get("shown", "") != _as_shown(plan)
    form = LaunchForm(
        request.POST if is_sent and not is_moved else None,
        has_warnings=has_warnings,
        initial={"reason": request.POST.get("reason", "")},
    )
    if is_sent and not is_moved and deadline_form.is_valid():
        answer = press_form(
            request,
            form,
            partial(launch_round, hearing_round, **deadline_form.cleaned_data),
            facts=form.facts,
            done=_("The round is sent. The mails are on their way."),
            to=round_url("round_status", hearing_round),
        )
        if answer:
            return answer
    context = {
        **_what_is_sent(request, hearing_round, plan),
        "deadline_form": deadline_form,
        "form": form,
        "plan": plan,
        "shown": _as_shown(plan),
        "is_moved": is_moved,
        "key": key_of(request) or new_key(),
    }
    status = 422 if is_moved else form_status(form, deadline_form)
    return render(request, "consultations/launch.html", context, status=status)


def _what_is_sent(request: Visit, hearing_round: HearingRound, plan: dict[str, Any] | None) -> dict[str, Any]:
    """The page around the two forms: to whom the round goes, what is heard, what the public sees, what forbids it."""
    process = hearing_round.stage.process
    listed = list(hearing_round.invitations.order_by("sort_key", "id"))
    asked = [party for party in listed if not party.for_information]
    informed = [party for party in listed if party.for_information]
    reached = [party for party in listed if is_reached(party)]
    unreached = unreached_parties(hearing_round)
    hears = hears_documents(hearing_round)
    bundle = text_to_send(hearing_round)
    # A reason is written in the same form as the button; everything else that would be refused is said beforehand.
    refusal = may_act(process) or may_launch(
        hearing_round,
        listed,
        bundle,
        needs_bundle=hears,
        closes_at=plan["at"] if plan else None,
        warnings=[],
        reason="",
        **by_whom(request),
    )
    copies = [
        {"name": party.name, "where": copy.email}
        for party, copy in copies_to_parties([party for party in reached if not party.for_information], process.office)
    ]
    is_to_come = reached and not (plan and plan["is_past"])
    return {
        **frame(request, hearing_round, "round_status", here=_("Send the round")),
        "refusal": refusal,
        "is_full": hearing_round.form == RoundForm.FULL,
        "parties": len(asked),
        "by_mail": sum(is_reached(party) for party in asked),
        "named": _named(asked[:NAMED]),
        "unnamed": _named(asked[NAMED:]),
        "informed": _named(informed),
        "copies": copies,
        "sent_words": _sent_words(len(reached), len(copies), len(listed) - len(unreached) - len(reached)),
        "samples": [
            _mail(hearing_round, first, plan, request.now)
            for first in (_first_of(reached, for_information=False), _first_of(reached, for_information=True))
            if is_to_come and first
        ],
        "unreached": unreached_names(unreached),
        "unreached_url": f"{round_url('round_parties', hearing_round)}?vis={ListFilter.UNREACHED}#board",
        "documents": versions_in(bundle),
        "hears_documents": hears,
        "publication": Publication(hearing_round.publication).label,
        "is_public": process.is_public,
        "becomes_public": _becomes_public(hearing_round, bundle, len(asked), len(informed)),
    }


def _becomes_public(hearing_round: HearingRound, bundle: Bundle | None, parties: int, informed: int) -> list[str]:
    """What everyone sees once the round is sent: what the deed itself makes public, in words; nothing of a process that
    is not public."""
    if not hearing_round.stage.process.is_public:
        return []
    hearing_round.bundle = bundle
    things = [thing for thing, _subject, _reason in public_with_launch(hearing_round)]
    period = ngettext(
        "The period, and the name of %(count)d party.", "The period, and the names of %(count)d parties.", parties
    )
    lines = [period % {"count": parties}]
    if informed:
        lines.append(_("Not the names of those who get the text for information only."))
    if PublicThing.LETTER in things:
        lines.append(_("The consultation letter, word for word."))
    for item in texts_in(bundle) if bundle and PublicThing.TEXT in things else ():
        file = item.version.file
        text = _("In full, with its file: %(title)s.") if file else _("In full: %(title)s.")
        lines.append(text % {"title": title_of_text(item)})
    if PublicThing.TEXT not in things:
        lines.append(_("No documents."))
    return lines


def _named(parties: Sequence[Invitation]) -> list[dict[str, str]]:
    return [{"name": party.name, "where": _where(party)} for party in parties]


def _first_of(parties: Sequence[Invitation], *, for_information: bool) -> Invitation | None:
    return next((party for party in parties if party.for_information == for_information), None)


def _where(party: Invitation) -> str:
    if is_reached(party):
        return party.email
    return "" if why_unreached(party) else _("Gets no mail – print the letter")


def _sent_words(by_mail: int, copies: int, by_letter: int) -> str:
    """What the press sends, and what is left to the office: "2 mails, 1 copy, 1 letter you send yourself"."""
    words = [ngettext("%(count)d mail", "%(count)d mails", by_mail) % {"count": by_mail}]
    if copies:
        words.append(ngettext("%(count)d copy", "%(count)d copies", copies) % {"count": copies})
    if by_letter:
        letters = ngettext("%(count)d letter you send yourself", "%(count)d letters you send yourself", by_letter)
        words.append(letters % {"count": by_letter})
    return ", ".join(words)


def _mail(hearing_round: HearingRound, party: Invitation, plan: dict[str, Any] | None, now: datetime) -> dict[str, str]:
    """The mail as that party will read it when the round is sent now with the deadline shown."""
    party.round = hearing_round
    party.reply_by_at = plan["at"] if plan else None
    subject, text = as_it_will_read(mails.link_kind(party), party, hearing_round.stage.process, {}, now)
    return {"name": party.name, "language": party.language, "subject": subject, "text": text}


def _as_shown(plan: dict[str, Any] | None) -> str:
    """The deadline a person has seen the plan of, as it comes back with the button that sends; "" for none."""
    return f"{plan['closes_on']:%Y-%m-%d} {plan['clock']:%H:%M}" if plan else ""


def hears_documents(hearing_round: HearingRound) -> bool:
    """Whether the round hears a text, or is about input before there is one."""
    return stage_spec(hearing_round.stage).bundle is BundleUse.JUDGES


def _first(hearing_round: HearingRound, request: Visit) -> dict[str, object]:
    """The deadline proposed: the definition's own for the stage, else its length from today on to a working day."""
    terms = _terms(hearing_round)
    # The stage's own day is that of its first round.
    deadline = None if hearing_round.is_supplementary else stage_deadline(hearing_round.stage)
    if deadline is not None and deadline.at > request.now:
        return {"closes_on": deadline.on, "clock": deadline.clock}
    if hearing_round.form == RoundForm.LIGHT:
        return {"closes_on": None, "clock": None}
    today = local_day(request.now, _zone(hearing_round))
    closes_on = today + timedelta(days=(terms.length_days or NORM_DAYS) - 1)
    return {"closes_on": next_working_day(closes_on), "clock": terms.clock}


def plan_from(request: Visit, hearing_round: HearingRound, form: DeadlineForm | None = None) -> dict[str, Any] | None:
    """What follows from the deadline in the form, else from the one proposed; None without a readable deadline."""
    first = _first(hearing_round, request)
    closes_on, clock = first["closes_on"], first["clock"]
    if form is not None and form.is_bound:
        if not form.is_valid():
            return None
        closes_on, clock = form.cleaned_data["closes_on"], form.cleaned_data["clock"]
    if not isinstance(closes_on, date):
        return None
    return plan(
        hearing_round, closes_on, clock if isinstance(clock, time) else _terms(hearing_round).clock, request.now
    )


def plan(hearing_round: HearingRound, closes_on: date, clock: time, now: datetime) -> dict[str, Any]:
    """The deadline in full, the days counted as official notes count them, every reminder's date, and warnings."""
    zone = _zone(hearing_round)
    closes_at = instant(closes_on, clock, zone)
    last_on = last_day_before(closes_at, zone)
    days = days_inclusive(local_day(now, zone), last_on) if closes_at > now else 0
    return {
        "closes_on": closes_on,
        "clock": clock,
        "at": closes_at,
        "is_past": closes_at <= now,
        "days": days,
        "reminders": [
            {"label": weekday_date(row.due_at, zone.key), "value": _before(row.due_at, closes_at, zone)}
            for row in planned_party_reminders(closes_at, hearing_round.reminder_days, zone, news_at=now)
        ],
        "warnings": [warning.text for warning in warnings_before_launch(hearing_round, closes_on, clock, now)],
        "advice": [advice.text for advice in advice_before_launch(hearing_round, closes_on, clock, now)],
        "evening_before": last_on if last_on != closes_on else None,
    }


def _before(at: datetime, closes_at: datetime, zone: ZoneInfo) -> str:
    days = (local_day(closes_at, zone) - local_day(at, zone)).days
    return ngettext("%(days)d day before the deadline", "%(days)d days before the deadline", days) % {"days": days}


def _terms(hearing_round: HearingRound) -> ConsultationTerms:
    terms = stage_spec(hearing_round.stage).consultation
    assert terms is not None
    return terms


def _zone(hearing_round: HearingRound) -> ZoneInfo:
    return ZoneInfo(hearing_round.stage.process.time_zone)
